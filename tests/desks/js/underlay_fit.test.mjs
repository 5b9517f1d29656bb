import assert from "node:assert/strict";
import { test } from "node:test";

import { Points } from "../backgrounds/points.js";
import { fitted, metresApart } from "../editor/backgrounds/fit.js";
import { applied, cssOf, inverted, multiplied, onScreen, toMetres, toPixel, toPlace } from "../editor/backgrounds/placed.js";

const SIZE = [4000, 3000];
const POINTS = [
  [200, 300, 114.2961, 30.6021], [3800, 250, 114.3048, 30.6033], [3700, 2800, 114.3061, 30.5975], [150, 2700, 114.2974, 30.5964], [2000, 1000, 114.3007, 30.6011],
];

test("three points are met exactly and leave nothing to check", () => {
  const { matrix, residuals, spare } = fitted(POINTS.slice(0, 3), "affine", SIZE);
  assert.equal(spare, 0);
  assert.ok(Math.max(...residuals) < 1e-6);
  const [lon, lat] = toPlace(matrix, 200, 300);
  assert.ok(metresApart([lon, lat], POINTS[0].slice(2)) < 1e-6);
  const [x, y] = toPixel(matrix, lon, lat);
  assert.ok(Math.hypot(x - 200, y - 300) < 1e-4);
});

test("what places nothing is named", () => {
  assert.equal(fitted(POINTS.slice(0, 2), "affine", SIZE).problem, "few");
  assert.equal(fitted(POINTS.slice(0, 3), "projective", SIZE).problem, "few");
  const line = [0, 1, 2].map((n) => [n * 1000, n * 1000, ...POINTS[n].slice(2)]);
  assert.equal(fitted(line, "affine", SIZE).problem, "line");
  assert.equal(fitted([POINTS[0], POINTS[0], POINTS[1]], "affine", SIZE).problem, "together");
  const exchanged = POINTS.slice(0, 4).map((one, n) => [...one.slice(0, 2), ...POINTS[[0, 2, 1, 3][n]].slice(2)]);
  assert.equal(fitted(exchanged, "projective", SIZE).problem, "folds");
});

test("points nearly on one line are told", () => {
  const thin = [[100, 100], [2000, 1500], [3900, 2950], [2100, 1500]].map(([x, y]) => [x, y, 114.3 + x * 2e-6, 30.6 - y * 2e-6]);
  assert.equal(fitted(thin, "affine", SIZE).flat, true);
  assert.equal(fitted(POINTS, "affine", SIZE).flat, false);
});

test("on screen a pixel lies where the map puts its place, at every zoom", () => {
  for (const kind of ["affine", "projective"]) {
    const { matrix } = fitted(POINTS, kind, SIZE);
    for (const zoom of [12, 17.5, 22]) {
      const origin = { x: 1234, y: 5678 };
      const screen = onScreen(matrix, zoom, origin);
      const [mx, my] = toMetres(...toPlace(matrix, 1000, 2000));
      const world = 256 * 2 ** zoom;
      const half = Math.PI * 6378137;
      const [x, y] = applied(screen, 1000, 2000);
      assert.ok(Math.abs(x - ((mx + half) / (2 * half)) * world + origin.x) < 1e-3);
      assert.ok(Math.abs(y - ((half - my) / (2 * half)) * world + origin.y) < 1e-3);
      assert.match(cssOf(screen), kind === "affine" ? /^matrix\(/ : /^matrix3d\(/);
    }
  }
  const { matrix } = fitted(POINTS, "projective", SIZE);
  const one = multiplied(matrix, inverted(matrix));
  assert.ok(Math.abs(one[0][0] - one[2][2]) < 1e-9 && Math.abs(one[0][2]) < 1e-3);
});

test("points: halves meet, a second click corrects, undo and redo walk back and forth", () => {
  const points = new Points();
  assert.equal(points.set("pixel", [10, 20]), 0);
  assert.equal(points.set("pixel", [11, 21]), 0);
  assert.equal(points.waiting("place"), true);
  assert.equal(points.set("place", [114.3, 30.6]), 0);
  assert.deepEqual(points.complete(), [[11, 21, 114.3, 30.6, 0]]);
  assert.equal(points.set("place", [114.31, 30.61]), 1);
  assert.equal(points.set("pixel", [30, 40]), 1);
  points.undo();
  assert.equal(points.complete().length, 1);
  points.redo();
  assert.equal(points.complete().length, 2);
  points.remove(0);
  assert.deepEqual(points.rows, [["30.0", "40.0", "114.3100000", "30.6100000"]]);
  points.undo();
  points.change(2, 0, "5");
  assert.equal(points.canRedo, false);
  assert.deepEqual(points.complete().map((one) => one[4]), [0, 1], "half a point does not count");
  points.change(0, 3, "north");
  assert.deepEqual(points.complete().map((one) => one[4]), [1], "words are no number");
});
