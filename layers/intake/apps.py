from django.apps import AppConfig
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from layers.intake.sentences import translate_with


class IntakeConfig(AppConfig):
    name = "layers.intake"
    verbose_name = _("Files brought in")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        translate_with(gettext)
