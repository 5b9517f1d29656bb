"""What a dedicated grid (专属网格) would cover: the grounds of a school, hospital, park or mall.

A proposal, drawn from the base map: `CutOut` takes the area or what the planner makes of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import GEOSGeometry, Polygon

from geogrid.territory.geometry import to_shapely
from layers.basemap.models import LandUse, Street
from layers.datum.lattice import STEP, snap
from layers.datum.metric import area_m2, metres_per_degree
from layers.datum.shapes import Shape
from layers.places.models import Building, Place

__all__ = ["Basis", "Proposal", "grounds", "proposal"]

LARGEST_M2 = 1_000_000  # grounds larger than a square kilometre are a quarter, not one place
OWN_KINDS = (LandUse.Kind.GRASS, LandUse.Kind.COMMERCE, LandUse.Kind.INDUSTRY)
WALKED_RANK = 5  # service roads, 6 paths: these lead through grounds, others limit them
YARD_M = 20
CAMPUS_M = 80
EVE_M = 1


class Basis(StrEnum):
    """What a proposal was drawn from."""

    LAND_USE = "land_use"
    """Ground of the map: a park, a mall, a factory; or ground of the place's own name."""
    BUILDINGS = "buildings"
    """The place's buildings and the yard around them, up to the next street or house."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An area on the lattice (Polygon, EPSG:4326) and what it was drawn from."""

    area: Shape
    basis: Basis


def proposal(place: Place) -> Proposal | None:
    """Propose the grounds of a place, or None where the map shows neither ground nor building.

    The smallest piece of land use around the anchor that is the place's own: of its name, or a
    park, shops or industry. Else the building over the anchor, with buildings of the same name or
    kind within 80 m that nobody lives in, and their yard of 20 m up to the next street or house.
    """
    ground = _own_ground(place)
    if ground is not None:
        return Proposal(ground, Basis.LAND_USE)
    own = _own_buildings(place)
    if not own:
        return None
    near = _around(own, CAMPUS_M + 2 * YARD_M)
    others = Building.objects.filter(footprint__intersects=near).exclude(
        pk__in=[building.pk for building in own]
    )
    streets = Street.objects.filter(path__intersects=near, rank__lt=WALKED_RANK)
    area = grounds(
        [to_shapely(building.footprint) for building in own if building.footprint],
        others=[to_shapely(shape) for shape in others.values_list("footprint", flat=True) if shape],
        limits=[to_shapely(path) for path in streets.values_list("path", flat=True)],
        anchor=to_shapely(place.anchor),
    )
    return Proposal(area, Basis.BUILDINGS)


def grounds(
    footprints: Sequence[Shape],
    *,
    others: Sequence[Shape] = (),
    limits: Sequence[Shape] = (),
    anchor: Shape,
    yard_m: float = YARD_M,
) -> Shape:
    """Draw the yard around buildings.

    Parameters
    ----------
    footprints : Polygon or MultiPolygon, at least one
        The place's own buildings, EPSG:4326.
    others : Polygon or MultiPolygon
        Buildings of others: left out with a metre around them.
    limits : LineString
        Streets the yard does not cross.
    anchor : Point
        The piece nearest to it is taken where limits cut the yard apart.
    yard_m : float
        How far the yard reaches; gaps of twice as much between own buildings are bridged.

    Returns
    -------
    Polygon
        Without holes, on the lattice, valid.

    Known Issues
    ------------
    A building that a limit crosses loses the part on the other side.
    """
    middle = shapely.centroid(anchor)
    scale = np.array(metres_per_degree(middle.y))

    def metres(shape: Shape) -> Shape:
        return shapely.transform(shape, lambda xy: xy * scale)

    def drawn_off(shapes: Sequence[Shape], width: float) -> Shape:
        merged = shapely.union_all([metres(shape) for shape in shapes])
        return shapely.buffer(merged, width, quad_segs=2)

    own = shapely.union_all([metres(shape) for shape in footprints])
    # Out and half-way back: what lies between two own buildings belongs to the yard.
    yard: Shape = shapely.buffer(
        shapely.buffer(own, 2 * yard_m, join_style="mitre"), -yard_m, join_style="mitre"
    )
    if others:
        yard = shapely.difference(yard, shapely.difference(drawn_off(others, EVE_M), own))
    if limits:
        yard = shapely.difference(yard, drawn_off(limits, 0.05))
    pieces = shapely.get_parts(yard)
    piece = pieces[int(np.argmin(shapely.distance(pieces, metres(middle))))]
    whole = shapely.transform(shapely.Polygon(piece.exterior), lambda xy: xy / scale)
    return _settled(whole)


def _settled(shape: Shape) -> Shape:
    """The largest polygon of `shape` on the lattice, valid."""
    parts = shapely.get_parts(shapely.set_precision(shape, STEP))
    largest: Shape = snap(max(parts, key=lambda part: part.area))
    return largest


def _own_ground(place: Place) -> Shape | None:
    rows = LandUse.objects.filter(shape__covers=place.anchor).values_list("name", "kind", "shape")
    candidates = []
    for name, kind, shape in rows:
        if (place.name and name == place.name) or (
            kind in OWN_KINDS and not (name and place.name and _institution(place))
        ):
            ground = next(
                part
                for part in shapely.get_parts(to_shapely(shape))
                if shapely.covers(part, to_shapely(place.anchor))
            )
            candidates.append((name != place.name, area_m2(ground), ground))
    fitting = [candidate for candidate in candidates if candidate[1] <= LARGEST_M2]
    if not fitting:
        return None
    return _settled(min(fitting, key=lambda candidate: candidate[:2])[2])


def _institution(place: Place) -> bool:
    """Schools and clinics: ground of another name (a park, a mall) is around them, not theirs."""
    return place._meta.model_name in ("school", "hospital")


def _own_buildings(place: Place) -> list[Building]:
    if isinstance(place, Building):
        over = Building.objects.filter(pk=place.pk, footprint__isnull=False)
    else:
        over = Building.objects.filter(footprint__covers=place.anchor)
    first = over.order_by("pk").first()
    if first is None:
        return []
    own = [first]
    alike = Building.objects.filter(
        footprint__intersects=_around(own, CAMPUS_M), dwellings=0
    ).exclude(pk=first.pk)
    names = {name for name in (place.name, first.name) if name}
    kinds = {kind for kind in (place.kind, first.kind) if kind and kind != "yes"}
    return own + [row for row in alike if row.name in names or row.kind in kinds]


def _around(buildings: Sequence[Building], metres: float) -> GEOSGeometry:
    box = Building.objects.filter(pk__in=[building.pk for building in buildings]).aggregate(
        box=Extent("footprint")
    )["box"]
    west, south, east, north = box
    across, along = metres_per_degree((south + north) / 2)
    wide, high = metres / across, metres / along
    around = Polygon.from_bbox((west - wide, south - high, east + wide, north + high))
    around.srid = 4326
    return around
