import assert from "node:assert/strict";
import { test } from "node:test";

import { bordersBetween } from "../editor/borders.js";
import { gridAt, hit, nearestEdge, nearestVertex } from "../editor/hit.js";
import { pixelsPerStep } from "../editor/lattice.js";
import { Mesh } from "../editor/mesh.js";
import { gridTowards, nextBorder, nextGrid, nextOnBorder, nextVertex } from "../editor/traversal.js";
import { BLOCK, SOUTH, WEST, at, chance, cost, grid, lineageOf, polygonOf, square, town } from "./editor_town.mjs";

const view = pixelsPerStep(18, 30.2);
const three = () => Mesh.fromGrids([0, 1, 2].map((x) => grid(x + 1, polygonOf(square(x, 0)))));

test("a vertex is hit before an edge, an edge before a grid", () => {
  const mesh = three();
  const px = 1 / view.across;
  const [x, y] = [WEST + BLOCK, SOUTH];
  assert.deepEqual(hit(mesh, x + 5 * px, y, view).vertex, mesh.vertexAt(x, y));
  const edge = hit(mesh, x + 5 * px, y + BLOCK / 2, view);
  assert.equal(edge.kind, "edge");
  assert.ok(Math.abs(edge.distance - 5) < 1e-6 && Math.abs(edge.t - 0.5) < 1e-6);
  assert.deepEqual(hit(mesh, x + 30 * px, y + BLOCK / 2, view), { kind: "grid", lineage: lineageOf(2) });
  assert.equal(hit(mesh, x, y - BLOCK, view), null);
});

test("only the borders asked for are hit", () => {
  const mesh = three();
  const [x, y] = [WEST + BLOCK, SOUTH + BLOCK / 2];
  assert.equal(nearestEdge(mesh, x, y, view, 8, { within: lineageOf(3) }), null);
  assert.equal(nearestEdge(mesh, x, y, view, 8, { accept: (a, b) => mesh.isOutline(a, b) }), null);
  assert.ok(nearestEdge(mesh, x, y, view, 8, { within: lineageOf(1) }));
});

test("the nearest vertex and grid are what looking at all of them finds", () => {
  const json = town(12, 9, { bends: 5, seed: 3 });
  const mesh = Mesh.fromGrids(json);
  const random = chance(11);
  for (let i = 0; i < 400; i++) {
    const x = WEST + random() * 12 * BLOCK;
    const y = SOUTH + random() * 9 * BLOCK;
    const away = (v) => Math.hypot((mesh.x(v) - x) * view.across, (mesh.y(v) - y) * view.along);
    const nearest = Math.min(...Array.from({ length: mesh.vertices.size }, (_, v) => away(v)));
    const found = nearestVertex(mesh, x, y, view, 40);
    assert.equal(found ? found.distance : Infinity, nearest <= 40 ? nearest : Infinity);
    const lineage = gridAt(mesh, x, y);
    assert.ok(lineage, "every place of a town lies in a grid");
  }
});

test("a place in a hole is in the island's grid", () => {
  const island = square(1, 1);
  const mesh = Mesh.fromGrids([grid(1, polygonOf(square(0, 0, 3), island)), grid(2, polygonOf(island))]);
  assert.equal(gridAt(mesh, WEST + 1.5 * BLOCK, SOUTH + 1.5 * BLOCK), lineageOf(2));
  assert.equal(gridAt(mesh, WEST + 0.5 * BLOCK, SOUTH + 1.5 * BLOCK), lineageOf(1));
  assert.equal(gridAt(mesh, WEST - 1, SOUTH), null);
});

test("a pointer over 2,000 grids is answered within a millisecond, at every zoom", () => {
  const mesh = Mesh.fromGrids(town(50, 40));
  const random = chance(5);
  for (const zoom of [13, 16, 19]) {
    const seen = pixelsPerStep(zoom, 30.2);
    const spent = cost(() => hit(mesh, WEST + random() * 50 * BLOCK, SOUTH + random() * 40 * BLOCK, seen), { times: 100 });
    console.log(`zoom ${zoom}: ${spent.toFixed(3)} ms`);
    assert.ok(spent < 1);
  }
});

test("keys walk around a ring, along a border, and from grid to grid", () => {
  const json = town(3, 3, { bends: 2 });
  const mesh = Mesh.fromGrids(json);
  const middle = at(json, 1, 1, 3);
  const ring = mesh.grids.get(middle).parts[0][0];
  assert.equal(nextVertex(mesh, middle, ring[0]), ring[1]);
  assert.equal(nextVertex(mesh, middle, ring[0], -1), ring[ring.length - 1]);
  assert.equal(nextVertex(mesh, middle, -1), ring[0]);
  const [border] = bordersBetween(mesh, middle, at(json, 2, 1, 3));
  assert.equal(nextOnBorder(border, border.path[0]), border.path[1]);
  assert.equal(nextOnBorder(border, border.path[3]), border.path[3]);
  const seen = new Set();
  let one = null;
  for (let i = 0; i < 4; i++) {
    one = nextBorder(mesh, middle, one);
    seen.add(one.path.join());
  }
  assert.equal(seen.size, 4);
  assert.equal(nextGrid(mesh, null), at(json, 0, 0, 3));
  assert.equal(nextGrid(mesh, at(json, 0, 0, 3), -1), at(json, 2, 2, 3));
  assert.equal(gridTowards(mesh, middle, "east"), at(json, 2, 1, 3));
  assert.equal(gridTowards(mesh, middle, "north"), at(json, 1, 2, 3));
  assert.equal(gridTowards(mesh, at(json, 0, 0, 3), "west"), null);
});
