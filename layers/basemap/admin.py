from django.contrib import admin

from layers.basemap.models import Source


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ("name", "licence", "as_of", "imported_at")
