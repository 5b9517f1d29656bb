"""Places are mended here one by one; files of them come in through an import."""

from django.contrib import admin
from leaflet.admin import LeafletGeoAdminMixin

from layers.places.models import (
    Address,
    Building,
    HazardClass,
    HazardPoint,
    Hospital,
    PublicFacility,
    School,
    Shop,
    Unit,
)


class PlaceAdmin(LeafletGeoAdminMixin, admin.ModelAdmin):
    list_display = ("name", "address", "kind", "source")
    list_filter = ("source",)
    search_fields = ("name", "address")
    show_full_result_count = False


for model in (Shop, School, Hospital, PublicFacility):
    admin.site.register(model, PlaceAdmin)


class UnitInline(admin.TabularInline):
    model = Unit
    extra = 0


@admin.register(Building)
class BuildingAdmin(PlaceAdmin):
    list_display = ("address", "name", "kind", "dwellings", "dwellings_origin")
    inlines = (UnitInline,)


@admin.register(HazardPoint)
class HazardPointAdmin(PlaceAdmin):
    list_display = ("name", "hazard_class", "level", "active")
    list_filter = ("source", "hazard_class", "level", "active")


@admin.register(HazardClass)
class HazardClassAdmin(admin.ModelAdmin):
    list_display = ("code", "name_zh", "name_en", "public")


@admin.register(Address)
class AddressAdmin(LeafletGeoAdminMixin, admin.ModelAdmin):
    list_display = ("text", "street", "house", "unit")
    list_filter = ("source",)
    search_fields = ("text",)
    show_full_result_count = False
