"""The ground of the two demo towns, read from their files as an import reads them."""

from functools import cache
from pathlib import Path

import numpy as np
import shapely

from geogrid.territory.division import RAILWAY_PRICE, STREET_PRICES, Ground, as_array
from layers.intake.households import estimate_dwellings
from layers.intake.kinds import street_rank
from layers.intake.osm import read_extract
from layers.intake.outline import read_outline

FIXTURES = Path(__file__).parents[2] / "fixtures"


def ground_of(extract_file: str, outline_file: str) -> Ground:
    extract = read_extract(FIXTURES / extract_file)
    outline = read_outline(FIXTURES / outline_file)
    shapely.prepare(outline)
    buildings = [record for record in extract.buildings if outline.covers(record.anchor)]
    estimates = estimate_dwellings(buildings, extract.addresses, extract.points, extract.land_use)
    both = list(zip(buildings, (e.dwellings for e in estimates), strict=True))
    homes = [(building, dwellings) for building, dwellings in both if dwellings]
    streets = [(street_rank(r.tags) or 9, r) for r in extract.streets]
    limits = [
        (r.geometry, STREET_PRICES[rank])
        for rank, r in streets
        if rank <= 3 or r.tags["highway"] == "pedestrian"
    ]
    limits += [(r.geometry, RAILWAY_PRICE) for r in extract.railways]
    quarters = [
        r.anchor
        for r in extract.place_names
        if r.tags["place"] not in ("town", "city") and outline.covers(r.anchor)
    ]
    return Ground(
        outline=outline,
        limits=as_array(line for line, _ in limits),
        prices=np.array([price for _, price in limits]),
        paths=as_array(r.geometry for rank, r in streets if 4 <= rank <= 6),
        homes=as_array(b.geometry for b, _ in homes),
        anchors=as_array(b.anchor for b, _ in homes),
        dwellings=np.array([n for _, n in homes]),
        seeds=np.array([(point.x, point.y) for point in quarters]),
        others=as_array(b.geometry for b, dwellings in both if not dwellings),
    )


@cache
def real_town() -> Ground:
    return ground_of("neubrandenburg/extract.osm.pbf", "neubrandenburg/city_boundary.geojson")


@cache
def fictional_town() -> Ground:
    return ground_of("jinghu/town.osm.pbf", "jinghu/boundary.geojson")
