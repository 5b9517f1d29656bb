"""What is left over is told as places, kinds and grids."""

import numpy as np
import pytest
import shapely

from geogrid.coverage.findings import Finding, Kind, inspect, refined_by
from layers.datum.lattice import from_steps
from layers.datum.metric import area_m2
from tests.defects import DEFECTS, SOUND, Defects
from tests.pictures import ORIGIN, picture, square, whole
from tests.tilings import on_steps, tiling


@pytest.fixture(scope="module")
def defects() -> Defects:
    town = tiling(100)
    return Defects(town.faces, town.outline)


def told(findings: list[Finding]) -> list[tuple[str, tuple[int, ...]]]:
    return [(finding.kind.value, finding.grids) for finding in findings]


@pytest.mark.parametrize("plant", SOUND, ids=lambda plant: plant.__name__)
def test_a_sound_tiling_has_no_findings(plant, defects: Defects) -> None:  # type: ignore[no-untyped-def]
    assert inspect(*plant(defects)) == []


def test_dust_below_the_lattice_is_no_finding(defects: Defects) -> None:
    """A thousandth of a step: what a projection and back leaves."""
    chance = np.random.default_rng(1)
    dusty = shapely.transform(defects.faces, lambda xy: xy + chance.uniform(-1e-10, 1e-10, (1, 2)))
    assert inspect(dusty, [defects.outline]) == []


def test_twenty_defects_are_planted() -> None:
    assert (len(DEFECTS), len(SOUND)) == (20, 4)


@pytest.mark.parametrize(
    ("plant", "kinds"), DEFECTS.items(), ids=lambda it: getattr(it, "__name__", "")
)
def test_every_planted_defect_is_told_by_its_kind(plant, kinds, defects: Defects) -> None:  # type: ignore[no-untyped-def]
    findings = inspect(*plant(defects))
    assert {finding.kind for finding in findings} & set(kinds)
    assert all(f.area_m2 > 0 for f in findings if f.kind in ("gap", "overlap", "outside"))


def test_an_outline_refined_by_its_grids_is_told_from_a_moved_one() -> None:
    """A border that meets the edge puts a vertex there, less than a step beside its line."""
    base = on_steps(from_steps(np.add(ORIGIN, [(0, 0), (3001, 1), (3001, 2000), (0, 2000)])))
    rings = [
        [(0, 0), (1500, 0), (1500, 2000), (0, 2000)],
        [(1500, 0), (3001, 1), (3001, 2000), (1500, 2000)],
    ]
    halves = [on_steps(from_steps(np.add(ORIGIN, ring))) for ring in rings]
    assert inspect(halves, [base])
    refined = refined_by(halves, [base])
    assert refined is not None
    assert inspect(halves, [refined]) == []
    rings[0][1] = rings[1][0] = (1500, -3)
    moved = [on_steps(from_steps(np.add(ORIGIN, ring))) for ring in rings]
    assert refined_by(moved, [base]) is None
    assert refined_by(halves[:1], [base]) is None
    assert refined_by([halves[0], base], [base]) is None
    assert refined_by([], [base]) is None


def test_a_gap_names_its_neighbours_and_its_area() -> None:
    town = """
        aaab
        a.ab
        aaac
        """
    grids = list(picture(town).values())
    filled = whole(town.replace(".", "a"))
    (gap,) = inspect(grids, [filled])
    assert (gap.kind, gap.grids) == (Kind.GAP, (0,))
    assert gap.area_m2 == pytest.approx(area_m2(square(1, 1)))
    assert gap.where.equals(square(1, 1))


def test_an_overlap_names_both_grids() -> None:
    one, two = picture("aab")["a"], picture("abb")["b"]
    assert told(inspect([one, two], [whole("aab")])) == [("overlap", (0, 1))]


def test_land_outside_names_every_grid_that_reaches_there() -> None:
    grids = picture("""
        ab
        ab
        """)
    lower = shapely.union(square(0, 0), square(1, 0))
    (outside,) = inspect(list(grids.values()), [lower])
    assert (outside.kind, outside.grids) == (Kind.OUTSIDE, (0, 1))


def test_a_vertex_in_one_side_only_is_unmatched_and_has_no_area() -> None:
    left, right = picture("ab").values()
    ring = shapely.get_coordinates(left)
    east = ring[:, 0].max()
    row = int(np.flatnonzero((ring[:-1, 0] == east) & (ring[1:, 0] == east))[0])
    middle = (ring[row] + ring[row + 1]) / 2
    split = shapely.Polygon(np.r_[ring[: row + 1], [middle], ring[row + 1 :]])
    (unmatched,) = inspect([split, right], [whole("ab")])
    assert (unmatched.kind, unmatched.grids, unmatched.area_m2) == (Kind.UNMATCHED, (0, 1), 0)
    assert unmatched.where.geom_type == "LineString"


def test_pieces_are_told_unless_allowed() -> None:
    grids = list(picture("aba").values())
    assert told(inspect(grids, [whole("aba")])) == [("pieces", (0,))]
    assert inspect(grids, [whole("aba")], pieces_allowed={0}) == []


def test_shapes_that_are_no_polygons_are_invalid_and_leave_a_gap() -> None:
    left, right = picture("ab").values()
    findings = inspect([left, None], [whole("ab")])
    assert told(findings) == [("invalid", (1,)), ("gap", (0,))]
    assert findings[1].where.equals(right)
    line = shapely.LineString([(113, 30), (113.1, 30)])
    assert told(inspect([left, right, line], [whole("ab")])) == [("invalid", (2,))]


def test_a_crossing_says_where_it_crosses() -> None:
    bowtie = shapely.Polygon([(113, 30), (113.001, 30.001), (113.001, 30), (113, 30.001)])
    findings = inspect([bowtie], [shapely.box(113, 30, 113.001, 30.001)])
    assert findings[0].kind is Kind.INVALID
    assert findings[0].note == "Self-intersection"
    assert findings[0].where.distance(shapely.Point(113.0005, 30.0005)) < 1e-9


def test_a_parent_that_crosses_itself_is_refused() -> None:
    bowtie = shapely.Polygon([(113, 30), (113.001, 30.001), (113.001, 30), (113, 30.001)])
    with pytest.raises(ValueError, match="crosses itself"):
        inspect([bowtie], [bowtie])


def test_the_largest_of_a_kind_comes_first() -> None:
    town = """
        ..ab
        aaab
        a.ab
        """
    findings = inspect(list(picture(town).values()), [whole(town.replace(".", "a"))])
    areas = [finding.area_m2 for finding in findings]
    assert areas == sorted(areas, reverse=True)
    assert len(areas) == 2
