from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    name = "geogrid.territory"
    verbose_name = _("Territory")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from geogrid.accounts.rules import register_roles
        from geogrid.territory.scope import roles_over

        register_roles(roles_over)
