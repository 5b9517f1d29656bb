"""An office sets its inspection intervals here; visits are looked at, never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from geogrid.patrols.models import InspectionRule, Visit


@admin.register(InspectionRule)
class InspectionRuleAdmin(admin.ModelAdmin):
    list_display = ("hazard_class", "level", "every", "unit", "area", "name_zh", "name_en")
    list_filter = ("area", "hazard_class", "level")


@admin.register(Visit)
class VisitAdmin(admin.ModelAdmin):
    list_display = ("hazard", "worker", "at", "outcome")
    list_filter = ("outcome",)
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
