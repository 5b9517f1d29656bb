"""Random tilings are exact; any single change to one of them is found, and told."""

from collections import Counter

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.coverage.findings import Kind, inspect
from geogrid.coverage.proof import tiles
from layers.datum.lattice import from_steps, to_steps
from tests.pictures import picture, square
from tests.tilings import Tiling, tiling

few = settings(max_examples=60, deadline=None)
towns = st.builds(tiling, st.integers(4, 40), seed=st.integers(0, 10**6))
pictures = st.lists(st.text("abcd.", min_size=6, max_size=6), min_size=2, max_size=6)


def moved(face: shapely.Polygon, vertex: int, by: tuple[int, int]) -> shapely.Polygon:
    """The face with one vertex moved by whole lattice steps."""
    steps = to_steps(shapely.get_coordinates(face)[:-1])
    steps[vertex % len(steps)] += by
    return shapely.Polygon(from_steps(steps))


@few
@given(towns)
def test_a_random_town_is_exact(town: Tiling) -> None:
    assert tiles(town.faces, town.outline)
    assert inspect(town.faces, [town.outline]) == []


@few
@given(pictures)
def test_a_random_picture_is_exact_up_to_pieces(rows: list[str]) -> None:
    grids = list(picture("\n".join(rows)).values())
    if not grids:
        return
    outline = shapely.coverage_union_all(grids)
    findings = inspect(grids, [outline])
    assert {finding.kind.value for finding in findings} <= {"pieces"}


@few
@given(
    towns,
    st.integers(0),
    st.integers(0),
    st.tuples(st.integers(-3, 3), st.integers(-3, 3)).filter(any),
)
def test_one_vertex_moved_by_a_step_is_found(
    town: Tiling, grid: int, vertex: int, by: tuple[int, int]
) -> None:
    faces = town.faces.copy()
    faces[grid % len(faces)] = moved(faces[grid % len(faces)], vertex, by)
    assert not tiles(faces, town.outline)
    told = inspect(faces, [town.outline])
    assert told
    assert any(grid % len(faces) in finding.grids for finding in told)


@few
@given(towns, st.integers(0), st.booleans())
def test_one_grid_lost_or_doubled_is_found(town: Tiling, grid: int, doubled: bool) -> None:
    number = grid % len(town.faces)
    faces = np.delete(town.faces, number)
    if doubled:
        faces = np.append(town.faces, town.faces[number])
    findings = inspect(faces, [town.outline])
    assert {finding.kind.value for finding in findings} == {"overlap" if doubled else "gap"}
    assert sum(finding.area_m2 for finding in findings) > 0


@few
@given(towns, st.integers(0), st.integers(0))
def test_two_neighbours_exchanging_land_stay_exact_only_together(
    town: Tiling, grid: int, vertex: int
) -> None:
    """Moving a shared vertex in all faces at once keeps the tiling, in some of them breaks it."""
    number = grid % len(town.faces)
    ring = shapely.get_coordinates(town.faces[number])[:-1]
    corner = ring[vertex % len(ring)]
    target = from_steps(np.add(to_steps(corner), (1, -1)))

    def drag(shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(
            shape, lambda c: np.where((c == corner).all(1)[:, None], target, c)
        )

    together = np.array([drag(face) for face in town.faces], dtype=object)
    if shapely.is_valid(together).all():
        assert tiles(together, drag(town.outline))
    alone = town.faces.copy()
    alone[number] = drag(alone[number])
    assert not tiles(alone, town.outline)


COLUMNS, ROWS = 5, 4
cells = st.sets(st.tuples(st.integers(0, COLUMNS - 1), st.integers(0, ROWS - 1)), min_size=1)


def land(members: set[tuple[int, int]]) -> shapely.Geometry:
    return shapely.coverage_union_all([square(along, up) for along, up in sorted(members)])


@settings(max_examples=300, deadline=None)
@given(cells, st.lists(cells, min_size=1, max_size=4))
def test_findings_cover_exactly_what_is_wrong(
    parent: set[tuple[int, int]], grids: list[set[tuple[int, int]]]
) -> None:
    """Any sets of cells as grids, any set as the parent: gap, overlap and outside, to the cell."""
    covered = Counter(cell for grid in grids for cell in grid)
    expected = {
        Kind.GAP: parent - covered.keys(),
        Kind.OVERLAP: {cell for cell, times in covered.items() if times > 1},
        Kind.OUTSIDE: covered.keys() - parent,
    }
    findings = inspect([land(grid) for grid in grids], [land(parent)])
    for kind, members in expected.items():
        told = shapely.union_all([one.where for one in findings if one.kind is kind])
        assert told.equals(land(members)) if members else told.is_empty
    assert not any(one.kind is Kind.UNMATCHED for one in findings)
    for one in findings:
        if one.kind in (Kind.OVERLAP, Kind.OUTSIDE):
            inside = {cell for cell in covered if one.where.covers(square(*cell).centroid)}
            assert set(one.grids) == {n for n, grid in enumerate(grids) if grid & inside}
