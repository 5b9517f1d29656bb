"""The four limits (四至) of grids in words: named streets, railways, waters, else neighbours."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q
from django.utils.translation import gettext as _

from geogrid.coverage.limits import FourLimits, Kind, Limit, Streets, four_limits
from geogrid.territory.geometry import to_shapely
from geogrid.territory.models import Plan
from layers.basemap.models import Railway, Street, Waterway
from layers.datum.shapes import Shape

__all__ = ["SIDES", "Sides", "limits_in_words"]

SIDES = ("north", "east", "south", "west")
Sides = tuple[str, str, str, str]
NAMED = 3  # of a side; a long one may pass a dozen streets


def limits_in_words(
    plan: Plan, shapes: Mapping[str, Shape], names: Mapping[str, str]
) -> dict[str, Sides]:
    """North, east, south and west of each grid of one level.

    Parameters
    ----------
    plan : Plan
    shapes : mapping of str to Polygon or MultiPolygon
        By code; all grids of the level, so that neighbours are found.
    names : mapping of str to str
        What to call each grid.
    """
    found = four_limits(shapes, _streets(plan))
    area = plan.scheme.area
    comma = "、" if area.language.startswith("zh") else ", "
    edge = _("edge of %(area)s") % {"area": area.name}
    return {code: _words(limits, names, comma, edge) for code, limits in found.items()}


def _streets(plan: Plan) -> Streets:
    inside = Q(path__bboverlaps=plan.outline) & ~Q(name="")
    rows = [
        row
        for model in (Street, Railway, Waterway)
        for row in model.objects.filter(inside).order_by("pk").values_list("path", "name")
    ]
    return Streets([to_shapely(path) for path, _ in rows], [name for _, name in rows])


def _words(limits: FourLimits[str], names: Mapping[str, str], comma: str, edge: str) -> Sides:
    def side(several: tuple[Limit[str], ...]) -> str:
        words = dict.fromkeys(_called(limit, names, edge) for limit in several[:NAMED])
        return comma.join(words)

    return side(limits.north), side(limits.east), side(limits.south), side(limits.west)


def _called(limit: Limit[str], names: Mapping[str, str], edge: str) -> str:
    if limit.name is None or limit.kind is Kind.OUTLINE:
        return edge
    return limit.name if limit.kind is Kind.STREET else names[limit.name]
