from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    name = "geogrid.territory"
    verbose_name = _("Territory")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from geogrid.accounts.rules import register_roles

        register_roles(roles_over)


def roles_over(user: Any, scheme: Any) -> set[str]:
    """Roles that `user` has over the whole of `scheme`.

    A role over a part of it opens nothing scheme-wide: too little is asked for again, too much is
    not noticed.
    """
    from geogrid.territory.models import Authority

    whole = Authority.objects.filter(user=user, scheme=scheme, lineage=None)
    return set(whole.values_list("role", flat=True))
