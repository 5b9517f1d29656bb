"""Places are mended here one by one; files of them come in through an import."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from leaflet.admin import LeafletGeoAdminMixin

from layers.feeds import versions
from layers.places.models import (
    Address,
    Building,
    HazardClass,
    HazardPoint,
    Hospital,
    OtherPlace,
    PlaceKind,
    PublicFacility,
    School,
    Shop,
    Unit,
)

LAYERS = {
    Shop: "shops",
    School: "schools",
    Hospital: "hospitals",
    PublicFacility: "facilities",
    HazardPoint: "hazards",
    Building: "basemap",
}


class PlaceAdmin(LeafletGeoAdminMixin, admin.ModelAdmin):
    """What is mended here is seen at once: each write gives the layer a new version."""

    list_display = ("name", "address", "kind", "active", "source")
    list_filter = ("active", "source")
    raw_id_fields = ("part_of",)
    readonly_fields = ("confirmed_by", "confirmed_at")
    search_fields = ("name", "address")
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        versions.bump(self.layer_of(obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        versions.bump(self.layer_of(obj))

    def layer_of(self, place: Any) -> str:
        return LAYERS[self.model]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        super().delete_queryset(request, queryset)
        versions.bump(LAYERS[self.model])


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


@admin.register(PlaceKind)
class PlaceKindAdmin(admin.ModelAdmin):
    list_display = ("code", "name_zh", "name_en", "publish", "active")
    readonly_fields = ("code",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the page of the desk checks that no layer has the code already


@admin.register(OtherPlace)
class OtherPlaceAdmin(PlaceAdmin):
    list_display = ("name", "address", "place_kind", "active", "source")
    list_filter = ("place_kind", "active", "source")

    def layer_of(self, place: Any) -> str:
        return str(place.place_kind.code)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        layers = set(queryset.values_list("place_kind__code", flat=True))
        queryset.delete()
        versions.bump(*layers)
