from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "layers.intake"
    verbose_name = _("Files brought in")
    default_auto_field = "django.db.models.BigAutoField"
