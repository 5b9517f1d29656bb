from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BasemapConfig(AppConfig):
    name = "layers.basemap"
    verbose_name = _("Base map")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from layers.basemap.window import write_window

        post_migrate.connect(write_window, sender=self, dispatch_uid="basemap.window")
