"""Local coordinates to the earth: a least-squares fit through points known in both.

Town maps are often drawn in a system of their own: a local origin, turned a little, perhaps in
feet. Two points that are known on the ground fix such a system but leave nothing to check; each
further one shows how well the map agrees with the ground.

Source: the similarity in closed form is S. Umeyama, "Least-squares estimation of transformation
parameters between two point patterns", IEEE PAMI 13 (1991), without the reflection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer

from layers.datum.metric import local_crs

__all__ = ["ControlFit", "Degenerate", "Kind", "fit"]

Kind = Literal["similarity", "affine"]
Points = NDArray[np.float64]
NEEDED: dict[Kind, int] = {"similarity": 2, "affine": 3}
FLAT = 1e-6  # of the extent: points closer to one line than this span no plane
SUSPECT_M = 1.0  # metres: a surveyed point should agree better
STORED = CRS.from_epsg(4326)


class Degenerate(ValueError):
    """Points that fix no transformation; the message says why, `points` names them by index."""

    def __init__(self, message: str, points: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.points = points


@dataclass(frozen=True, slots=True)
class ControlFit:
    """A transformation from local coordinates to the earth, and how well it fits.

    Attributes
    ----------
    kind : "similarity" or "affine"
        Moved, turned and scaled; or also skewed and scaled differently along two axes.
    matrix : ndarray of float, shape (2, 3)
        Local (x, y, 1) to metres in `crs`.
    crs : pyproj.CRS
        A projected system in metres, easting first.
    residuals_m : ndarray of float, shape (n,)
        Metres between each control point and where the fit puts it.
    spare : int
        Coordinates beyond those needed. With 0 the residuals are 0 whatever the errors.
    """

    kind: Kind
    matrix: Points
    crs: CRS
    residuals_m: Points
    spare: int

    @property
    def scale(self) -> float:
        """Metres per local unit: 1 for metres, 0.3048 for feet (mean of both axes)."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))

    @property
    def turned(self) -> float:
        """Degrees counter-clockwise by which the local x axis is turned from east."""
        return float(np.degrees(np.arctan2(self.matrix[1, 0], self.matrix[0, 0])))

    @property
    def worst(self) -> int:
        """Index of the control point that fits least."""
        return int(np.argmax(self.residuals_m))

    @property
    def suspect(self) -> bool:
        """Whether the worst point is more than a metre off: mistyped, mistaken or moved."""
        return bool(self.spare and self.residuals_m.max() > SUSPECT_M)

    def to_degrees(self, local: ArrayLike) -> Points:
        """Local coordinates, shape (n, 2), as longitude and latitude in EPSG:4326."""
        xy = np.asarray(local, dtype=np.float64)
        metres = xy @ self.matrix[:, :2].T + self.matrix[:, 2]
        back = Transformer.from_crs(self.crs, STORED, always_xy=True)
        return np.column_stack(back.transform(metres[:, 0], metres[:, 1]))


def fit(
    local: ArrayLike,
    degrees: ArrayLike,
    *,
    kind: Kind = "similarity",
    crs: CRS | None = None,
) -> ControlFit:
    """Fit local coordinates to places on earth by least squares.

    Parameters
    ----------
    local : array_like of float, shape (n, 2)
        x (east) and y (north) in the local system, any unit.
    degrees : array_like of float, shape (n, 2)
        Longitude and latitude of the same points, EPSG:4326.
    kind : "similarity" or "affine"
        Needs two or three points at least.
    crs : pyproj.CRS, optional
        Projected system to fit in, metres; by default one centred on the points. A CGCS2000 zone
        is right when the local system is a shifted zone of its own.

    Raises
    ------
    Degenerate
        When there are too few points, two of them coincide, or (affine) all lie on one line.

    Known Issues
    ------------
    A local system whose x points north is mirrored and fits badly: exchange its columns.
    """
    source = np.asarray(local, dtype=np.float64).reshape(-1, 2)
    placed = np.asarray(degrees, dtype=np.float64).reshape(-1, 2)
    if len(source) != len(placed):
        raise Degenerate(f"{len(source)} local points, but {len(placed)} places")
    if not (np.isfinite(source).all() and np.isfinite(placed).all()):
        raise Degenerate("a coordinate is not a finite number")
    if len(source) < NEEDED[kind]:
        raise Degenerate(f"a fit of kind {kind} needs {NEEDED[kind]} points, not {len(source)}")
    system = crs or local_crs(*placed.mean(axis=0))
    there = Transformer.from_crs(STORED, system, always_xy=True)
    target = np.column_stack(there.transform(placed[:, 0], placed[:, 1]))
    _apart(source, "local coordinates")
    _apart(target, "places on earth")
    if kind == "affine":
        _spread(source)
    matrix = _similarity(source, target) if kind == "similarity" else _affine(source, target)
    left = target - (source @ matrix[:, :2].T + matrix[:, 2])
    return ControlFit(
        kind=kind,
        matrix=matrix,
        crs=system,
        residuals_m=np.hypot(left[:, 0], left[:, 1]),
        spare=2 * (len(source) - NEEDED[kind]),
    )


def _similarity(source: Points, target: Points) -> Points:
    """As complex numbers a similarity is z -> az + b, and least squares has one line."""
    z, w = source @ (1, 1j), target @ (1, 1j)
    around = z - z.mean()
    a = np.vdot(around, w - w.mean()) / np.vdot(around, around)
    b = w.mean() - a * z.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def _affine(source: Points, target: Points) -> Points:
    middle = source.mean(axis=0)  # large coordinates would cost digits
    terms = np.column_stack([source - middle, np.ones(len(source))])
    solved = np.linalg.lstsq(terms, target, rcond=None)[0].T
    matrix: Points = np.column_stack([solved[:, :2], solved[:, 2] - solved[:, :2] @ middle])
    return matrix


def _apart(points: Points, what: str) -> None:
    extent = float(np.ptp(points, axis=0).max())
    away = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    np.fill_diagonal(away, np.inf)
    one, other = np.unravel_index(int(np.argmin(away)), away.shape)
    if away[one, other] <= FLAT * extent or extent == 0:
        pair = (min(int(one), int(other)), max(int(one), int(other)))
        raise Degenerate(f"points {pair[0] + 1} and {pair[1] + 1} have the same {what}", pair)


def _spread(points: Points) -> None:
    lengths = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    if lengths[1] <= FLAT * lengths[0]:
        raise Degenerate("all points lie on one line; an affine fit needs one beside it")
