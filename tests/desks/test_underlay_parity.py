"""The browser fits a picture as the server does, and shifts as the server does."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from layers.backgrounds import mercator
from layers.backgrounds.placing import place
from layers.datum import projective
from layers.datum.shifted import wgs84_to_gcj02
from tests.desks.js_modules import NODE, lay_out

SCRIPT = """
import { fitted } from "./editor/backgrounds/fit.js";
import { toGcj02 } from "./editor/backgrounds/gcj02.js";
let words = "";
for await (const part of process.stdin) words += part;
const { sets, places } = JSON.parse(words);
console.log(JSON.stringify({
  fits: sets.map(({ points, kind }) => fitted(points, kind, [4000, 3000])),
  shifted: places.map((place) => toGcj02(...place)),
}));
"""
WIDTH, HEIGHT = 4000, 3000


def random_points(random: np.random.Generator, count: int, tilt: float) -> list[list[float]]:
    """Pixels spread over a picture, and where they lie; some metres off."""
    inside = random.uniform((100, 100), (WIDTH - 100, HEIGHT - 100), (max(count - 4, 0), 2))
    corners = [[150, 200], [3850, 120], [3700, 2900], [220, 2700]]
    pixels = np.vstack([corners, inside])[:count]
    [[east, north]] = mercator.to_metres([random.uniform(80, 125), random.uniform(20, 50)])
    angle, scale = random.uniform(0, 6), random.uniform(0.05, 2)
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    matrix = np.array([[cos, sin, east], [sin, -cos, north], [0, 0, 1.0]])
    matrix += np.outer([east, north, 1], [tilt, -tilt, 0])
    metres = projective.applied(matrix, pixels) + random.normal(0, 3, pixels.shape)
    return np.column_stack([pixels, mercator.to_degrees(metres)]).tolist()


def test_node_and_python_agree(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    sets = [
        {"points": random_points(random, count, tilt), "kind": kind}
        for kind, least in (("affine", 3), ("projective", 4))
        for count in (least, least + 1, 9, 20)
        for tilt in (0.0, 3e-5)
    ]
    places = random.uniform((73, 10), (135, 55), (500, 2)).tolist()
    lay_out(tmp_path)
    (tmp_path / "both.mjs").write_text(SCRIPT)
    done = subprocess.run(
        [str(NODE), "both.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        input=json.dumps({"sets": sets, "places": places}),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert np.abs(np.array(told["shifted"]) - wgs84_to_gcj02(places)).max() < 1e-12
    grid = [[x, y] for x in (0, 2000, 4000) for y in (0, 1500, 3000)]
    for one, found in zip(sets, told["fits"], strict=True):
        ours = place(one["points"], width=WIDTH, height=HEIGHT, fit=one["kind"])
        assert found["spare"] == ours.spare and found["flat"] == ours.flat
        assert found["average"] == pytest.approx(ours.residual_m, abs=0.01, rel=1e-3)
        apart = projective.applied(found["matrix"], grid) - projective.applied(ours.matrix, grid)
        assert np.abs(apart).max() < 0.01, f"{one['kind']}: metres between the two"
