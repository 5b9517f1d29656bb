from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DesksConfig(AppConfig):
    """What all desks share: the look, the map module, template tags."""

    name = "geogrid.desks"
    verbose_name = _("Desks")
