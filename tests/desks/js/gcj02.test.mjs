import assert from "node:assert/strict";
import { test } from "node:test";

import { toGcj02 } from "../editor/backgrounds/gcj02.js";
import { shiftedPixel, sourceOf, TILE } from "../editor/backgrounds/shifted_tiles.js";

// From layers/datum/shifted.py; tests/kernel/test_shifted.py ties that to published values.
const KNOWN = [
  [[116.404, 39.915], [116.41024449916938, 39.91640428150164]],
  [[114.3, 30.6], [114.30554, 30.59762]],
];

/** The tile of a zoom over a place. */
function tileAt(lon, lat, z) {
  const world = 2 ** z;
  const sine = Math.sin((lat * Math.PI) / 180);
  return { z, x: Math.floor((lon / 360 + 0.5) * world), y: Math.floor((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world) };
}

test("the published place of Tiananmen comes out to the digit", () => {
  const [[place, published]] = KNOWN;
  toGcj02(...place).forEach((one, n) => assert.ok(Math.abs(one - published[n]) < 1e-12));
});

test("outside of the box nothing moves", () => {
  assert.deepEqual(toGcj02(13.26, 53.557), [13.26, 53.557]);
  const { matrix, columns, rows, left, top } = sourceOf(tileAt(13.26, 53.557, 18));
  assert.deepEqual([columns, rows], [1, 1]);
  assert.deepEqual([left, top], [tileAt(13.26, 53.557, 18).x, tileAt(13.26, 53.557, 18).y]);
  matrix.forEach((one, n) => assert.ok(Math.abs(one - [1, 0, 0, 1, 0, 0][n]) < 1e-6));
});

for (const zoom of [10, 14, 16, 18, 20, 22]) {
  test(`at zoom ${zoom} every pixel of a tile is drawn less than a pixel beside its place`, () => {
    let worst = 0;
    for (const [lon, lat] of [[114.3, 30.6], [116.404, 39.915], [87.6, 43.8], [110.3, 20.0], [126.6, 45.8]]) {
      const tile = tileAt(lon, lat, zoom);
      const { left, top, columns, rows, matrix: [a, b, c, d, e, f] } = sourceOf(tile);
      for (let v = 0; v <= TILE; v += 16) {
        for (let u = 0; u <= TILE; u += 16) {
          const [x, y] = shiftedPixel(tile.x * TILE + u, tile.y * TILE + v, zoom);
          const [px, py] = [x - left * TILE, y - top * TILE];
          assert.ok(px >= -1e-6 && py >= -1e-6 && px <= columns * TILE && py <= rows * TILE, "on the tiles that are fetched");
          worst = Math.max(worst, Math.hypot(a * px + c * py + e - u, b * px + d * py + f - v));
        }
      }
      assert.ok(columns * rows <= 4 || zoom < 12, `${columns} x ${rows} tiles`);
    }
    assert.ok(worst < (zoom >= 18 ? 0.01 : 1), `${worst} px`);
  });
}
