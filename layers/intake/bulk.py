"""Rows into PostgreSQL by COPY: over ten times faster than inserts."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import shapely
from django.db import connection, models

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[object]]
) -> int:
    """Append rows to the table of `model` and return their number.

    `fields` are field names; every column without a default in the database has to be among them.
    Geometries are shapely ones in EPSG:4326. Run it inside a transaction.
    """
    columns = ", ".join(connection.ops.quote_name(_column(model, name)) for name in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    buffer = io.StringIO()
    count = 0
    for row in rows:
        buffer.write("\t".join(map(_text, row)) + "\n")
        count += 1
    if count:
        buffer.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", buffer)
    return count


def _column(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def _text(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, shapely.Geometry):
        return str(shapely.to_wkb(shapely.set_srid(value, 4326), hex=True, include_srid=True))
    if isinstance(value, bool):
        return "t" if value else "f"
    # NUL cannot be stored in text; everything else can.
    return str(value).translate(ESCAPES).replace("\x00", "")
