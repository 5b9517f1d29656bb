from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GroundConfig(AppConfig):
    name = "geogrid.desks.ground"
    label = "ground"
    verbose_name = _("The ground")
