"""One FeatureCollection, put together by PostgreSQL: no row becomes a Python object.

Coordinates have 7 decimals, which is the lattice: what a browser reads is bit for bit what the
database holds.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import Combinable, F

from layers.datum.lattice import DECIMALS

__all__ = ["feature_collection"]


def feature_collection(
    rows: QuerySet[Any],
    *,
    geometry: str,
    columns: Mapping[str, str | Combinable],
    identity: str = "pk",
    also: Mapping[str, Any] | None = None,
) -> bytes:
    """Return the rows as a GeoJSON FeatureCollection in UTF-8.

    `columns` become the properties, `identity` names the field that becomes each feature's `id`,
    `also` holds further members of the collection (plain data).
    """
    aliases = [f"p{number}" for number in range(len(columns))]
    inner = rows.annotate(
        feed_shape=AsGeoJSON(geometry, precision=DECIMALS),
        feed_id=F(identity),
        **{
            f"feed_{alias}": F(column) if isinstance(column, str) else column
            for alias, column in zip(aliases, columns.values(), strict=True)
        },
    ).values_list("feed_shape", "feed_id", *[f"feed_{alias}" for alias in aliases])
    sql, params = inner.query.sql_with_params()
    properties = ", ".join(f"%s::text, {alias}" for alias in aliases)
    # The names below are made here (p0, p1 ...); everything from outside is a parameter.
    with connections[rows.db].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(string_agg(json_build_object('type', 'Feature', 'id', id, "  # noqa: S608
            f"'geometry', shape::json, 'properties', json_build_object({properties}))::text, ','), "
            f"'') FROM ({sql}) AS r(shape, id{''.join(', ' + alias for alias in aliases)})",
            [*columns, *params],
        )
        features = cursor.fetchone()[0]
    head = "".join(
        f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=False)},"
        for name, value in {"type": "FeatureCollection", **(also or {})}.items()
    )
    return f'{{{head}"features":[{features}]}}'.encode()
