"""A plane seen at a slant, to the plane itself: a homography through points known in both.

A photographed map is not only moved, turned and stretched: its far side is smaller. Four points fix
such a picture; each further one shows how well it agrees.

Source: R. Hartley and A. Zisserman, Multiple View Geometry in Computer Vision, 2nd ed., 4.1 to 4.6:
a linear start in normalised coordinates, then Gauss-Newton on the distances in the target.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.datum.control_points import Degenerate

__all__ = ["applied", "depth", "fit"]

Points = NDArray[np.float64]
NEEDED = 4
ROUNDS = 30
EXACT = 1e-13
FLAT = 1e-7  # of the largest singular value: three of four points lie on one line
TOGETHER = 1e-6


def applied(matrix: ArrayLike, points: ArrayLike) -> Points:
    """Points of shape (n, 2) through a matrix of shape (3, 3)."""
    whole = _lifted(points) @ np.asarray(matrix, dtype=np.float64).T
    return np.asarray(whole[:, :2] / whole[:, 2:])


def depth(matrix: ArrayLike, points: ArrayLike) -> Points:
    """What points are divided by, shape (n,); where it is not positive the picture folds over."""
    return np.asarray(_lifted(points) @ np.asarray(matrix, dtype=np.float64)[2])


def fit(source: ArrayLike, target: ArrayLike) -> Points:
    """The homography of least squares, shape (3, 3), with 1 for the middle of the source points.

    Parameters
    ----------
    source, target : array_like of float, shape (n, 2)
        Four points at least, no three of any four on one line.

    Raises
    ------
    Degenerate
        When there are too few points, two coincide (`points` names them), or they span no plane.
    """
    given = np.asarray(source, dtype=np.float64).reshape(-1, 2)
    wanted = np.asarray(target, dtype=np.float64).reshape(-1, 2)
    if len(given) != len(wanted) or len(given) < NEEDED:
        raise Degenerate(f"a homography needs {NEEDED} points, not {len(given)}")
    _apart(given)
    _apart(wanted)
    before, after = _normalising(given), _normalising(wanted)
    xy, uv = applied(before, given), applied(after, wanted)
    solved = _refined(_linear(xy, uv), xy, uv)
    whole = np.append(solved, 1.0).reshape(3, 3)
    if abs(np.linalg.det(whole)) <= FLAT * np.linalg.norm(whole) ** 3:
        raise Degenerate("the points span no plane")
    matrix = np.linalg.solve(after, whole @ before)
    return np.asarray(matrix / depth(matrix, given.mean(axis=0))[0])


def _linear(xy: Points, uv: Points) -> Points:
    rows, sides = _equations(xy, uv, np.ones(len(xy)))
    values = np.linalg.svd(rows, compute_uv=False)
    if values[-1] <= FLAT * values[0]:
        raise Degenerate("three of the points lie on one line")
    return np.asarray(np.linalg.lstsq(rows, sides, rcond=None)[0])


def _refined(start: Points, xy: Points, uv: Points) -> Points:
    solved = start
    for _ in range(ROUNDS):
        matrix = np.append(solved, 1.0).reshape(3, 3)
        away = depth(matrix, xy)
        if (np.abs(away) < EXACT).any():
            break
        seen = applied(matrix, xy)
        # The slope of the seen places is the linear system with them in the place of the targets.
        slope, _ = _equations(xy, seen, away)
        step = np.linalg.lstsq(slope, (uv - seen).reshape(-1), rcond=None)[0]
        solved = solved + step
        if np.abs(step).max() < EXACT:
            break
    return solved


def _equations(xy: Points, uv: Points, divided: Points) -> tuple[Points, Points]:
    """Two rows a point for the eight numbers of the matrix, and the right sides."""
    rows = np.zeros((len(xy), 2, 8))
    lifted = _lifted(xy)
    rows[:, 0, 0:3] = rows[:, 1, 3:6] = lifted
    rows[:, 0, 6:8] = -uv[:, :1] * xy
    rows[:, 1, 6:8] = -uv[:, 1:] * xy
    rows /= divided[:, None, None]
    return rows.reshape(-1, 8), uv.reshape(-1)


def _normalising(points: Points) -> Points:
    middle = points.mean(axis=0)
    spread = float(np.hypot(*(points - middle).T).mean()) / np.sqrt(2)
    return np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, spread]]) / spread


def _lifted(points: ArrayLike) -> Points:
    xy = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    return np.column_stack([xy, np.ones(len(xy))])


def _apart(points: Points) -> None:
    extent = float(np.ptp(points, axis=0).max())
    away = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    np.fill_diagonal(away, np.inf)
    one, other = sorted(np.unravel_index(int(np.argmin(away)), away.shape))
    if extent == 0 or away[one, other] <= TOGETHER * extent:
        raise Degenerate("two points coincide", (int(one), int(other)))
