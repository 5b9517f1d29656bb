from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidentConfig(AppConfig):
    name = "geogrid.desks.resident"
    label = "resident"
    verbose_name = _("Resident's map")
