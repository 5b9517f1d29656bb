from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext_lazy as _

from geogrid.accounts.models import User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ("username", "display_name", "is_active", "is_staff", "is_demo")
    fieldsets = (
        *(DjangoUserAdmin.fieldsets or ()),
        (_("GeoGrid"), {"fields": ("display_name", "language")}),
    )
