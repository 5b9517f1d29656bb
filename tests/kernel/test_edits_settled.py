"""Settled: arranging again changes nothing. And: an edit looks around a few times, never at all."""

from collections.abc import Mapping
from contextlib import suppress

import numpy as np
import pytest
import shapely

from geogrid.coverage.arrange import arrange
from geogrid.coverage.closeness import unsettled
from geogrid.coverage.edits import Refused, Tiling, claim, move_vertex, replace, split
from geogrid.coverage.proof import tiles
from layers.datum.lattice import from_steps, snap
from tests.edited import Town, check, edges, line, point, rectangle
from tests.pictures import ORIGIN
from tests.tilings import PITCH, tiling


def grid(*corners: tuple[int, int]) -> shapely.Polygon:
    """A polygon of corners in lattice steps."""
    return shapely.Polygon(from_steps(np.add(corners, ORIGIN)))


# The vertex (500, 100) of `right` and `low` lies a third of a step below the border of `high`.
CLOSE = {
    "high": grid((0, 0), (1500, 301), (0, 400)),
    "right": grid((0, 0), (500, 100), (1500, 300), (1500, 301)),
    "low": grid((0, 0), (0, -100), (1500, -100), (1500, 300), (500, 100)),
}


def test_an_exact_tiling_may_be_unsettled_and_arranging_shows_it() -> None:
    shapes = list(CLOSE.values())
    assert tiles(shapes, shapely.coverage_union_all(shapes))
    (place,) = {place.normalize() for place in unsettled(shapes)}
    vertex, border = sorted(place.geoms, key=lambda part: part.length)
    assert vertex.equals(shapely.Point(from_steps(np.add((500, 100), ORIGIN))))
    assert border.equals(shapely.LineString(from_steps(np.add([(0, 0), (1500, 301)], ORIGIN))))
    assert not edges(arrange(shapely.boundary(shapes))) >= edges(shapes)


@pytest.mark.parametrize(
    ("vertex", "end", "close"),
    [
        ((5, 1), (10, 0), False),  # its cell begins half a step above the border
        ((5, 0), (10, 0), True),
        ((0, 0), (10, 0), False),  # an end of the border
        ((-1, 0), (10, 0), False),  # the border begins half a step east of its cell
        ((1, 1), (3, 1), True),  # the border touches the corner of its cell
        ((1, 1), (4, 1), False),
    ],
)
def test_a_border_is_close_where_it_meets_the_cell(
    vertex: tuple[int, int], end: tuple[int, int], close: bool
) -> None:
    border = grid((0, 0), end, (end[0], -50))
    corner = grid(vertex, (vertex[0], 50), (vertex[0] - 1, 50))
    assert bool(unsettled([border, corner])) == close


def test_replacing_by_shapes_that_come_too_close_is_refused() -> None:
    whole = shapely.coverage_union_all(list(CLOSE.values()))
    town = Tiling([whole])
    with pytest.raises(Refused, match="too_close") as refused:
        replace(town, dict(zip([0, -1, -2], CLOSE.values(), strict=True)))
    assert refused.value.where.geom_type == "GeometryCollection"


def test_a_border_is_bent_into_the_next_vertex_as_well() -> None:
    """The line meets the border half a step above (1400, 0); bent there, the border enters the
    cell of (2000, 0), a corner of the two grids below it."""
    high = grid((0, 0), (3000, 1), (3000, 1000), (0, 1000))
    middle = grid((0, 0), (0, -1000), (2000, 0), (3000, 1))
    low = grid((0, -1000), (3000, -1000), (3000, 1), (2000, 0))
    town = Tiling([high, middle, low])
    base = town.outline
    assert unsettled(town.shapes.values()) == []
    change = split(
        town, 0, shapely.LineString(from_steps(np.add([(1400, -9), (1400, 2000)], ORIGIN)))
    )
    assert change.patch == {0, 1, 2}
    town.apply(change)
    check(town, base)
    bend = shapely.Point(from_steps(np.add((2000, 0), ORIGIN)))
    assert sum(shape.touches(bend) for shape in town.shapes.values()) == 3


def test_a_border_that_touches_the_corner_of_a_cell_is_bent_too() -> None:
    """At 45 degrees the line passes the cell of (0, 1) in its corner: noding may see it or not."""
    spike = grid((0, 1), (90, 900), (-90, 900))
    around = grid((-900, -900), (900, -900), (900, 900), (90, 900), (0, 1), (-90, 900), (-900, 900))
    town = Tiling([around, spike])
    base = town.outline
    line = shapely.LineString(from_steps(np.add([(-800, -800), (800, 800)], ORIGIN)))
    ends = shapely.LineString(from_steps(np.add([(-900, 0), (-800, -800)], ORIGIN)))
    other = shapely.LineString(from_steps(np.add([(800, 800), (900, 0)], ORIGIN)))
    town.apply(split(town, 0, shapely.union_all([ends, line, other])))
    check(town, base)
    assert len(town.shapes) == 4  # the spike's tip divides the land above the line


def test_a_thin_grid_inside_the_patch_is_met_and_kept() -> None:
    sliver = grid((5000, 5000), (6000, 5002), (5500, 5002))
    around = shapely.difference(grid((0, 0), (9000, 0), (9000, 9000), (0, 9000)), sliver)
    town = Tiling([snap(around), sliver])
    base = town.outline
    change = split(
        town, 0, shapely.LineString(from_steps(np.add([(-1, 900), (9001, 950)], ORIGIN)))
    )
    assert change.patch == {0, 1}
    assert change.shapes.keys() == {0, -1}
    town.apply(change)
    check(town, base)


class Watched(Tiling):
    """Counts how often an edit looks around, and how many grids it gets to see."""

    looks = 0
    seen = 0

    def near(self, where: shapely.Geometry, steps: float = 0) -> Mapping[int, shapely.Geometry]:
        found = super().near(where, steps)
        self.looks += 1
        self.seen = max(self.seen, len(found))
        return found


def test_an_edit_looks_around_three_times_at_most_and_sees_a_handful() -> None:
    town = Watched(tiling(400).faces)
    random = np.random.default_rng(3)
    for key in random.choice(len(town.shapes), 40, replace=False).tolist():
        shape = town.shapes[key]
        centre = np.array(shape.representative_point().coords[0])
        vertex = shapely.Point(shape.exterior.coords[0])
        reach = np.array([PITCH, PITCH / 3])
        across = shapely.LineString([centre - reach, centre + reach])
        for operation, *drawn in (
            (split, key, across),
            (claim, key, vertex.buffer(PITCH / 5)),
            (move_vertex, vertex, shapely.Point(vertex.x + 1e-5, vertex.y)),
        ):
            town.looks = town.seen = 0
            with suppress(Refused):
                town.apply(operation(town, *drawn))
            assert 0 < town.looks <= 3
            assert town.seen <= 20


def test_heights_of_a_drawn_line_are_ignored() -> None:
    town = Town("ab")
    town.carry_out(split(town, 0, shapely.force_3d(line((0.5, -1), (0.5, 2)), 7)))
    town.carry_out(claim(town, 1, shapely.force_3d(rectangle(0.75, 0.25, 1.5, 0.75), 7)))
    assert not shapely.has_z(list(town.shapes.values())).any()
    assert point(0, 0).distance(town.shape(0)) == 0
