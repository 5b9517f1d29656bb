"""What a resident reads about one grid, gathered for the template; nothing is decided here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.gis.db.models import GeometryField, MultiPolygonField
from django.contrib.gis.db.models.functions import Intersection
from django.contrib.gis.geos import Point
from django.db.models import BooleanField, F, FloatField, Func, Sum, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language, gettext, pgettext

from geogrid.desks.resident.hours import Duty, on_duty
from geogrid.desks.templatetags.words import localname
from geogrid.publishing.showing import People, people_of
from geogrid.territory.models import Area, Grid, Level, PlanLoad, Term
from layers.basemap.models import Street

__all__ = ["BORDER_M", "Card", "card_of", "grid_title"]

BORDER_M = 15.0  # closer than this to another grid, both are named
STREETS_NAMED = 3
STREET_OF_HOUSES = 5  # ranks: paths have names that nobody looks for
SHORT_PIECE_M = 40.0


@dataclass(frozen=True, slots=True)
class Card:
    """One grid as residents see it.

    `beside` are grids so close to the searched place that it may belong there. `since` is the day
    in the area's time zone from which the boundary has been the same.
    """

    area: Area
    grid: Grid
    parents: list[Grid]
    title: str
    around: list[str]
    people: People
    duty: Duty | None
    load: PlanLoad | None
    hectares: float | None
    since: date
    beside: list[Grid]
    where: Point | None = None
    place: str = ""

    @property
    def community(self) -> Grid | None:
        return self.parents[-1] if self.parents else None


def card_of(
    *, area: Area, term: Term, grid: Grid, at: datetime, where: Point | None = None, place: str = ""
) -> Card:
    """Gather the card of a leaf; `where` is the searched place that led to it."""
    parents = _parents(grid)
    people = people_of(scheme=term.scheme, grid=grid, parents=parents, at=at)
    load = PlanLoad.objects.filter(grid=grid).first()
    hours = people.first.hours if people.first else ""
    return Card(
        area=area,
        grid=grid,
        parents=parents,
        title=grid_title(grid, term.scheme_id),
        around=streets_around(grid),
        people=people,
        duty=on_duty(hours, at.astimezone(ZoneInfo(area.timezone))),
        load=load,
        hectares=load.area_m2 / 10_000 if load and load.area_m2 else None,
        since=unchanged_since(term, grid).astimezone(ZoneInfo(area.timezone)).date(),
        beside=_beside(term, grid, where),
        where=where,
        place=place,
    )


def grid_title(grid: Grid, scheme: int) -> str:
    """Return "Grid 03" below its community's name, or the name when it has one of its own."""
    community = grid.parent.name if grid.parent else ""
    if community and not grid.name.startswith(community):
        return grid.name
    level = Level.objects.filter(scheme=scheme, depth=grid.level).first()
    # Chinese counts (第 3 网格), English reads the label on the map (Grid 03).
    number = grid.label if (get_language() or "").startswith("en") else grid.label.lstrip("0")
    words = {"level": localname(level) or gettext("Grid"), "number": number or grid.label}
    # Translators: the number of a grid as a heading: "Grid 03", "第 3 网格".
    return pgettext("heading of a grid", "%(level)s %(number)s") % words


def streets_around(grid: Grid) -> list[str]:
    """Return the streets that a grid holds most of, longest first."""
    inside = Cast(Intersection("path", grid.boundary), _geography())
    rows = (
        Street.objects.filter(path__intersects=grid.boundary, rank__lte=STREET_OF_HOUSES)
        .exclude(name="")
        .values("name")
        .annotate(metres=Sum(Metres(inside)))
        .filter(metres__gt=SHORT_PIECE_M)
        .order_by("-metres", "name")
    )
    return list(rows.values_list("name", flat=True)[:STREETS_NAMED])


def around_words(streets: Sequence[str]) -> str:
    """Return "Around A, B and C", or "" without streets."""
    if not streets:
        return ""
    *first, last = streets
    if not first:
        return gettext("Around %(street)s") % {"street": last}
    # Translators: what stands between the streets of a list: ", " and "、".
    comma = pgettext("between streets", ", ")
    return gettext("Around %(streets)s and %(last)s") % {"streets": comma.join(first), "last": last}


def unchanged_since(term: Term, grid: Grid) -> datetime:
    """Return the instant from which the boundary of this grid has been what it is now."""
    same = Func(
        F("boundary"), _shape(grid), function="ST_OrderingEquals", output_field=BooleanField()
    )
    rows = (
        Grid.objects.filter(
            lineage=grid.lineage,
            plan__terms__scheme=term.scheme_id,
            plan__terms__during__startswith__lte=term.during.lower,
        )
        .annotate(same=same, began=F("plan__terms__during"))
        .order_by("-began")
        .values_list("same", "began")
    )
    since: Any = term.during.lower
    for same_shape, during in rows:
        if not same_shape:
            break
        since = during.lower
    return since


class Metres(Func):
    """`ST_Length` on geography: metres on the ellipsoid."""

    function = "ST_Length"
    output_field = FloatField()


def _geography() -> GeometryField:
    return GeometryField(geography=True)


def _shape(grid: Grid) -> Any:
    return Value(grid.boundary, output_field=MultiPolygonField(srid=4326))


def _parents(grid: Grid) -> list[Grid]:
    chain: list[Grid] = []
    above = grid.parent
    while above is not None:
        chain.insert(0, above)
        above = above.parent
    return chain


def _beside(term: Term, grid: Grid, where: Point | None) -> list[Grid]:
    if where is None:
        return []
    leaves = Grid.objects.filter(plan=term.plan_id).leaves().select_related("parent")
    close = leaves.nearest(where, BORDER_M).defer("boundary", "parent__boundary")
    return [other for other in close if other.pk != grid.pk]
