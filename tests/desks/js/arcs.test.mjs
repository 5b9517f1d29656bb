import assert from "node:assert/strict";
import { test } from "node:test";

import { buildArcs, insideRings, neighboursOf, ringsOf } from "../js/arcs.js";

const square = (x, y, size = 1) => [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]];
const polygon = (...rings) => ({ type: "Feature", geometry: { type: "Polygon", coordinates: rings } });
const length = (points) => points.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - points[i][0], y - points[i][1]), 0);

test("a border shared by two squares is one arc with both as its sides", () => {
  const arcs = buildArcs([polygon(square(0, 0)), polygon(square(1, 0))]);
  const shared = arcs.filter((arc) => arc.b >= 0);
  assert.equal(shared.length, 1);
  assert.deepEqual(new Set([shared[0].a, shared[0].b]), new Set([0, 1]));
  assert.equal(length(shared[0].points), 1);
});

test("every border is drawn exactly once", () => {
  // 3 x 3 unit squares have 24 unit edges.
  const squares = [0, 1, 2].flatMap((x) => [0, 1, 2].map((y) => polygon(square(x, y))));
  const arcs = buildArcs(squares);
  assert.equal(arcs.reduce((sum, arc) => sum + length(arc.points), 0), 24);
});

test("an arc ends where three grids meet and bends anywhere else", () => {
  const left = polygon([[0, 0], [1, 0], [1.2, 0.5], [1, 1], [0, 1], [0, 0]]);
  const right = polygon([[1, 0], [2, 0], [2, 1], [1, 1], [1.2, 0.5], [1, 0]]);
  const shared = buildArcs([left, right]).filter((arc) => arc.b >= 0);
  assert.equal(shared.length, 1);
  assert.equal(shared[0].points.length, 3);
});

test("an island in a hole is one closed arc", () => {
  const island = square(1, 1);
  const around = polygon(square(0, 0, 3), island.slice().reverse());
  const arcs = buildArcs([around, polygon(island)]);
  const shore = arcs.filter((arc) => arc.b >= 0);
  assert.equal(shore.length, 1);
  assert.deepEqual(shore[0].points[0], shore[0].points[shore[0].points.length - 1]);
});

test("vertices are told apart to the lattice and no finer", () => {
  const arcs = buildArcs([polygon(square(0, 0)), polygon(square(1.00000000001, 0))]);
  assert.equal(arcs.filter((arc) => arc.b >= 0).length, 1);
});

test("neighbours share a border, not only a corner", () => {
  const squares = [square(0, 0), square(1, 0), square(1, 1)].map((ring) => polygon(ring));
  const arcs = buildArcs(squares);
  assert.deepEqual(neighboursOf(arcs, 0), new Set([1]));
  assert.deepEqual(neighboursOf(arcs, 1), new Set([0, 2]));
});

test("a point in a hole is outside, in a second piece inside", () => {
  const pieces = {
    type: "MultiPolygon",
    coordinates: [[square(0, 0, 3), square(1, 1)], [square(5, 0)]],
  };
  assert.equal(insideRings(0.5, 0.5, ringsOf(pieces)), true);
  assert.equal(insideRings(1.5, 1.5, ringsOf(pieces)), false);
  assert.equal(insideRings(5.5, 0.5, ringsOf(pieces)), true);
});

test("two thousand grids of a hundred vertices have each inner border once", () => {
  const side = (x0, y0, x1, y1) => Array.from({ length: 25 }, (_, i) => [x0 + ((x1 - x0) * i) / 25, y0 + ((y1 - y0) * i) / 25]);
  const features = [];
  for (let x = 0; x < 50; x++) {
    for (let y = 0; y < 40; y++) {
      const ring = [...side(x, y, x + 1, y), ...side(x + 1, y, x + 1, y + 1), ...side(x + 1, y + 1, x, y + 1), ...side(x, y + 1, x, y), [x, y]];
      features.push(polygon(ring));
    }
  }
  const arcs = buildArcs(features);
  assert.equal(arcs.filter((arc) => arc.b >= 0).length, 50 * 39 + 49 * 40);
});
