from django.contrib import admin

from geogrid.publishing.models import Disclosure


@admin.register(Disclosure)
class DisclosureAdmin(admin.ModelAdmin):
    """To look things up; facts are shown and hidden through the actions."""

    list_display = ("worker", "field", "basis", "recorded_at", "withdrawn_at")
    list_filter = ("field",)

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False
