"""What changes hands, to whom, and who continues whom."""

import numpy as np
import pytest
import shapely

from geogrid.coverage.compare import compare, match
from layers.datum.metric import area_m2
from layers.datum.shapes import listed
from tests.pictures import picture, square, whole
from tests.tilings import tiling

CELL_M2 = area_m2(square(0, 0))


def cells(count: float) -> object:
    return pytest.approx(count * CELL_M2, rel=1e-3)


def centre(along: int, up: int) -> shapely.Point:
    return shapely.centroid(square(along, up))


def test_the_same_plan_hands_nothing_over() -> None:
    town = picture("aab\nccb")
    turned = {key: shapely.reverse(shape) for key, shape in reversed(town.items())}
    result = compare(town, turned)
    assert (result.hand_overs, result.shares, result.unchanged) == ((), (), ("a", "b", "c"))
    assert (result.area_m2, result.weight) == (0, 0)


def test_a_moved_border_hands_over_land_and_households() -> None:
    before, after = picture("aabbcc"), picture("aaabcc")
    homes = [centre(0, 0), centre(2, 0), centre(2, 0), centre(5, 0)]
    result = compare(before, after, points=homes, weights=[10, 3, 4, 5])
    (moved,) = result.hand_overs
    assert (moved.source, moved.target, moved.weight) == ("b", "a", 7)
    assert moved.shape.equals(square(2, 0))
    assert moved.area_m2 == cells(1)
    assert result.unchanged == ("c",)
    shares = {(one.source, one.target): (one.of_area, one.of_weight) for one in result.shares}
    assert shares.keys() == {("a", "a"), ("b", "a"), ("b", "b")}
    assert shares["a", "a"] == (1, 1)
    assert shares["b", "a"] == (pytest.approx(0.5), 1)
    assert shares["b", "b"] == (pytest.approx(0.5), 0)


def test_a_split_a_merge_and_a_territory_that_grows() -> None:
    before, after = picture("aabbc."), picture("adeeef")
    after["c"] = after.pop("f")  # c moves on to new ground
    result = compare(before, after)
    told = {(one.source, one.target): one.area_m2 for one in result.hand_overs}
    assert told == {
        ("a", "d"): cells(1),
        ("b", "e"): cells(2),
        ("c", "e"): cells(1),
        (None, "c"): cells(1),
    }
    assert (result.added, result.removed) == (("d", "e"), ("b",))
    assert result.area_m2 == cells(5)
    lost = compare(after, before)
    assert ("c", None) in {(one.source, one.target) for one in lost.hand_overs}


def test_points_without_weights_count_one_each() -> None:
    result = compare(picture("ab"), picture("bb"), points=[centre(0, 0), centre(0, 0)])
    assert result.weight == 2


def test_a_point_on_a_border_belongs_to_the_first_grid_of_each_side() -> None:
    corner = shapely.Point(shapely.get_coordinates(square(1, 0))[0])
    result = compare(picture("ab."), picture(".ab"), points=[corner])
    assert result.weight == 0  # of a's before, of a's after
    kept = {(one.source, one.target): one.of_weight for one in result.shares}
    assert kept["b", "a"] == 0


def test_a_home_on_the_border_of_an_unchanged_grid_stays_there() -> None:
    """a comes first and covers the point before and after; b and c only touch it."""
    before = {"a": square(0, 0), "b": square(1, 0)}
    after = {"a": square(0, 0), "c": square(1, 0)}
    corner = shapely.Point(shapely.get_coordinates(square(1, 0))[0])
    assert compare(before, after, points=[corner]).weight == 0
    turned = compare(dict(reversed(before.items())), dict(reversed(after.items())), points=[corner])
    assert turned.weight == 1


def test_one_weight_per_point() -> None:
    with pytest.raises(ValueError, match="one weight per point"):
        compare({}, {}, points=[centre(0, 0)], weights=[1, 2])


def test_nothing_compared_with_nothing() -> None:
    assert compare({}, {}).hand_overs == ()
    assert match({}, {}) == {}


def test_a_border_that_only_gains_a_vertex_hands_nothing_over() -> None:
    before = picture("ab")
    ring = shapely.get_coordinates(before["a"])
    beside = (ring[0] + ring[1]) / 2 + np.array([1e-7, 1e-7]) / 2
    after = before | {"a": shapely.Polygon(np.r_[ring[:1], [beside], ring[1:]])}
    result = compare(before, after)
    assert result.hand_overs == ()
    assert [share.of_area for share in result.shares] == [pytest.approx(1)]


def test_hand_overs_are_complete() -> None:
    """Over all pairs, what a grid has after is what it had, less what it gave, plus what it got."""
    one, other = tiling(49, seed=1), tiling(49, seed=2)
    before = dict(enumerate(one.faces))
    after = dict(enumerate(other.faces))
    result = compare(before, after)
    for key in before.keys() | after.keys():
        had = area_m2(before[key]) if key in before else 0
        has = area_m2(after[key]) if key in after else 0
        gave = sum(move.area_m2 for move in result.hand_overs if move.source == key)
        got = sum(move.area_m2 for move in result.hand_overs if move.target == key)
        assert has == pytest.approx(had - gave + got, abs=1)
    for key in before:
        shares = [share.of_area for share in result.shares if share.source == key]
        assert sum(shares) == pytest.approx(1, abs=1e-3)


def test_only_changed_grids_are_looked_at() -> None:
    town = tiling(400)
    before = dict(enumerate(town.faces))
    near = shapely.STRtree(town.faces).query(town.faces[0], predicate="touches")
    after = {key: shape for key, shape in before.items() if key != int(near[0])}
    after[0] = shapely.coverage_union_all(listed([town.faces[0], town.faces[int(near[0])]]))
    result = compare(before, after)
    assert len(result.unchanged) == len(before) - 2
    (moved,) = result.hand_overs
    assert (moved.source, moved.target) == (int(near[0]), 0)
    assert moved.shape.equals(town.faces[int(near[0])])


def test_who_continues_whom_by_mutual_majority() -> None:
    before = picture("aaaabbcccc")
    after = {key.upper(): shape for key, shape in picture("aaaddeffgg").items()}
    assert match(before, after) == {"A": "a"}
    assert match(before, before) == {key: key for key in before}


def test_half_is_no_majority() -> None:
    assert match({"a": whole("aa")}, {"x": square(0, 0), "y": square(1, 0)}) == {}
