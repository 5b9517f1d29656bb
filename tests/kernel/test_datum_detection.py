"""Positions that were shifted are recognised on both fixture towns, and right ones left alone.

Samples are drawn anew for each number, sizes from 8 to 500, displaced at random by up to 10 m as
accuracy classes B and C allow: half of them on buildings, half of them doors beside buildings.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from layers.datum import shifted
from layers.datum.gauss_krueger import Zone, zone_at
from layers.datum.metric import metres_per_degree
from layers.datum.shapes import Shape, Shapes, listed
from layers.intake.datum_detection import Detection, Verdict, detect
from layers.intake.known_ground import Ground
from layers.intake.osm import read_extract
from layers.intake.outline import read_outline
from layers.intake.readings import Reading, said_reading

FIXTURES = Path(__file__).parents[2] / "fixtures"
JINGHU = ("jinghu/town.osm.pbf", "jinghu/boundary.geojson")
BRANDENBURG = ("neubrandenburg/extract.osm.pbf", "neubrandenburg/city_boundary.geojson")
SIZES = (8, 12, 20, 60, 200, 500)
Points = np.ndarray
Town = tuple[Ground, Points, Points]  # the ground, positions in buildings, doors


@cache
def town(place: str) -> Town:
    """Jinghu; Neubrandenburg where it lies; moved into China; moved west and south of Greenwich."""
    files = JINGHU if place == "jinghu" else BRANDENBURG
    extract, outline = read_extract(FIXTURES / files[0]), read_outline(FIXTURES / files[1])
    shapely.prepare(outline)
    buildings = [one for one in extract.buildings if outline.covers(one.anchor)]
    doors = [
        one.anchor
        for one in extract.addresses
        if one.source_id.startswith("n") and outline.covers(one.anchor)
    ]
    to = {"china": (114.3, 30.6), "andes": (-70.6, -33.4)}.get(place)

    def moved(xy: Points) -> Points:
        if to is None:
            return xy
        here = np.array((13.26, 53.55))
        scale = np.array(metres_per_degree(here[1])) / metres_per_degree(to[1])
        return (xy - here) * scale + to

    def placed(shapes: Sequence[Shape]) -> Shapes:
        return listed(shapely.transform(listed(shapes), moved))

    ground = Ground(
        placed([one.geometry for one in buildings]),
        placed([one.geometry for one in extract.streets]),
        outline=placed([outline])[0],
    )
    anchors = shapely.get_coordinates(placed([one.anchor for one in buildings]))
    return ground, anchors, shapely.get_coordinates(placed(doors))


def sample(place: str, seed: int) -> Points:
    chance = np.random.default_rng(seed)
    ground, anchors, doors = town(place)
    source = doors if seed % 2 else anchors
    points = source[chance.choice(len(source), SIZES[seed % 6], replace=False)]
    far = chance.uniform(0, chance.uniform(1, 10), len(points))
    turn = chance.uniform(0, 2 * np.pi, len(points))
    step = np.column_stack([np.cos(turn), np.sin(turn)]) * far[:, None]
    return points + step / metres_per_degree((ground.bounds[1] + ground.bounds[3]) / 2)


def judged(numbers: Points, place: str, said: Reading) -> Detection:
    return detect(numbers, town(place)[0], said=said)


def through(epsg: int) -> Callable[[Points], Points]:
    there = Transformer.from_crs(4326, epsg, always_xy=True)
    return lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1]))


def zone3(place: str, *, numbered: bool = False) -> Zone:
    west, _, east, _ = town(place)[0].bounds
    return zone_at((west + east) / 2, numbered=numbered)


PLAIN = Reading()
Spoil = Callable[[Points], Points]


def named(zone: Zone) -> Reading:
    return Reading(f"EPSG:{zone.epsg}")


def after(first: Spoil, then: Spoil) -> Spoil:
    return lambda xy: then(first(xy))


def exchanged(xy: Points) -> Points:
    return xy[:, ::-1]


def untouched(xy: Points) -> Points:
    return xy


def in_feet(xy: Points) -> Points:
    return xy / 0.3048


def without_minus(xy: Points) -> Points:
    return xy * (-1, 1)


# Where, what was done to the numbers, and what the file says of them.
WRONGS: list[tuple[str, Spoil, Reading]] = []
for where, number in (("jinghu", 35), ("china", 38)):
    zone, long_zone, beside = Zone(3, number), Zone(3, number, True), Zone(3, number + 1)
    WRONGS += [
        (where, shifted.wgs84_to_gcj02, PLAIN),
        (where, shifted.wgs84_to_bd09, PLAIN),
        (where, shifted.gcj02_to_wgs84, PLAIN),
        (where, untouched, said_reading("GCJ-02")),
        (where, after(shifted.wgs84_to_gcj02, zone.from_degrees), named(zone)),
        (where, exchanged, PLAIN),
        (where, zone.from_degrees, PLAIN),
        (where, after(long_zone.from_degrees, exchanged), PLAIN),
        (where, zone.from_degrees, named(beside)),
    ]
WRONGS += [
    ("andes", without_minus, PLAIN),
    ("andes", np.abs, PLAIN),
    ("brandenburg", exchanged, PLAIN),
    ("brandenburg", through(25833), PLAIN),
    ("brandenburg", through(3857), PLAIN),
    ("jinghu", after(Zone(3, 35).from_degrees, in_feet), named(Zone(3, 35))),
]


@pytest.mark.parametrize("number", range(40))
def test_shifted_samples_are_recognised(number: int) -> None:
    place, spoil, said = WRONGS[number % len(WRONGS)]
    points = sample(place, 100 + number)
    found = judged(spoil(points), place, said)
    assert found.verdict is Verdict.OTHER, (found.said, found.best)
    back = found.best.reading.to_degrees(spoil(points))
    assert np.abs(back - points).max() < 1e-6, found.best.reading
    assert found.sure > 0.9


@pytest.mark.parametrize("number", range(40))
def test_clean_samples_are_left_alone(number: int) -> None:
    place = ("jinghu", "china", "brandenburg", "andes")[number % 4]
    points = sample(place, 300 + number)
    said = PLAIN
    if place in ("jinghu", "china") and number % 8 < 4:  # converted as they should be
        said = Reading(f"EPSG:{zone3(place).epsg}") if number % 3 else said_reading("GCJ-02")
        points = shifted.wgs84_to_gcj02(points) if said.shift else zone3(place).from_degrees(points)
    found = judged(points, place, said)
    assert found.silent, found.sentence
    assert found.sentence == ""
    assert found.best.reading == said


def test_the_evidence_is_told_in_figures() -> None:
    ground, anchors, _ = town("jinghu")
    found = detect(shifted.wgs84_to_gcj02(anchors[:300]), ground)
    assert found.sentence.startswith(
        "Looks like GCJ-02: 100 % fall on buildings after conversion, "
    )
    assert found.said.fall.on_buildings < 0.3 < found.best.fall.on_buildings
    assert found.sentence.endswith(f"{found.said.fall.on_buildings * 100:.0f} % before.")


def test_a_wrong_zone_number_in_the_numbers_themselves() -> None:
    points = sample("jinghu", 404)
    wrong = np.add(Zone(3, 35, numbered=True).from_degrees(points), (2e6, 0))
    found = judged(wrong, "jinghu", Reading("EPSG:4525"))
    assert found.verdict is Verdict.OTHER
    assert found.best.reading.drop_number
    assert np.abs(found.best.reading.to_degrees(wrong) - points).max() < 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_points_that_follow_nothing_are_left_alone(seed: int) -> None:
    """Trees in parks, say: anywhere in the outline, wherever buildings are."""
    chance = np.random.default_rng(seed)
    west, south, east, north = town("jinghu")[0].bounds
    points = chance.uniform((west, south), (east, north), (SIZES[seed % 6], 2))
    assert judged(points, "jinghu", PLAIN).silent


def test_another_town_is_told_to_lie_elsewhere() -> None:
    found = judged(sample("china", 300), "jinghu", PLAIN)
    assert found.verdict is Verdict.UNPLACED
    assert found.sentence == (
        "Only 0 % of the points lie in the area as the file is read. No usual reading puts them "
        "there."
    )


def test_without_buildings_the_outline_still_tells_axes_apart() -> None:
    ground = Ground(listed([]), listed([]), outline=town("jinghu")[0].outline)
    points = sample("jinghu", 300)
    assert detect(points, ground).silent
    assert detect(shifted.wgs84_to_gcj02(points), ground).silent
    found = detect(points[:, ::-1], ground)
    assert found.silent is False
    assert "exchanged axes" in found.sentence


@pytest.mark.parametrize("numbers", [np.empty((0, 2)), np.full((20, 2), np.nan), [[104.34, 38.55]]])
def test_too_little_says_nothing(numbers: Points) -> None:
    assert judged(np.asarray(numbers), "jinghu", PLAIN).silent


@pytest.mark.parametrize(
    "reading",
    [
        PLAIN,
        Reading("EPSG:4547", swap=True, scale=0.3048, shift="BD-09"),
        Reading("EPSG:4526", drop_number=True),
        Reading(signs=(-1, 1)),
    ],
)
def test_a_reading_is_kept_as_a_key(reading: Reading) -> None:
    assert Reading.parse(reading.key) == reading
