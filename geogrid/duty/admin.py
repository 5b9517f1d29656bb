from django.contrib import admin

from geogrid.duty.models import Contact, Post, PostRole, Worker


class ContactInline(admin.TabularInline):
    model = Contact
    extra = 0


@admin.register(Worker)
class WorkerAdmin(admin.ModelAdmin):
    list_display = ("name", "area", "active")
    list_filter = ("area", "active")
    search_fields = ("name",)
    inlines = (ContactInline,)
    autocomplete_fields = ("user",)


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    list_display = ("role", "worker", "tier", "acting", "scheme", "lineage", "during")
    list_filter = ("scheme", "role", "tier", "acting")
    autocomplete_fields = ("worker",)


@admin.register(PostRole)
class PostRoleAdmin(admin.ModelAdmin):
    list_display = ("code", "name_zh", "name_en", "rank")
