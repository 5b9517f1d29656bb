"""Names and ranges can be mended here. Shapes cannot: a grid's border is two grids' affair, so
geometry is only looked at, and plans are changed at the planner's desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from leaflet.admin import LeafletGeoAdminMixin

from geogrid.territory.models import Area, AreaBoundary, Authority, Level, Plan, Scheme, Term


class LookOnly(LeafletGeoAdminMixin, admin.ModelAdmin):
    modifiable = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Area)
class AreaAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "kind", "language", "timezone")


class LevelInline(admin.TabularInline):
    model = Level
    extra = 0


@admin.register(Scheme)
class SchemeAdmin(admin.ModelAdmin):
    list_display = ("name", "area", "general", "households_min", "households_max")
    inlines = (LevelInline,)


@admin.register(AreaBoundary)
class AreaBoundaryAdmin(LookOnly):
    list_display = ("area", "valid_from", "basis")


@admin.register(Plan)
class PlanAdmin(LookOnly):
    list_display = ("scheme", "number", "name", "state", "created_at")


@admin.register(Term)
class TermAdmin(LookOnly):
    list_display = ("scheme", "plan", "during")


@admin.register(Authority)
class AuthorityAdmin(admin.ModelAdmin):
    list_display = ("user", "role", "scheme", "lineage")
    list_filter = ("role", "scheme")
    autocomplete_fields = ("user",)
