"""A plane seen at a slant: what four points fix, what more of them tell, and what fixes nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.datum import projective
from layers.datum.control_points import Degenerate

TRUE = np.array([[0.31, 0.04, 12_700_000.0], [0.02, -0.29, 3_580_000.0], [2e-5, -1e-5, 1.0]])
TRUE[:2] += TRUE[:2, 2:] * TRUE[2:] - np.array([[0, 0, 1]]) * TRUE[:2, 2:]
CORNERS = np.array([[100, 80], [3900, 150], [3800, 2900], [120, 2800]], dtype=float)


def test_four_points_give_the_picture_back_exactly() -> None:
    there = projective.applied(TRUE, CORNERS)
    found = projective.fit(CORNERS, there)
    inside = np.array([[2000, 1500], [500, 2500], [3700, 300]])
    assert projective.applied(found, inside) == pytest.approx(
        projective.applied(TRUE, inside), abs=1e-5
    )


@given(st.integers(0, 2**31))
def test_more_points_are_fitted_by_least_squares_in_the_target(seed: int) -> None:
    """No small change of the eight numbers brings the points any nearer."""
    random = np.random.default_rng(seed)
    source = np.vstack([CORNERS, random.uniform((0, 0), (4000, 3000), (3, 2))])
    target = projective.applied(TRUE, source) + random.normal(0, 2, source.shape)
    found = projective.fit(source, target)

    def away(matrix: np.ndarray) -> float:
        return float(((projective.applied(matrix, source) - target) ** 2).sum())

    least = away(found)
    scale = np.abs(found) * 1e-9 + 1e-16
    for _ in range(20):
        assert away(found + random.normal(0, 1, (3, 3)) * scale) >= least * (1 - 1e-6)


def test_too_few_equal_or_collinear_points_are_refused() -> None:
    with pytest.raises(Degenerate):
        projective.fit(CORNERS[:3], CORNERS[:3])
    twice = CORNERS[[0, 1, 2, 1]]
    with pytest.raises(Degenerate) as refused:
        projective.fit(twice, CORNERS)
    assert refused.value.points == (1, 3)
    line = np.array([[0, 0], [1, 1], [2, 2], [3, 0]], dtype=float)
    with pytest.raises(Degenerate):
        projective.fit(line, CORNERS)


def test_depth_says_where_a_picture_folds() -> None:
    assert (projective.depth(TRUE, CORNERS) > 0).all()
    assert projective.depth(TRUE, [[-60_000, 0]])[0] < 0
