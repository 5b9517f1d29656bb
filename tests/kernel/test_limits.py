"""Four limits: north, east, south and west of a grid, by street, neighbour or edge."""

import time

import numpy as np
import pytest
import shapely

from geogrid.coverage.limits import FourLimits, Kind, Limit, Streets, four_limits, limits
from layers.datum.lattice import from_steps
from tests.pictures import CELL, ORIGIN, picture, square
from tests.tilings import tiling

TOWN = picture("""
    abc
    def
    ghi
    """)
METRES = 20


def line(*corners: tuple[float, float]) -> shapely.LineString:
    """A line through corners counted in cells from the lower left."""
    return shapely.LineString(from_steps(np.array(corners) * CELL + ORIGIN))


def said(side: tuple[Limit, ...]) -> list[tuple[str, object]]:
    return [(limit.kind.value, limit.name) for limit in side]


def names(found: FourLimits) -> dict[str, list[object]]:
    return {side: [one.name for one in getattr(found, side)] for side in found.__slots__}


def test_neighbours_and_the_edge() -> None:
    found = four_limits(TOWN)
    assert names(found["e"]) == {"north": ["b"], "east": ["f"], "south": ["h"], "west": ["d"]}
    assert said(found["a"].north) == [("outline", None)]
    assert said(found["a"].east) == [("grid", "b")]
    assert found["e"].north[0].metres == pytest.approx(CELL * 0.00964, rel=0.01)


def test_a_street_along_a_border_bounds_it() -> None:
    streets = Streets([line((-1, 2), (4, 2)), line((1, -1), (1, 1))], ["人民路", "解放路"])
    found = four_limits(TOWN, streets, of=["e", "g"])
    assert found.keys() == {"e", "g"}
    assert said(found["e"].north) == [("street", "人民路")]
    assert said(found["e"].west) == [("grid", "d")]
    assert said(found["g"].east) == [("street", "解放路")]


def test_a_street_that_only_crosses_or_has_no_name_bounds_nothing() -> None:
    streets = Streets([line((1.5, 0), (1.5, 3)), line((0, 2), (3, 2))], ["过街", ""])
    assert said(four_limits(TOWN, streets)["e"].north) == [("grid", "b")]


def test_a_street_beside_the_border_within_reach() -> None:
    streets = Streets([line((0, 2.4), (3, 2.4))], ["平行路"])  # 9 m beside
    assert said(four_limits(TOWN, streets)["e"].north) == [("street", "平行路")]
    assert said(four_limits(TOWN, streets, within_m=5)["e"].north) == [("grid", "b")]


def test_the_longest_stretch_comes_first() -> None:
    town = picture("""
        xxxyz
        eeeee
        """)
    north = four_limits(town)["e"].north
    assert said(north) == [("grid", "x"), ("grid", "y"), ("grid", "z")]
    assert [round(one.metres / north[1].metres) for one in north] == [3, 1, 1]


def test_kinks_are_not_told() -> None:
    """A border that runs east with small steps faces north, not west and east."""
    town = picture("""
        bbbbbbbbbb
        bbbbaaaaaa
        aaaaaaaaaa
        aaaaaaaaaa
        aaaaaaaaaa
        aaaaaaaaaa
        aaaaaaaaaa
        aaaaaaaaaa
        aaaaaaaaaa
        """)
    assert said(four_limits(town)["a"].west) == [("outline", None)]


def test_enclaves_are_no_limits_and_have_theirs() -> None:
    town = picture("aaa\naea\naaa")
    found = four_limits(town)
    assert names(found["e"]) == {side: ["a"] for side in ("north", "east", "south", "west")}
    assert said(found["a"].north) == [("outline", None)]


def test_one_grid_with_its_neighbours() -> None:
    others = {key: shape for key, shape in TOWN.items() if key != "e"}
    assert limits(TOWN["e"], others) == four_limits(TOWN)["e"]
    alone = limits(square(0, 0), {})
    assert said(alone.south) == [("outline", None)]


def test_a_slanting_street_bounds_the_side_it_faces() -> None:
    slant = shapely.Polygon(from_steps(np.add(ORIGIN, [(0, 0), (9000, 0), (9000, 2000), (0, 0)])))
    street = shapely.LineString(from_steps(np.add(ORIGIN, [(0, 0), (9000, 2000)])))
    found = limits(slant, {}, Streets([street], ["斜街"]))
    assert said(found.north) == [("street", "斜街")]
    assert said(found.west) == []
    assert found.north[0].kind is Kind.STREET


def test_one_name_per_street() -> None:
    with pytest.raises(ValueError, match="one name per street"):
        limits(square(0, 0), {}, Streets([line((0, 0), (1, 0))], []))


def test_two_thousand_grids_within_seconds() -> None:
    """1.2 s measured; the bound leaves room for a busy machine."""
    town = dict(enumerate(tiling(2000).faces))
    west, south, east, north = shapely.total_bounds(list(town.values()))
    along = [shapely.LineString([(west, y), (east, y)]) for y in np.linspace(south, north, 200)]
    started = time.perf_counter()
    found = four_limits(town, Streets(along, [f"street {n}" for n in range(200)]))
    assert time.perf_counter() - started < 10
    assert len(found) == len(town)
    assert all(any(getattr(one, side) for side in one.__slots__) for one in found.values())
