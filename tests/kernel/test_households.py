"""The dwelling estimate, rule by rule, and its sum for the real town."""

from pathlib import Path

import pytest
import shapely

from layers.intake.households import estimate_dwellings
from layers.intake.osm import Record, read_extract
from layers.intake.outline import read_outline

FIXTURES = Path(__file__).parents[2] / "fixtures"
LON, LAT = 13.26, 53.55
EAST, NORTH = 1 / 66_200, 1 / 111_300  # degrees of a metre


def building(width: float, depth: float, **tags: str) -> Record:
    shape = shapely.box(LON, LAT, LON + width * EAST, LAT + depth * NORTH)
    return Record("w1", shape, shape.centroid, {"building": "yes"} | tags)


def inside(**tags: str) -> Record:
    point = shapely.Point(LON + 2 * EAST, LAT + 2 * NORTH)
    return Record("n1", point, point, {key.replace("_", ":"): value for key, value in tags.items()})


def land(use: str) -> Record:
    shape = shapely.box(LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01)
    return Record("w9", shape, shape.centroid, {"landuse": use})


DOOR = inside(addr_housenumber="1", addr_street="A")
OTHER_DOOR = inside(addr_housenumber="3", addr_street="A")


def dwellings(
    house: Record, *, doors: int = 1, points: tuple[Record, ...] = (), use: str = "residential"
) -> int:
    return estimate_dwellings([house], [DOOR, OTHER_DOOR][:doors], list(points), [land(use)])[
        0
    ].dwellings


def test_a_house_is_one_dwelling() -> None:
    assert dwellings(building(12, 10, building="house")) == 1
    assert dwellings(building(12, 10)) == 1


def test_a_slab_with_two_entrances_has_five_storeys() -> None:
    assert dwellings(building(60, 12), doors=2) == 36


def test_the_storeys_tag_goes_before_every_guess() -> None:
    assert dwellings(building(60, 12, **{"building:levels": "2"}), doors=2) == 14
    assert dwellings(building(60, 12, **{"building:levels": "many"}), doors=2) == 36


def test_a_shed_has_none() -> None:
    assert dwellings(building(6, 6)) == 0


@pytest.mark.parametrize(
    "tags",
    [{"shop": "bakery"}, {"office": "company"}, {"leisure": "sports_centre"}, {"amenity": "school"},
     {"craft": "painter"}, {"amenity": "townhall"}],
)  # fmt: skip
def test_what_holds_a_workplace_or_the_public_has_no_homes(tags: dict[str, str]) -> None:
    assert dwellings(building(60, 12), points=(inside(**tags),)) == 0
    assert dwellings(building(60, 12, **tags)) == 0


@pytest.mark.parametrize(
    "tags", [{"amenity": "post_box"}, {"leisure": "playground"}, {"shop": "no"}]
)
def test_furniture_of_the_street_empties_no_house(tags: dict[str, str]) -> None:
    assert dwellings(building(60, 12), points=(inside(**tags),)) == 22


def test_a_hall_outside_residential_land_has_no_homes() -> None:
    assert dwellings(building(100, 25), use="grass") == 0
    assert dwellings(building(100, 19), use="grass") > 0
    assert dwellings(building(100, 25), use="residential") > 0


def test_industrial_land_has_no_homes() -> None:
    assert dwellings(building(20, 15), use="industrial") == 0


def test_nothing_gives_nothing() -> None:
    assert estimate_dwellings([], [], [], []) == []


def test_the_town_has_a_plausible_number() -> None:
    extract = read_extract(FIXTURES / "neubrandenburg" / "extract.osm.pbf")
    outline = read_outline(FIXTURES / "neubrandenburg" / "city_boundary.geojson")
    shapely.prepare(outline)
    homes = [record for record in extract.buildings if outline.covers(record.anchor)]
    estimates = estimate_dwellings(homes, extract.addresses, extract.points, extract.land_use)
    # About 63,000 people lived there; two persons in a dwelling.
    assert sum(estimate.dwellings for estimate in estimates) == pytest.approx(31_500, rel=0.02)
    assert max(estimate.dwellings for estimate in estimates) < 150
