"""Refuse to be reachable from other machines while accounts exist that open without a password."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

LOOPBACK = {"", "localhost", "127.0.0.1", "::1", "[::1]"}


def reachable_names() -> list[str]:
    """The configured names and addresses under which other machines would reach this server."""
    named = [settings.HOST, *settings.ALLOWED_HOSTS]
    return sorted({name for name in named if name not in LOOPBACK})


def open_demo_accounts() -> list[str]:
    """User names of the demo accounts that exist and may sign in."""
    users = get_user_model().objects.filter(is_demo=True, is_active=True)
    return list(users.order_by("username").values_list("username", flat=True)[:20])


def refusal() -> str | None:
    """The sentence that says why the server may not start, or None."""
    names = reachable_names()
    if not names:
        return None
    accounts = open_demo_accounts()
    if not accounts:
        return None
    return (
        f"GeoGrid would be reachable as {', '.join(names)} while these demo accounts exist: "
        f"{', '.join(accounts)}. They open without a password. Use a database without demo data, "
        "or unset GEOGRID_HOST and GEOGRID_ALLOWED_HOSTS."
    )


def refuse_open_demo() -> None:
    """Raise ImproperlyConfigured instead of serving demo accounts to other machines.

    A database that cannot be asked is not a reason to stay down: nobody can sign in without it.
    """
    try:
        sentence = refusal()
    except DatabaseError:
        return
    if sentence:
        raise ImproperlyConfigured(sentence)


@register(Tags.security, Tags.database)
def demo_accounts_stay_here(
    *, app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The same refusal for `manage.py check --database default`."""
    if not databases:
        return []
    try:
        sentence = refusal()
    except DatabaseError:
        return []
    return [Error(sentence, id="geogrid.E002")] if sentence else []
