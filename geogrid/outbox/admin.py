from django.contrib import admin

from geogrid.outbox.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """To look at what waits and what was given up."""

    list_display = ("key", "kind", "run_after", "attempts", "done_at", "failed_at")
    list_filter = ("kind",)
    search_fields = ("key",)

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False
