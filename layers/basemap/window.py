"""The installation's window: every geometry in the database lies inside it.

It lives in a database function, so that CHECK constraints can ask it and a dump carries it.
`manage.py migrate` writes it from the setting GEOGRID_WINDOW.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections


def window_from(parts: list[str]) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees, or a sentence saying what is wrong with them."""
    try:
        west, south, east, north = (float(part) for part in parts)
    except ValueError:
        raise ImproperlyConfigured(
            f"GEOGRID_WINDOW={','.join(parts)!r}: write west,south,east,north in degrees."
        ) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ImproperlyConfigured(
            f"GEOGRID_WINDOW={','.join(parts)!r}: west < east within 180 and"
            " south < north within 90 degrees are needed."
        )
    return west, south, east, north


def write_window(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Replace `ground_window()`, and refuse a window that rows already in the database overstep.

    Such a database could be dumped but not restored: a restore checks every row again.
    """
    edges = window_from(settings.GEOGRID_WINDOW)
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('ground_window()') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return  # migrated back to before the window
        cursor.execute("SELECT ground_window()")
        if tuple(cursor.fetchone()[0]) == edges:
            return
        array = ", ".join(repr(edge) for edge in edges)
        cursor.execute(
            "CREATE OR REPLACE FUNCTION ground_window() RETURNS double precision[]"
            " LANGUAGE sql IMMUTABLE PARALLEL SAFE AS"
            f" $$ SELECT ARRAY[{array}]::double precision[] $$"
        )
        for table, check in _checks(cursor):
            cursor.execute(  # both words come from the catalogue
                f"SELECT count(*) FROM {table} WHERE NOT {check}"  # noqa: S608
            )
            outside = cursor.fetchone()[0]
            if outside:
                raise ImproperlyConfigured(
                    f"GEOGRID_WINDOW leaves out {outside} shapes already in {table}."
                )


def _checks(cursor: Any) -> list[tuple[str, str]]:
    """Tables with a window constraint, and its condition as the database words it."""
    cursor.execute(
        "SELECT conrelid::regclass::text, substr(pg_get_constraintdef(oid), 7)"
        " FROM pg_constraint WHERE contype = 'c' AND conname LIKE '%\\_in\\_window'"
    )
    return list(cursor.fetchall())
