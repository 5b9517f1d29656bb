"""The ground of the two demo towns, read from their files as an import reads them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import shapely

from geogrid.territory.division import Ground, as_array
from layers.intake.households import estimate_dwellings
from layers.intake.kinds import street_rank
from layers.intake.osm import read_extract
from layers.intake.outline import read_outline

FIXTURES = Path(__file__).parents[2] / "fixtures"


@dataclass(frozen=True, slots=True)
class TownGround:
    """What a division is made from, and the buildings nobody lives in."""

    ground: Ground
    other_buildings: np.ndarray


def ground_of(extract_file: str, outline_file: str) -> TownGround:
    extract = read_extract(FIXTURES / extract_file)
    outline = read_outline(FIXTURES / outline_file)
    shapely.prepare(outline)
    buildings = [record for record in extract.buildings if outline.covers(record.anchor)]
    estimates = estimate_dwellings(buildings, extract.addresses, extract.points, extract.land_use)
    homes = [(b, e.dwellings) for b, e in zip(buildings, estimates, strict=True) if e.dwellings]
    others = [b for b, e in zip(buildings, estimates, strict=True) if not e.dwellings]
    streets = [(street_rank(r.tags) or 9, r) for r in extract.streets]
    wide = [r.geometry for rank, r in streets if rank <= 3 or r.tags["highway"] == "pedestrian"]
    quarters = [
        r.anchor
        for r in extract.place_names
        if r.tags["place"] not in ("town", "city") and outline.covers(r.anchor)
    ]
    ground = Ground(
        outline=outline,
        limits=as_array([*wide, *(r.geometry for r in extract.railways)]),
        paths=as_array(r.geometry for rank, r in streets if 4 <= rank <= 6),
        homes=as_array(b.geometry for b, _ in homes),
        anchors=as_array(b.anchor for b, _ in homes),
        dwellings=np.array([n for _, n in homes]),
        seeds=np.array([(point.x, point.y) for point in quarters]),
    )
    return TownGround(ground, as_array(b.geometry for b in others))


@cache
def real_town() -> TownGround:
    return ground_of("neubrandenburg/extract.osm.pbf", "neubrandenburg/city_boundary.geojson")


@cache
def fictional_town() -> TownGround:
    return ground_of("jinghu/town.osm.pbf", "jinghu/boundary.geojson")
