from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutyConfig(AppConfig):
    name = "geogrid.duty"
    verbose_name = _("Duty")
    default_auto_field = "django.db.models.BigAutoField"
