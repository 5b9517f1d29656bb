"""Lines end on outlines that may be refined but must not move."""

import numpy as np
import shapely

from geogrid.coverage.attaching import BESIDE, Outlines
from geogrid.coverage.blocks import blocks
from geogrid.coverage.refinement import departures
from layers.datum.lattice import on_lattice, snap

WEST, EAST = (
    snap(shapely.Polygon(ring))
    for ring in (
        [(113, 30), (113.0051, 30.0002), (113.005, 30.01), (113, 30.01)],
        [(113.0051, 30.0002), (113.01, 30), (113.01, 30.01), (113.005, 30.01)],
    )
)
BORDERS = list(shapely.boundary([WEST, EAST]))


def test_what_runs_along_an_outline_is_the_outline() -> None:
    along = shapely.LineString([(113.00510002, 30.0002), (113.00500001, 30.00999)])
    assert not len(Outlines(BORDERS, BORDERS).attached([along]))


def test_far_lines_stay_as_they_are() -> None:
    far = shapely.LineString([(113.001, 30.005), (113.002, 30.006)])
    (kept,) = Outlines(BORDERS, BORDERS).attached([far])
    assert kept is far


def test_a_crossing_line_ends_in_one_lattice_point_of_both_sides() -> None:
    crossing = shapely.LineString([(113.001, 30.0031234), (113.009, 30.0069871)])
    one, other = Outlines(BORDERS, BORDERS).attached([crossing])
    met = {one.coords[-1], one.coords[0]} & {other.coords[0], other.coords[-1]}
    assert len(met) == 1
    point = shapely.Point(met.pop())
    assert on_lattice([point]).all()
    assert shapely.distance(point, BORDERS[0]) < 0.71e-7
    assert one.length > BESIDE * 1e-7


def test_outlines_do_not_move_whatever_crosses_them() -> None:
    random = np.random.default_rng(4)
    lines = [
        shapely.LineString(
            zip(113 + random.random(2) * 0.01, 30 + random.random(2) * 0.01, strict=True)
        )
        for _ in range(60)
    ]
    lines += [shapely.LineString([(113.0051, 30.0002), (113.0050000001, 30.01)])]
    whole = shapely.union_all([WEST, EAST], grid_size=1e-7)
    cut = [*BORDERS, *Outlines(BORDERS, BORDERS).attached(lines)]
    faces = blocks(cut, whole).faces
    for drawn in (WEST, EAST):
        inside = faces[shapely.contains_properly(drawn, shapely.point_on_surface(faces))]
        assert len(inside) > 10
        assert not len(departures(drawn, shapely.coverage_union_all(inside)))
