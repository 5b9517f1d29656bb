"""Found an area: its outline, its general scheme, and a first plan drawn from the ground."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.models import Q

from geogrid.accounts.models import User
from geogrid.territory.actions import NewGrid, start_plan
from geogrid.territory.division import (
    RAILWAY_PRICE,
    STREET_PRICES,
    WATER_PRICE,
    Division,
    Ground,
    as_array,
    divide,
)
from geogrid.territory.errors import BoundaryInUse, GroundMissing, NoQuarters
from geogrid.territory.geometry import from_shapely, to_shapely
from geogrid.territory.loads import rebuild_loads
from geogrid.territory.models import Area, AreaBoundary, GridCode, Level, Plan, Scheme
from geogrid.territory.naming import grid_name, quarter_name
from geogrid.territory.numbering import code_of, free_numbers, label_of
from layers.basemap.models import PlaceName, Railway, Street, Waterway
from layers.intake.kinds import LIMITING_STREET_RANK, LIMITING_WATERS, PEDESTRIAN
from layers.places.models import Building

TOWN_NAMES = ("city", "town")  # the name of the whole, not of a quarter


@dataclass(frozen=True, slots=True)
class AreaNote:
    """What an operator says of a new area; see the fields of `Area`."""

    slug: str
    name: str
    kind: str = Area.Kind.TOWN
    code_prefix: str = ""
    language: str = "en"
    timezone: str = "UTC"
    calendar: str = ""
    office_phone: str = ""
    supervision_phone: str = ""
    fictional: bool = False
    data_as_of: date | None = None
    attribution: str = ""


@transaction.atomic
def found_area(
    *, note: AreaNote, outline: shapely.MultiPolygon, basis: str, at: datetime
) -> tuple[Area, AreaBoundary]:
    """Write the area and, where its outline is new, a version of its boundary valid from `at`.

    An area that exists keeps its settings: an import brings ground, it does not rename offices.
    A boundary that no plan refers to yet and that began the same day is replaced; raises
    BoundaryInUse when a plan does.
    """
    fields = {name: getattr(note, name) for name in note.__slots__ if name != "slug"}
    area, _ = Area.objects.get_or_create(slug=note.slug, defaults=fields)
    shape = from_shapely(outline, multi=True)
    latest = area.boundaries.order_by("-valid_from").first()
    if latest is not None and latest.boundary.equals_exact(shape):
        return area, latest
    if latest is not None and latest.valid_from >= at.date():
        if latest.plans.exists():
            raise BoundaryInUse(area=area.name)
        latest.delete()
    boundary = AreaBoundary.objects.create(
        area=area, boundary=shape, valid_from=at.date(), basis=basis
    )
    return area, boundary


def general_scheme(area: Area, *, households: tuple[int, int]) -> Scheme:
    """Return the area's general scheme; a new one has two levels, community or quarter and grid."""
    least, most = households
    chinese = area.language.startswith("zh")
    scheme, created = Scheme.objects.get_or_create(
        area=area,
        general=True,
        defaults={
            "code": "general",
            "name": "综合网格" if chinese else "General grids",
            "households_min": least,
            "households_max": most,
        },
    )
    if created:
        upper = ("社区", "Community") if chinese else ("片区", "Quarter")
        levels = ((1, *upper, True), (2, "网格", "Grid", False))
        Level.objects.bulk_create(
            Level(scheme=scheme, depth=depth, name_zh=zh, name_en=en, fixed=fixed)
            for depth, zh, en, fixed in levels
        )
    return scheme


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
    names, ground = _ground(area, boundary.boundary)
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


def _ground(area: Area, shape: GEOSGeometry) -> tuple[list[str], Ground]:
    streets = Street.objects.filter(path__intersects=shape)
    wide = streets.filter(Q(rank__lte=LIMITING_STREET_RANK) | Q(kind=PEDESTRIAN))
    limits = [(path, STREET_PRICES[rank]) for path, rank in wide.values_list("path", "rank")]
    railways = Railway.objects.filter(path__intersects=shape).values_list("path", flat=True)
    limits += [(path, RAILWAY_PRICE) for path in railways]
    waters = Waterway.objects.filter(path__intersects=shape, kind__in=LIMITING_WATERS)
    limits += [(path, WATER_PRICE) for path in waters.values_list("path", flat=True)]
    if not limits:
        raise GroundMissing(area=area.name)
    paths = streets.filter(rank__gt=LIMITING_STREET_RANK).exclude(kind=PEDESTRIAN)
    quarters = list(
        PlaceName.objects.filter(point__coveredby=shape)
        .exclude(kind__in=TOWN_NAMES)
        .order_by("pk")
        .values_list("name", "point")
    )
    if not quarters:
        raise NoQuarters(area=area.name)
    buildings = Building.objects.within(shape).filter(footprint__isnull=False).order_by("pk")
    homes = list(buildings.filter(dwellings__gt=0).values_list("footprint", "anchor", "dwellings"))
    others = buildings.filter(dwellings=0).values_list("footprint", flat=True)
    outline = shapely.MultiPolygon(list(shapely.get_parts(to_shapely(shape))))
    return [name for name, _ in quarters], Ground(
        outline=outline,
        limits=as_array(to_shapely(path) for path, _ in limits),
        prices=np.array([price for _, price in limits]),
        paths=as_array(map(to_shapely, paths.values_list("path", flat=True))),
        homes=as_array(to_shapely(footprint) for footprint, _, _ in homes if footprint),
        anchors=as_array(to_shapely(anchor) for _, anchor, _ in homes),
        dwellings=np.array([dwellings for _, _, dwellings in homes], dtype=np.int64),
        seeds=np.array([(point.x, point.y) for _, point in quarters]),
        others=as_array(to_shapely(footprint) for footprint in others if footprint),
    )


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
