"""Grids drawn by the computer from the ground: the first plan of an area, written as a draft."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from geogrid.accounts.models import User
from geogrid.territory.actions import NewGrid, start_plan
from geogrid.territory.division import Division, divide
from geogrid.territory.errors import GroundMissing, NoQuarters
from geogrid.territory.founding import general_scheme
from geogrid.territory.ground import ground_of
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Area, GridCode, Plan, Scheme
from geogrid.territory.naming import grid_name, quarter_name
from geogrid.territory.numbering import code_of, free_numbers, label_of

__all__ = ["draw_first_plan"]


@transaction.atomic
def draw_first_plan(
    *,
    area: Area,
    by: User | None,
    at: datetime,
    households: tuple[int, int] = (200, 300),
    name: str = "",
) -> tuple[Plan, Division]:
    """Draw a draft from the imported ground: quarters around named places, grids inside them.

    The leaves' codes are in the order of the division's shapes. Codes that an earlier plan of the
    scheme burnt are left out, for these are other grids.

    Raises GroundMissing without streets in the area, NoQuarters without named places.
    """
    boundary = area.boundaries.order_by("-valid_from").first()
    if boundary is None:
        raise GroundMissing(area=area.name)
    names, ground = ground_of(boundary.boundary)
    if not len(ground.limits):
        raise GroundMissing(area=area.name)
    if not names:
        raise NoQuarters(area=area.name)
    least, most = households
    scheme = general_scheme(area, households=households)
    division = divide(ground, at_least=least, at_most=most)
    plan = start_plan(
        scheme=scheme,
        boundary=boundary,
        outline=division.outline,
        grids=_numbered(scheme, names, division),
        by=by,
        at=at,
        name=name,
    )
    rebuild_loads(plan=plan, at=at)
    return plan, division


def _numbered(scheme: Scheme, names: list[str], division: Division) -> list[NewGrid]:
    """Codes, labels and names in the order of the division, west to east, then north to south."""
    language = scheme.area.language
    widths = dict(scheme.levels.values_list("depth", "code_width"))
    burnt = frozenset(GridCode.objects.filter(scheme=scheme).values_list("code", flat=True))
    stem = scheme.area.code_prefix
    above = free_numbers(stem, widths[1], burnt, parent=scheme.area.name)
    grids: list[NewGrid] = []
    for quarter in dict.fromkeys(division.quarter.tolist()):
        position = next(above)
        code = code_of(stem, position, widths[1])
        name = quarter_name(names[quarter], language)
        grids.append(NewGrid(level=1, code=code, label=label_of(position), name=name))
        below = free_numbers(code, widths[2], burnt, parent=name)
        for shape in division.shapes[division.quarter == quarter]:
            number = next(below)
            grids.append(
                NewGrid(
                    level=2,
                    code=code_of(code, number, widths[2]),
                    label=label_of(number),
                    name=grid_name(name, number, language),
                    parent=code,
                    shape=shape,
                )
            )
    return grids
