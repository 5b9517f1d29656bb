"""What looks wrong about where a file's shapes lie; named with its remedy, never mended silently.

Everything is judged against a reference: the outline of the area the shapes should divide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from layers.datum.metric import distance_m, metres_per_degree
from layers.datum.shapes import Shape, Shapes, listed
from layers.datum.shifted import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from layers.intake.coordinates import Bounds, Candidate, candidates
from layers.intake.sentences import gettext as _
from layers.intake.sentences import gettext_noop

__all__ = ["Suspicion", "misplaced", "suspicions"]

SAMPLES = 400  # points along an outline
NEAR_M = 15.0  # metres: a surveyed outline and a drawn one agree within this
LEAST_SHIFT_M = 60.0  # web maps shift by 100 to 700 m
FEW = 3  # candidates named at most


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Something a person should look at.

    Attributes
    ----------
    code : str
        far_away, swapped, feet, other_crs, gcj02, bd09, gcj02_undone, bd09_undone.
    sentence : str
        What was seen, with figures.
    remedy : str
        What to do if the suspicion is right.
    metres : float
        How far things are off; 0.0 when that says nothing.
    readings : tuple of Candidate
        Readings that would put the shapes into the area, the likeliest first.
    unshift : str
        "GCJ-02" or "BD-09" when undoing that shift is the remedy.
    """

    code: str
    sentence: str
    remedy: str
    metres: float = 0.0
    readings: tuple[Candidate, ...] = ()
    unshift: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}"


def misplaced(numbers: Bounds, reference: Shape | None) -> tuple[str, list[Candidate]]:
    """Readings that would put the numbers into the reference, and a sentence that names them."""
    if reference is None:
        return "", []
    fitting = candidates(numbers, reference.bounds)[:FEW]
    if not fitting:
        told = _(
            "None of the usual systems puts them into the area: perhaps a local system, see "
            "--control-points."
        )
        return told, []
    named = "; ".join(f"{fit.options} ({fit.name})" for fit in fitting)
    return _("They would lie in the area with %(readings)s.") % {"readings": named}, fitting


def suspicions(shapes: Shapes, numbers: Bounds, reference: Shape) -> list[Suspicion]:
    """Suspicions about shapes in EPSG:4326 that should fill or at least meet the reference.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon (or None)
        As read, EPSG:4326.
    numbers : tuple of float
        Extent of the numbers in the file: minimum x, y, maximum x, y.
    reference : Polygon or MultiPolygon
        EPSG:4326.
    """
    shifted = _shifted(shapes, reference)
    if shifted:
        return [shifted]
    extent = shapely.box(*shapely.total_bounds(shapes))
    if extent.intersects(shapely.box(*reference.bounds)):
        return []
    return [_far_away(extent, numbers, reference)]


def _far_away(extent: Shape, numbers: Bounds, reference: Shape) -> Suspicion:
    here, there = (shapely.get_coordinates(shape.centroid) for shape in (extent, reference))
    metres = float(distance_m(here, there)[0])
    seen = _("The shapes lie %(far)s from the area, around %(longitude)s %(latitude)s.") % {
        "far": _far(metres),
        "longitude": f"{here[0][0]:.5f}",
        "latitude": f"{here[0][1]:.5f}",
    }
    fitting = candidates(numbers, reference.bounds)
    if not fitting:
        return Suspicion(
            "far_away",
            seen,
            _(
                "Is it the file of this area? If its coordinates are local ones, "
                "give control points with --control-points."
            ),
            metres,
        )
    best = fitting[0]
    code, more = "other_crs", ""
    if best.scale != 1.0:
        code, more = "feet", _("The numbers fit the area when read as feet.")
    elif best.swap:
        code, more = "swapped", _("They fit the area with x and y exchanged.")
    told = _(" or ").join(f"{fit.options} ({fit.name})" for fit in fitting[:FEW])
    remedy = _("Read it again with %(told)s.") % {"told": told}
    return Suspicion(code, f"{seen} {more}".strip(), remedy, metres, tuple(fitting[:FEW]))


def _far(metres: float) -> str:
    return f"{metres / 1000:,.0f} km" if metres >= 10_000 else f"{metres:,.0f} m"


# What may have happened to the coordinates, and what undoes it.
SHIFTS: tuple[tuple[str, str, Callable[[ArrayLike], NDArray[np.float64]], str], ...] = (
    ("gcj02", gettext_noop("as GCJ-02 lies from WGS 84"), gcj02_to_wgs84, "GCJ-02"),
    ("bd09", gettext_noop("as BD-09 lies from WGS 84"), bd09_to_wgs84, "BD-09"),
    (
        "gcj02_undone",
        gettext_noop("as if GCJ-02 had been undone once too often"),
        wgs84_to_gcj02,
        "",
    ),
    (
        "bd09_undone",
        gettext_noop("as if BD-09 had been undone once too often"),
        wgs84_to_bd09,
        "",
    ),
)


def _shifted(shapes: Shapes, reference: Shape) -> Suspicion | None:
    """A shift of Chinese web maps: undoing it brings the outer border onto the reference."""
    edge = _outer_border(shapes)
    if edge is None:
        return None
    scale = np.array(metres_per_degree(reference.centroid.y))
    border = shapely.transform(reference.boundary, lambda xy: xy * scale)
    shapely.prepare(border)

    def agrees(xy: NDArray[np.float64]) -> float:
        away = shapely.distance(shapely.points(xy * scale), border)
        return float((away <= NEAR_M).mean())

    as_read = agrees(edge)
    best = None
    for code, words, undo, unshift in SHIFTS:
        moved = undo(edge)
        metres = float(distance_m(edge, moved).mean())
        share = agrees(moved)
        if metres < LEAST_SHIFT_M or share < 0.25 or share < 1.8 * as_read:
            continue
        if best is None or share > best[0]:
            east, north = ((edge - moved) * scale).mean(axis=0)
            best = (
                share,
                Suspicion(
                    code,
                    _(
                        "The outer border lies %(metres)s m beside the area's (%(east)s m "
                        "east, %(north)s m north), just %(words)s here: %(share)s of it "
                        "falls on the area's border once that is undone, %(as_read)s as it "
                        "is."
                    )
                    % {
                        "metres": f"{metres:.0f}",
                        "east": f"{east:+.0f}",
                        "north": f"{north:+.0f}",
                        "words": _(words),
                        "share": f"{share:.0%}",
                        "as_read": f"{as_read:.0%}",
                    },
                    _("Read it again with --unshift %(system)s.") % {"system": unshift}
                    if unshift
                    else _("Use the file as it was before that conversion."),
                    metres,
                    unshift=unshift,
                ),
            )
    return best[1] if best else None


def _outer_border(shapes: Shapes) -> NDArray[np.float64] | None:
    """Points along the longest outer ring of all shapes together, degrees; None without one.

    A quick union of borders that match is enough: what does not match leaves holes inside.
    """
    usable = listed(s for s in shapes if s is not None and not s.is_empty and s.is_valid)
    try:
        parts = shapely.get_parts(shapely.coverage_union_all(usable))
    except shapely.errors.GEOSException:
        return None
    rings = shapely.get_exterior_ring(parts)
    if not len(rings):
        return None
    outer = rings[int(np.argmax(shapely.length(rings)))]
    along = np.linspace(0, 1, SAMPLES, endpoint=False)
    return shapely.get_coordinates(shapely.line_interpolate_point(outer, along, normalized=True))
