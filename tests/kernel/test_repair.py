"""From a mess to an exact tiling: whatever comes in, what comes out is exact, settled and told."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.coverage.proof import residue, tiles
from geogrid.coverage.refinement import departures
from geogrid.coverage.repair import Concern, Reason, Repair, Rule, repair
from geogrid.coverage.settling import among, edges_of, settle
from layers.datum.lattice import STEP, from_steps, to_steps
from layers.datum.metric import area_m2
from tests.defects import DEFECTS, SOUND, Defects
from tests.pictures import CELL, ORIGIN, picture, square, whole
from tests.tilings import tiling

CELL_M2 = area_m2(square(0, 0))


def cells(count: float) -> object:
    """So many cells in m2; those farther north are a little narrower."""
    return pytest.approx(count * CELL_M2, rel=1e-4)


def shapes_of(text: str) -> list[shapely.Geometry]:
    return list(picture(text).values())


def drawn(result: Repair, text: str) -> bool:
    """Whether the result covers what the picture shows, letter by letter."""
    wanted = shapes_of(text)
    return len(wanted) == len(result.shapes) and all(
        one.equals(other) for one, other in zip(result.shapes, wanted, strict=True)
    )


def exact(result: Repair, outline: shapely.Geometry) -> bool:
    edges = edges_of(result.tiling)
    return (
        not len(residue(result.tiling, [result.outline]))
        and not len(departures(outline, result.outline))
        and bool(among(settle(edges), edges).all())
        and bool(shapely.is_valid(result.tiling).all())
    )


def test_an_exact_tiling_comes_back_as_it_is() -> None:
    town = tiling(60)
    result = repair(town.faces, town.outline)
    assert (result.moves, result.doubts, len(result.unassigned)) == ((), (), 0)
    assert all(one is other for one, other in zip(result.shapes, town.faces, strict=True))
    assert result.outline is town.outline


def test_a_small_gap_goes_to_the_longest_common_border() -> None:
    result = repair(shapes_of("aaab\na.ab\naaab"), whole("aaab\naaab\naaab"), gaps_up_to_m2=1e4)
    assert drawn(result, "aaab\naaab\naaab")
    (move,) = result.moves
    assert (move.reason, move.losers, move.winner) == (Reason.GAP, (), 0)
    assert move.area_m2 == cells(1)
    assert result.gained_m2.tolist() == [cells(1), 0]
    assert result.lost_m2.tolist() == [0, 0]


def test_a_large_gap_stays_and_is_a_finding() -> None:
    result = repair(shapes_of("aaab\na..b\naaab"), whole("aaab\naaab\naaab"), gaps_up_to_m2=10)
    assert result.moves == ()
    (land,) = result.unassigned
    (doubt,) = result.doubts
    assert (doubt.concern, doubt.shapes, doubt.where) == (Concern.UNASSIGNED, (0, 1), land)
    assert doubt.area_m2 == cells(2)
    assert exact(result, whole("aaab\naaab\naaab"))


def test_a_thin_gap_is_filled_however_long_and_shared_among_its_neighbours() -> None:
    """A strip between the grids and the outline: each grid reaches on to the edge."""
    outline = shapely.box(*from_steps([ORIGIN, np.add(ORIGIN, (9 * CELL, CELL + 60))]).ravel())
    result = repair(shapes_of("aaabbbccc"), outline, gaps_up_to_m2=1, gaps_up_to_m=1)
    assert len(result.unassigned) == 0
    assert result.gained_m2 == pytest.approx([result.gained_m2[0]] * 3, rel=1e-3)
    assert exact(result, outline)
    assert [shape.bounds[3] for shape in result.shapes] == [outline.bounds[3]] * 3


def test_a_grid_that_shrank_gets_the_strip_around_it_back_whole() -> None:
    """Half of the strip's border is the grid's own, the rest is shared by eight others."""
    town = tiling(25)
    middle = Defects(town.faces, town.outline).inner
    mess = town.faces.copy()
    mess[middle] = shapely.buffer(mess[middle], -20 * STEP)
    result = repair(mess, town.outline)
    (strip,) = result.moves
    assert (strip.reason, strip.winner) == (Reason.GAP, middle)
    assert result.shapes[middle].symmetric_difference(town.faces[middle]).area < 1e-12


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [(Rule.FIRST, "aaab"), (Rule.SMALLEST, "aabb"), (Rule.LONGEST, "aaab")],
)
def test_overlaps_by_rule(rule: Rule, outcome: str) -> None:
    one, two = picture("aaa.")["a"], picture("..bb")["b"]
    result = repair([one, two], whole("aaab"), overlaps=rule)
    if rule is Rule.LONGEST:  # both borders are equally long: the first
        assert result.moves[0].winner == 0
    assert drawn(result, outcome)
    (move,) = result.moves
    assert (move.reason, {*move.losers, move.winner}) == (Reason.OVERLAP, {0, 1})
    assert move.area_m2 == cells(1)
    assert result.lost_m2.sum() == cells(1)
    assert result.gained_m2.sum() == 0


def test_the_longest_border_decides_for_a_whole_disputed_region() -> None:
    """The two cells in the middle touch the first shape along four sides, the second along one."""
    one, two = picture("aaaaa.\naaa...\naaaaa.")["a"], picture("......\n.bbbbb\n......")["b"]
    result = repair([two, one], whole("aaaaab\naaaaab\naaaaab"), overlaps="longest")
    (overlap,) = [move for move in result.moves if move.reason is Reason.OVERLAP]
    assert (overlap.winner, overlap.losers, overlap.area_m2) == (1, (0,), cells(2))


def test_a_grid_drawn_on_top_of_another_survives_the_smallest_rule() -> None:
    around, inside = whole("aaa\naaa\naaa"), square(1, 1)
    result = repair([around, inside], around)
    assert drawn(result, "aaa\naba\naaa")
    assert result.lost_m2.tolist() == [cells(1), 0]


def test_what_is_covered_entirely_vanishes_and_is_told() -> None:
    around, inside = whole("aaa\naaa\naaa"), square(1, 1)
    result = repair([around, inside, square(9, 9)], around, overlaps="first")
    assert result.shapes[0] is not None
    assert result.shapes[1] is None
    vanished = [one for one in result.doubts if one.concern is Concern.VANISHED]
    assert [one.shapes for one in vanished] == [(1,), (2,)]
    assert {move.reason for move in result.moves} == {Reason.OVERLAP, Reason.OUTSIDE}


def test_land_outside_is_cut_off() -> None:
    result = repair(shapes_of("aabb"), whole("aab."))
    assert drawn(result, "aab.")
    (move,) = result.moves
    assert (move.reason, move.losers, move.winner) == (Reason.OUTSIDE, (1,), None)


def test_detached_slivers_are_given_away_and_real_islands_kept() -> None:
    text = "abba\nabbb"
    small = repair(shapes_of(text), whole(text), slivers_up_to_m2=1.1 * CELL_M2)
    assert drawn(small, "abbb\nabbb")
    (move,) = small.moves
    assert (move.reason, move.losers, move.winner) == (Reason.DETACHED, (0,), 1)
    large = repair(shapes_of(text), whole(text), slivers_up_to_m2=0.9 * CELL_M2)
    assert drawn(large, text)
    assert [(one.concern, one.shapes) for one in large.doubts] == [(Concern.PIECES, (0,))]


def test_an_islet_of_the_territory_is_nobody_elses() -> None:
    text = "aab.a"
    result = repair(shapes_of(text), whole(text), slivers_up_to_m2=1e6)
    assert drawn(result, text)
    assert result.doubts == ()


def test_a_shape_that_crosses_itself_is_mended_and_said() -> None:
    west, south = from_steps(ORIGIN)
    east, north = from_steps(np.add(ORIGIN, (CELL, CELL)))
    bowtie = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    result = repair([bowtie], square(0, 0), gaps_up_to_m2=1e6)
    mended = [one for one in result.doubts if one.concern is Concern.MENDED]
    assert [(one.shapes, one.note) for one in mended] == [((0,), "Self-intersection")]
    assert mended[0].area_m2 == pytest.approx(CELL_M2 / 2, rel=1e-3)
    assert result.shapes[0].equals(square(0, 0))


def test_features_without_area_are_told_and_leave_no_trace() -> None:
    line = shapely.LineString([(113, 30), (113.001, 30.001)])
    flat = shapely.Polygon([(113, 30), (113.001, 30.001), (113, 30)])
    result = repair([square(0, 0), None, shapely.Polygon(), line, flat], square(0, 0))
    assert [one is None for one in result.shapes] == [False, True, True, True, True]
    assert [(one.concern, one.shapes) for one in result.doubts] == [
        (Concern.EMPTY, (number,)) for number in (1, 2, 3, 4)
    ]


def test_nothing_at_all_leaves_one_unassigned_grid() -> None:
    result = repair([], whole("aa"))
    assert len(result.shapes) == 0
    assert [land.equals(whole("aa")) for land in result.unassigned] == [True]


def test_heights_are_dropped() -> None:
    tall = shapely.force_3d(square(0, 0), 5.0)
    result = repair([tall], square(0, 0))
    assert tiles(result.tiling, square(0, 0))
    assert not result.shapes[0].has_z


@pytest.mark.parametrize(
    "outline",
    [
        shapely.Polygon([(113, 30), (113.001, 30.001), (113.001, 30), (113, 30.001)]),
        shapely.box(113, 30, 113.00100003, 30.001),
        shapely.Polygon(),
    ],
)
def test_an_unusable_outline_is_refused(outline: shapely.Geometry) -> None:
    with pytest.raises(ValueError, match="outline"):
        repair([square(0, 0)], outline)


def test_an_outline_that_nearly_touches_itself_is_refused() -> None:
    """A corner half a step beside another edge: drawing borders would close the neck."""
    corners = [(0, 0), (2001, 0), (2002, 2500), (0, 2500), (0, 1500), (2001, 1000), (0, 500)]
    outline = shapely.Polygon(from_steps(np.add(ORIGIN, corners)))
    assert outline.is_valid
    with pytest.raises(ValueError, match="within a centimetre of itself"):
        repair([square(0, 0)], outline)


@pytest.mark.parametrize("plant", [*SOUND, *DEFECTS], ids=lambda plant: plant.__name__)
@pytest.mark.parametrize("rule", list(Rule))
def test_every_planted_defect_is_repaired(plant, rule: Rule, defects: Defects) -> None:  # type: ignore[no-untyped-def]
    shapes, outline = plant(defects)
    result = repair(shapes, outline, overlaps=rule)
    assert exact(result, outline)
    assert len(result.shapes) == len(shapes)
    if plant in SOUND:
        assert result.moves == ()


@pytest.fixture(scope="module")
def defects() -> Defects:
    town = tiling(40)
    return Defects(town.faces, town.outline)


def test_a_repair_leaves_next_to_nothing_against_the_raw_outline() -> None:
    town = tiling(200, seed=5)
    random = np.random.default_rng(5)
    mess = [noisy(face, random, 30 * STEP) for face in town.faces]
    result = repair(mess, town.outline, gaps_up_to_m2=1e9)
    united = shapely.union_all(result.tiling)
    assert area_m2(united.symmetric_difference(town.outline)) < 0.1
    assert all(shape is not None for shape in result.shapes)


def test_every_square_metre_is_accounted_for() -> None:
    town = tiling(50, seed=9)
    random = np.random.default_rng(9)
    mess = [noisy(face, random, 100 * STEP) for face in town.faces]
    result = repair(mess, town.outline, gaps_up_to_m2=1e9)
    before = np.array([area_m2(mended(shape)) for shape in mess])
    after = np.array([area_m2(shape) for shape in result.shapes])
    balance = after - before - result.gained_m2 + result.lost_m2
    assert result.lost_m2.mean() > 50
    assert np.abs(balance).max() < 1  # millimetres of rounding along 400 m of border


def mended(shape: shapely.Polygon) -> shapely.Geometry:
    return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def noisy(face: shapely.Polygon, random: np.random.Generator, deviation: float) -> shapely.Polygon:
    """The face with every vertex moved at random, degrees."""
    xy = shapely.get_coordinates(face)
    xy = xy + random.normal(0, deviation, xy.shape)
    xy[-1] = xy[0]
    return shapely.Polygon(xy)


def wobbled(face: shapely.Polygon, random: np.random.Generator) -> shapely.Polygon:
    """The face with every vertex moved by up to two whole steps: the hardest noise."""
    steps = to_steps(shapely.get_coordinates(face))
    steps = steps + random.integers(-2, 3, steps.shape)
    steps[-1] = steps[0]
    return shapely.Polygon(from_steps(steps))


MESSES = {
    "noise": lambda face, random: noisy(face, random, 10 ** random.uniform(-8, -5)),
    "steps": wobbled,
    "swollen": lambda face, random: face.buffer(10 ** random.uniform(-8, -4)),
    "shrunk": lambda face, random: face.buffer(-(10 ** random.uniform(-8, -4))),
    "simplified": lambda face, random: face.simplify(10 ** random.uniform(-8, -4.5)),
    "turned": lambda face, random: shapely.affinity.rotate(face, random.uniform(-9, 9)),
    "lost": lambda face, random: face if random.random() < 0.8 else None,
}


@settings(max_examples=60, deadline=None)
@given(
    st.integers(4, 24),
    st.integers(0, 10**6),
    st.sampled_from(sorted(MESSES)),
    st.sampled_from(list(Rule)),
    st.sampled_from([0.0, 10.0, 1e9]),
    st.sampled_from([0.0, 10.0, 1e9]),
)
def test_any_mess_becomes_an_exact_settled_tiling(
    count: int, seed: int, kind: str, rule: Rule, gaps: float, slivers: float
) -> None:
    town = tiling(count, seed=seed)
    random = np.random.default_rng(seed)
    mess = [MESSES[kind](face, random) for face in town.faces]
    result = repair(mess, town.outline, overlaps=rule, gaps_up_to_m2=gaps, slivers_up_to_m2=slivers)
    assert exact(result, town.outline)
    left = [one for one in result.shapes if one is not None]
    again = repair(
        result.tiling, result.outline, gaps_up_to_m2=0, gaps_up_to_m=0, slivers_up_to_m2=0
    )
    assert again.moves == ()
    assert again.outline is result.outline
    assert len(left) + len(result.unassigned) == len(again.shapes)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=3, max_size=9),
        max_size=6,
    )
)
def test_scribbles_around_a_small_outline(rings: list[list[tuple[int, int]]]) -> None:
    """Everything within a few steps of everything: corners, holes, two parts."""
    outline = shapely.MultiPolygon(
        [
            shapely.box(-20, -20, 12, 20) - shapely.box(-10, -10, 0, 1),
            shapely.box(15, -9, 25, 18),
        ]
    )
    place = lambda shape: shapely.transform(shape, lambda xy: from_steps(xy + ORIGIN))  # noqa: E731
    land = place(outline)
    result = repair([place(shapely.Polygon(ring)) for ring in rings], land)
    assert exact(result, land)
