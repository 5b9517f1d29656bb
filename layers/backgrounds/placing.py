"""Where a picture lies: a fit through points known in it and on earth, and how far off each is.

The fit is made in Web Mercator, the plane of the map: what is drawn is exactly what was fitted.
Residuals are geodesic metres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pyproj import CRS

from layers.backgrounds import mercator
from layers.backgrounds.errors import (
    PictureFolds,
    PointOutside,
    PointsInLine,
    PointsMissing,
    PointsTogether,
)
from layers.backgrounds.models import Underlay
from layers.datum import control_points, projective
from layers.datum.control_points import Degenerate, Points
from layers.datum.metric import distance_m

__all__ = ["LARGE_M", "Placing", "place"]

NEEDED = {Underlay.Fit.AFFINE: 3, Underlay.Fit.PROJECTIVE: 4}
LARGE_M = 5.0
FLAT = 0.08  # how much narrower than long the cloud of points may be
MOST_POINTS = 50
FAR_NORTH = 85.0
Point = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Placing:
    """A fitted picture.

    Attributes
    ----------
    matrix : list of three lists of three floats
        (x, y, 1) in px to metres in EPSG:3857, to be divided by the third row.
    residuals_m : list of float
        Metres between each point and where the fit puts it.
    spare : int
        Coordinates beyond those needed; with 0 residuals are 0 whatever the errors.
    flat : bool
        Whether the points lie nearly on one line: beside it the picture is guessed.
    """

    matrix: list[list[float]]
    residuals_m: list[float]
    spare: int
    flat: bool

    @property
    def residual_m(self) -> float:
        """Root of the mean square of the residuals, metres."""
        return float(np.sqrt(np.mean(np.square(self.residuals_m))))


def place(points: Sequence[Point], *, width: int, height: int, fit: str) -> Placing:
    """Fit a picture of `width` by `height` px through `points` of (x, y, longitude, latitude).

    Raises PointsMissing, PointOutside, PointsTogether, PointsInLine, PictureFolds.
    """
    needed = NEEDED[Underlay.Fit(fit)]
    if len(points) < needed:
        raise PointsMissing(needed=needed, found=len(points))
    known = np.asarray(points[:MOST_POINTS], dtype=np.float64).reshape(-1, 4)
    for number, (x, y, longitude, latitude) in enumerate(known, 1):
        inside = 0 <= x <= width and 0 <= y <= height
        if not (inside and abs(longitude) <= 180 and abs(latitude) <= FAR_NORTH):
            raise PointOutside(number=number)
    pixels, degrees = known[:, :2], known[:, 2:]
    try:
        matrix = _fitted(pixels, degrees, fit)
    except Degenerate as degenerate:
        if degenerate.points:
            one, other = degenerate.points
            raise PointsTogether(one=one + 1, other=other + 1) from None
        raise PointsInLine from None
    corners = [[0, 0], [width, 0], [0, height], [width, height]]
    if (projective.depth(matrix, corners) <= 0).any():
        raise PictureFolds
    found = mercator.to_degrees(projective.applied(matrix, pixels))
    return Placing(
        matrix=matrix.tolist(),
        residuals_m=distance_m(degrees, found).tolist(),
        spare=2 * (len(known) - needed),
        flat=_flatness(pixels) < FLAT,
    )


def _fitted(pixels: Points, degrees: Points, fit: str) -> Points:
    if fit == Underlay.Fit.PROJECTIVE:
        return projective.fit(pixels, mercator.to_metres(degrees))
    affine = control_points.fit(pixels, degrees, kind="affine", crs=CRS.from_epsg(3857))
    return np.vstack([affine.matrix, [0.0, 0.0, 1.0]])


def _flatness(pixels: Points) -> float:
    lengths = np.linalg.svd(pixels - pixels.mean(axis=0), compute_uv=False)
    return float(lengths[1] / lengths[0])
