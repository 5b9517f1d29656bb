"""The office's own tables; cases themselves are only looked at here."""

from django.contrib import admin

from geogrid.cases.models import (
    CalendarYear,
    Case,
    CaseDesk,
    Category,
    DeadlinePreset,
    DeadlineRule,
)


class DeadlineRuleInline(admin.TabularInline):
    model = DeadlineRule
    extra = 0


@admin.register(DeadlinePreset)
class DeadlinePresetAdmin(admin.ModelAdmin):
    list_display = ("code", "name_zh", "name_en")
    inlines = (DeadlineRuleInline,)


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ("code", "name_zh", "name_en", "emergency", "order", "active")


@admin.register(CaseDesk)
class CaseDeskAdmin(admin.ModelAdmin):
    list_display = ("area", "preset", "day_ends")


@admin.register(CalendarYear)
class CalendarYearAdmin(admin.ModelAdmin):
    """To look at; a year is loaded by `load_calendar_year`, which also moves the deadlines."""

    list_display = ("country", "year", "official", "source")

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Case)
class CaseAdmin(admin.ModelAdmin):
    list_display = ("number", "area", "title", "state", "due_at")
    list_filter = ("area", "state")
    search_fields = ("number", "title")
    exclude = ("key_digest", "form_digest")

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False
