from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackgroundsConfig(AppConfig):
    name = "layers.backgrounds"
    verbose_name = _("Backgrounds")
    default_auto_field = "django.db.models.BigAutoField"
