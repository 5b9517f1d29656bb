"""Codes and labels for grids an edit makes: the next free number below their parent.

A code names one lineage for good. Free is what no grid of the draft has, what no grid of an earlier
plan had (`GridCode`), and what no edit of this draft ever gave.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from django.db import connection

from geogrid.territory.naming import grid_name, name_like
from geogrid.territory.numbering import code_of, free_numbers, label_of
from geogrid.territory.states import GridState
from geogrid.territory.window import Window
from layers.datum.metric import metres_per_degree

__all__ = ["NewCode", "burnt", "next_codes", "west_to_east"]

STRIP_M = 250
# Found by the first characters, byte by byte (~>=~ and ~<~): from an index, however long the
# history is.
USED = """
    WITH called AS MATERIALIZED (  -- of all plans: few, whatever the statistics say
        SELECT edit_id, before ->> 'code' AS code FROM territory_gridchange
        WHERE before ->> 'code' ~>=~ %(prefix)s AND before ->> 'code' ~<~ %(beyond)s
        UNION ALL
        SELECT edit_id, after ->> 'code' FROM territory_gridchange
        WHERE after ->> 'code' ~>=~ %(prefix)s AND after ->> 'code' ~<~ %(beyond)s
    )
    SELECT code FROM territory_grid WHERE plan_id = %(plan)s AND starts_with(code, %(prefix)s)
    UNION
    SELECT code FROM territory_gridcode
    WHERE scheme_id = %(scheme)s AND code ~>=~ %(prefix)s AND code ~<~ %(beyond)s
    UNION
    SELECT code FROM called JOIN territory_boundaryedit e ON e.id = called.edit_id
    WHERE e.plan_id = %(plan)s
"""
BEYOND = "\U0010ffff"  # sorts after every character of a code
# What grids were called that this draft made or found, and ended: an undo brings them back.
ENDED = """
    SELECT side.code, c.lineage FROM territory_gridchange c
    JOIN territory_boundaryedit e ON e.id = c.edit_id
    CROSS JOIN LATERAL (VALUES (c.before ->> 'code'), (c.after ->> 'code')) AS side(code)
    WHERE e.plan_id = %(plan)s AND side.code IS NOT NULL AND NOT EXISTS (
        SELECT FROM territory_grid g WHERE g.plan_id = %(plan)s AND g.lineage = c.lineage)
"""
NEIGHBOURS = "SELECT name FROM territory_grid WHERE plan_id = %s AND parent_id = %s AND level = %s"


@dataclass(frozen=True, slots=True)
class NewCode:
    code: str
    label: str
    name: str


def next_codes(
    window: Window,
    parent: GridState | None,
    count: int,
    *,
    level: int,
    besides: Collection[str] = (),
) -> list[NewCode]:
    """The next `count` codes at `level` below `parent` (None: below the area).

    `besides` are codes about to be given. Raises CodesExhausted when the digits of the level do
    not suffice.
    """
    scheme = window.plan.scheme
    prefix = parent.code if parent else scheme.area.code_prefix
    above = parent.name if parent else scheme.area.name
    width = window.levels[level].code_width
    used = _used(window, prefix) | set(besides)
    names = _names_below(window, parent, level)
    return [
        NewCode(
            code=code_of(prefix, number, width),
            label=label_of(number),
            name=name_like(names, number) or grid_name(above, number, scheme.area.language),
        )
        for number in islice(free_numbers(prefix, width, used, parent=above), count)
    ]


def burnt(window: Window) -> dict[str, str]:
    """Codes that belong to a lineage for good, with it as text.

    Among them codes of grids that ended in this draft: an undo may bring those back.
    """
    with connection.cursor() as cursor:
        cursor.execute(ENDED, {"plan": window.plan.pk})
        ended = {code: str(lineage) for code, lineage in cursor.fetchall()}
    rows = window.plan.scheme.codes.values_list("code", "lineage")
    return ended | {code: str(lineage) for code, lineage in rows}


def west_to_east(points: Sequence[tuple[float, float]]) -> list[int]:
    """The order of points (longitude, latitude) from west to east, then from north to south.

    In strips of 250 m, else a metre of longitude would decide between north and south.
    """
    if not points:
        return []
    xy = np.array(points)
    across, _ = metres_per_degree(float(xy[:, 1].mean()))
    strip = np.round(xy[:, 0] * across / STRIP_M)
    return [int(index) for index in np.lexsort((xy[:, 0], -xy[:, 1], strip))]


def _used(window: Window, prefix: str) -> set[str]:
    plan = window.plan
    values: dict[str, Any] = {
        "plan": plan.pk, "scheme": plan.scheme_id, "prefix": prefix, "beyond": prefix + BEYOND,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(USED, values)
        return {code for (code,) in cursor.fetchall()}


def _names_below(window: Window, parent: GridState | None, level: int) -> list[str]:
    if parent is None:
        return [u.state.name for u in window.uppers.values() if u.state.level == level]
    upper = window.uppers.get(parent.lineage)
    if upper is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NEIGHBOURS, [window.plan.pk, upper.pk, level])
        return [name for (name,) in cursor.fetchall()]
