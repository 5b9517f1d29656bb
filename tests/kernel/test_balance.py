"""Blocks to grids: contiguous, nested, in the range where that can be; reasons where it cannot."""

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geogrid.coverage.adjacency import adjacency
from geogrid.coverage.aim import Aim
from geogrid.coverage.arrange import dissolve
from geogrid.coverage.balance import Balance, Reason, balance, moves
from geogrid.coverage.barriers import borders
from geogrid.coverage.measure import measure
from geogrid.coverage.proof import tiles
from tests.pictures import picture, square
from tests.tilings import tiling


def cells(width: int, height: int) -> list[shapely.Geometry]:
    """A chessboard of blocks, row by row from below."""
    return [square(along, up) for up in range(height) for along in range(width)]


def drawn(result: Balance, width: int) -> str:
    """Grids as letters, the top row first."""
    rows = result.grid.reshape(-1, width)[::-1]
    return " ".join("".join("abcdefghij"[grid] for grid in row) for row in rows)


def balanced(width: int, height: int, weights: object, **options: object) -> Balance:
    asked = {"at_least": 200, "at_most": 300} | options
    return balance(cells(width, height), weights, **asked)


def test_four_equal_rows_become_two_halves() -> None:
    result = balanced(4, 2, [60] * 8)
    assert drawn(result, 4) == "aabb aabb"
    assert result.load.tolist() == [240, 240]
    assert result.reasons == {}


def test_borders_are_short() -> None:
    result = balanced(8, 8, [15] * 64)
    assert sorted(result.load) == [240] * 4
    assert {m.compactness > 0.77 for m in measure(dissolve(cells(8, 8), result.grid)[1])} == {True}


def test_a_border_prefers_the_main_street() -> None:
    """The shortest border would be upright in the middle; the street lies across."""
    faces = cells(6, 4)
    west, south, east, north = shapely.total_bounds(faces)
    middle = (south + north) / 2
    street = shapely.LineString([(west, middle), (east, middle)])
    priced = borders(faces, [street], [0.2])
    loads = [20] * 24
    assert drawn(balanced(6, 4, loads, borders=priced), 6) == "bbbbbb bbbbbb aaaaaa aaaaaa"
    assert drawn(balanced(6, 4, loads), 6) == "aaabbb aaabbb aaabbb aaabbb"


def test_prices_are_metres_times_the_cheapest_line() -> None:
    faces = cells(2, 1)
    plain = adjacency(faces)
    shared = shapely.intersection(*faces)
    priced = borders(faces, [shared, shared], [0.5, 0.3], elsewhere=2)
    assert priced.cost == pytest.approx(plain.metres * 0.3)
    assert borders(faces, elsewhere=2).cost == pytest.approx(plain.metres * 2)
    assert priced.metres == pytest.approx(plain.metres)
    with pytest.raises(ValueError, match="one factor"):
        borders(faces, [shared], [])
    with pytest.raises(ValueError, match="above zero"):
        borders(faces, [shared], [0])


def test_a_street_that_only_crosses_a_border_does_not_make_it_cheap() -> None:
    faces = cells(2, 1)
    west, south, east, north = shapely.total_bounds(faces)
    across = shapely.LineString([(west, (south + north) / 2 + 1e-6), (east, (south + north) / 2)])
    assert borders(faces, [across], [0.1]).cost == pytest.approx(adjacency(faces).metres)


def test_quarters_are_never_crossed() -> None:
    """Left three columns one quarter, right three the other: 480 each."""
    quarter = np.array([along >= 3 for _ in range(4) for along in range(6)], dtype=int)
    result = balanced(6, 4, [40] * 24, groups=quarter)
    assert sorted(result.load) == [240] * 4
    for grid in range(4):
        assert len(set(quarter[result.grid == grid])) == 1


def test_a_heavy_building_is_a_grid_of_its_own() -> None:
    loads = [70] * 8
    loads[0] = 400
    result = balanced(4, 2, loads)
    heavy = result.grid[0]
    assert (result.grid == heavy).sum() == 1
    assert result.reasons[heavy] == Reason.HEAVY_BLOCK
    assert all(200 <= load <= 300 for grid, load in enumerate(result.load) if grid != heavy)


def test_empty_land_behind_a_heavy_building_joins_it() -> None:
    """e500 at the left end: the empty block e hangs on the heavy one only."""
    result = balanced(6, 1, [0, 500, 60, 60, 60, 60])
    assert drawn(result, 6) == "aabbbb"


def test_a_quarter_with_too_few_homes_is_one_grid_and_says_why() -> None:
    quarter = [0, 0, 1, 1]
    result = balanced(4, 1, [50, 60, 120, 120], groups=quarter)
    assert drawn(result, 4) == "aabb"
    assert result.reasons == {0: Reason.LIGHT_GROUP}


def test_homes_that_fit_no_number_of_grids() -> None:
    result = balanced(5, 1, [70] * 5)
    assert result.reasons == {0: Reason.NO_NUMBER}
    assert result.load.tolist() == [350]


def test_homes_behind_a_heavy_building_are_cut_off() -> None:
    result = balanced(6, 1, [90, 500, 60, 60, 60, 60])
    assert drawn(result, 6) == "abcccc"
    assert result.reasons == {0: Reason.CUT_OFF, 1: Reason.HEAVY_BLOCK}


def test_blocks_too_large_to_combine_are_listed() -> None:
    result = balanced(4, 1, [190, 190, 190, 190])
    assert set(result.reasons.values()) == {Reason.NOT_FOUND}


def test_there_may_be_no_upper_end() -> None:
    result = balanced(8, 4, [100] * 32, at_least=700, at_most=None)
    assert len(result.load) == 4
    assert (result.load >= 700).all()
    assert result.reasons == {}


def test_existing_grids_in_range_stay_although_rounder_ones_exist() -> None:
    strips = [up // 2 for up in range(8) for _ in range(8)]
    result = balanced(8, 8, [15] * 64, start=strips, keep=5)
    assert result.grid.tolist() == strips
    assert result.origin.tolist() == [0, 1, 2, 3]
    free = balanced(8, 8, [15] * 64, start=strips, keep=0)
    assert free.grid.tolist() != strips


def test_few_blocks_change_where_a_load_has_to_come_into_the_range() -> None:
    """Left half 360, right half 160: one row of the left has to go over, nothing else."""
    left = [along < 4 for _ in range(4) for along in range(8)]
    start = np.where(left, 7, 3)
    loads = np.where(left, 22.5, 10)
    result = balanced(8, 4, loads, start=start, keep=3)
    assert sorted(result.origin) == [3, 7]
    assert result.reasons == {}
    changed = result.origin[result.grid] != start
    assert loads[changed].sum() <= 120
    assert changed.sum() <= 5


def test_a_start_in_pieces_is_mended_and_a_new_grid_has_no_origin() -> None:
    start = [0, 1, 0, 1, -1, -1]
    result = balanced(6, 1, [120] * 6, start=start, keep=0)
    assert result.load.tolist() == [240] * 3
    assert {0, 1} <= set(result.origin.tolist())
    assert result.origin.tolist().count(-1) == 1


def test_a_group_across_water_is_one_grid_per_shore() -> None:
    faces = list(picture("aa.bb\ncc.dd").values())
    result = balance(faces, [130, 120, 110, 120], at_least=200, at_most=300)
    assert len(result.load) == 2
    assert tiles(dissolve(faces, result.grid)[1], shapely.union_all(faces))


@pytest.mark.parametrize(
    ("total", "number"), [(0, 1), (150, 1), (250, 1), (350, 1), (400, 2), (2_000, 8), (620, 3)]
)
def test_how_many_grids(total: float, number: int) -> None:
    assert Aim.number(total, 200, 300) == number


def test_penalties_of_one_and_of_many_agree() -> None:
    aim = Aim.over(1_000, 200, 300)
    loads = np.array([0.0, 100, 199, 200, 250, 300, 301, 900])
    assert aim.penalties(loads) == pytest.approx([aim.penalty(load) for load in loads])
    assert aim.penalty(301) > aim.penalty(300) + 2


@pytest.mark.parametrize(
    ("weights", "options", "words"),
    [
        ([1], {}, "one weight"),
        ([1, -1], {}, "negative"),
        ([1, float("nan")], {}, "not a number"),
        ([1, 1], {"at_least": 300, "at_most": 200}, "range"),
        ([1, 1], {"start": [0]}, "existing grid"),
    ],
)
def test_what_cannot_be_balanced(weights: list[float], options: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        balanced(2, 1, weights, **options)


@settings(max_examples=30, deadline=None)
@example(count=57, seed=1212, quarters=3, heaviest=500, started=True)
@given(
    count=st.integers(4, 90),
    seed=st.integers(0, 10**6),
    quarters=st.integers(1, 4),
    heaviest=st.sampled_from([5, 60, 150, 500]),
    started=st.booleans(),
)
def test_always_a_partition_contiguous_and_nested(
    count: int, seed: int, quarters: int, heaviest: int, started: bool
) -> None:
    town = tiling(count, seed=seed)
    chance = np.random.default_rng(seed)
    weights = chance.integers(0, heaviest, len(town.faces))
    groups = np.sort(chance.integers(0, quarters, len(town.faces)))
    start = chance.integers(-1, 5, len(town.faces)) if started else None
    asked = {"at_least": 200, "at_most": 300, "groups": groups, "start": start}
    result = balance(town.faces, weights, **asked)
    assert np.array_equal(np.unique(result.grid), np.arange(len(result.load)))
    assert np.array_equal(np.bincount(result.grid, weights=weights), result.load)
    grids = dissolve(town.faces, result.grid)[1]
    assert tiles(grids, town.outline)
    pieces = balance_pieces(town.faces, result.grid)
    assert pieces == len(result.load)
    for grid in range(len(result.load)):
        assert len(np.unique(groups[result.grid == grid])) == 1
    outside = np.flatnonzero((result.load < 200) | (result.load > 300))
    assert set(result.reasons) == set(outside.tolist())
    again = balance(town.faces, weights, **asked)
    assert np.array_equal(result.grid, again.grid)


def balance_pieces(faces: np.ndarray, grid: np.ndarray) -> int:
    """How many connected pieces the grids have, counted over shared borders."""
    pairs = adjacency(faces)
    above = np.arange(len(faces))
    for one, other in zip(pairs.first, pairs.second, strict=True):
        if grid[one] == grid[other]:
            above[above == above[one]] = above[other]
    return len(np.unique(above))


def test_a_town_of_five_hundred_blocks_is_in_range_and_round() -> None:
    town = tiling(500)
    weights = np.clip(np.random.default_rng(0).gamma(2, 30, len(town.faces)), 0, 190).astype(int)
    result = balance(town.faces, weights, at_least=200, at_most=300)
    assert result.reasons == {}
    roundness = [m.compactness for m in measure(dissolve(town.faces, result.grid)[1])]
    assert np.mean(roundness) > 0.6


def test_moves_come_best_first_and_say_what_they_change() -> None:
    """Three columns of 60 on the left (360), two on the right (240 - 60 = 180)."""
    faces = cells(5, 2)
    loads = [60] * 10
    loads[4] = 0
    grid = [0, 0, 0, 1, 1] * 2
    found = moves(faces, loads, grid, at_least=200, at_most=300)
    best = found[0]
    assert (best.source, best.target) == (0, 1)
    assert best.block in (2, 7)
    assert (best.source_load, best.target_load) == (300, 240)
    assert best.outside == -80
    assert best.gain > 0
    assert [move.gain for move in found] == sorted((m.gain for m in found), reverse=True)


def test_the_effects_of_a_move_are_what_measuring_afterwards_says() -> None:
    town = tiling(40, seed=2)
    weights = np.random.default_rng(2).integers(10, 90, len(town.faces))
    grid = balance(town.faces, weights, at_least=200, at_most=300).grid
    before = compactness(town.faces, grid)
    for move in moves(town.faces, weights, grid, at_least=200, at_most=300, limit=0)[::7]:
        after = grid.copy()
        after[move.block] = move.target
        assert balance_pieces(town.faces, after) == len(before)
        changed = compactness(town.faces, after)
        both = [move.source, move.target]
        assert move.compactness == pytest.approx((changed - before)[both].mean(), abs=1e-4)
        loads = np.bincount(after, weights=weights)
        assert loads[both].tolist() == [move.source_load, move.target_load]


def compactness(faces: np.ndarray, grid: np.ndarray) -> np.ndarray:
    return np.array([m.compactness for m in measure(dissolve(faces, grid)[1])])


def test_no_move_empties_or_breaks_a_grid_or_leaves_its_group() -> None:
    faces = cells(3, 1)
    assert moves(faces, [1, 1, 1], [0, 1, 1], at_least=1, at_most=2, groups=[0, 1, 1]) == []
    found = moves(faces, [1, 1, 1], [0, 0, 1], at_least=1, at_most=2)
    assert [(move.block, move.target) for move in found] == [(1, 1)]
    found = moves(cells(5, 1), [1] * 5, [0, 1, 1, 1, 2], at_least=1, at_most=2)
    assert {(move.block, move.target) for move in found} == {(1, 0), (3, 2)}
    found = moves(cells(5, 1), [1] * 5, [0, 1, 1, 1, 2], at_least=1, at_most=2, only=2, limit=1)
    assert [(move.block, move.target) for move in found] == [(3, 2)]
