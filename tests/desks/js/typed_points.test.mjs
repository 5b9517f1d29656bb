/* Points as text: what is read, what is written, where a ring crosses itself. */

import assert from "node:assert/strict";
import test from "node:test";

import { crossing, formatPoints, parsePoints } from "../starting/typed_points.js";

const SQUARE = [[113.25, 30.55], [113.27, 30.55], [113.27, 30.57], [113.25, 30.57]];

test("text and points are the same thing", () => {
  const text = formatPoints([SQUARE]);
  assert.equal(text.split("\n").length, 4);
  assert.deepEqual(parsePoints(text).pieces, [SQUARE]);
  assert.deepEqual(parsePoints(`${text}\n113.25, 30.55\n\n1, 2`).pieces, [SQUARE, [[1, 2]]]);
});

test("GeoJSON is read, holes are counted", () => {
  const ring = [...SQUARE, SQUARE[0]];
  const hole = [[113.26, 30.56], [113.261, 30.56], [113.261, 30.561], [113.26, 30.56]];
  const told = parsePoints(JSON.stringify({ type: "Feature", geometry: { type: "Polygon", coordinates: [ring, hole] } }));
  assert.deepEqual([told.pieces, told.holes, told.json], [[SQUARE], 1, true]);
  assert.equal(parsePoints('{"type": "Point"').line, 1);
});

test("a line that is none is named", () => {
  assert.deepEqual(parsePoints("113.25, 30.55\nhere"), { line: 2, text: "here" });
  assert.equal(parsePoints("30.55, 113.25").line, 1);
});

test("a ring that crosses itself says where", () => {
  assert.equal(crossing(SQUARE), null);
  const [x, y] = crossing([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]);
  assert.ok(Math.abs(x - 113.26) < 1e-9 && Math.abs(y - 30.56) < 1e-9);
});
