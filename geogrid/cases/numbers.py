"""Numbers like 2026-1123-017: the day in the area's own time, and how many there were before."""

from datetime import date

from django.db import connection

from geogrid.territory.models import Area

__all__ = ["next_number"]

# The row stays locked until the caller's transaction ends: a case that fails gives its number back,
# so numbers have neither gaps nor twins.
NEXT = """
    INSERT INTO cases_casenumber (area_id, day, last) VALUES (%s, %s, 1)
    ON CONFLICT (area_id, day) DO UPDATE SET last = cases_casenumber.last + 1
    RETURNING last
"""


def next_number(*, area: Area, day: date) -> str:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [area.pk, day])
        number = int(cursor.fetchone()[0])
    return f"{day:%Y-%m%d}-{number:03d}"
