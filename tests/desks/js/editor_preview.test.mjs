import assert from "node:assert/strict";
import { test } from "node:test";

import { drawBorder, moveBorder, straightenBorder } from "../editor/border_change.js";
import { bordersBetween } from "../editor/borders.js";
import { deleteVertex, insertVertex, moveVertex, moveVertices } from "../editor/changes.js";
import { learnPart } from "../editor/holds.js";
import { mergeGrids } from "../editor/merge_change.js";
import { Mesh } from "../editor/mesh.js";
import { Pending } from "../editor/pending.js";
import { preview } from "../editor/preview.js";
import { BLOCK, SOUTH, WEST, at, cost, grid, lineageOf, polygonOf, residue, square, town } from "./editor_town.mjs";

const place = (x, y) => [WEST + Math.round(x * BLOCK), SOUTH + Math.round(y * BLOCK)];
const vertexAt = (mesh, x, y) => mesh.vertexAt(...place(x, y));
const codes = (seen) => [...new Set(seen.problems.map(({ code }) => code))].sort();
/** Three by three straight blocks, with one more vertex in the middle of every border. */
const blocks = () => {
  const json = town(3, 3, { bends: 1 });
  const straight = json.grids.map((one, i) => {
    const [x, y] = [i % 3, Math.floor(i / 3)];
    const ring = [[0, 0], [0.5, 0], [1, 0], [1, 0.5], [1, 1], [0.5, 1], [0, 1], [0, 0.5]].map(([dx, dy]) => place(x + dx, y + dy));
    return { ...one, boundary: polygonOf(ring) };
  });
  return { ...json, grids: straight };
};
const exact = (mesh, json) => assert.deepEqual(residue(mesh.toGrids().filter((one) => one.boundary)).length, residue(json.grids).length);

test("a vertex of three grids moves in all of them, and nothing changes until the server says so", () => {
  const json = blocks();
  const mesh = Mesh.fromGrids(json);
  const corner = vertexAt(mesh, 1, 1);
  const seen = preview(mesh, moveVertex(mesh, corner, ...place(1.2, 1.1)));
  assert.equal(seen.touched.length, 4);
  assert.deepEqual(codes(seen), []);
  for (const lineage of seen.touched) assert.ok(seen.steps(lineage).flat().some((points) => points.includes(place(1.2, 1.1)[0])));
  assert.deepEqual(mesh.equalsServer(json), []);
  assert.equal(mesh.vertexAt(...place(1.2, 1.1)), -1);
});

test("a border dragged across another folds, and is told where", () => {
  const mesh = Mesh.fromGrids(blocks());
  const seen = preview(mesh, moveVertex(mesh, vertexAt(mesh, 1, 1.5), ...place(2.2, 1.6)));
  assert.deepEqual(codes(seen), ["folds"]);
  const { where, grids } = seen.problems[0];
  assert.equal(where.length, 4);
  assert.ok(grids.length > 0);
});

test("a vertex dropped upon a foreign one folds, upon the next of its own border the two become one", () => {
  const mesh = Mesh.fromGrids(blocks());
  assert.deepEqual(codes(preview(mesh, moveVertex(mesh, vertexAt(mesh, 1, 1.5), ...place(2, 1.5)))), ["folds"]);
  const joined = preview(mesh, moveVertex(mesh, vertexAt(mesh, 1, 1.5), ...place(1, 2)));
  assert.deepEqual(codes(joined), []);
  assert.equal(joined.steps(joined.touched[0])[0][0].length, 14);
});

test("a grid turned inside out folds although no border crosses another", () => {
  const [a, b, c] = [place(1, 0), place(2, 0), place(1.5, 0.4)];
  const hill = grid(1, polygonOf([a, b, c]));
  const sky = grid(2, polygonOf([a, c, b, place(2, 2), place(1, 2)]));
  const below = grid(3, polygonOf([place(1, -1), place(2, -1), b, a]));
  const mesh = Mesh.fromGrids([hill, sky, below]);
  assert.deepEqual(codes(preview(mesh, moveVertex(mesh, mesh.vertexAt(...c), ...place(1.5, 0.2)))), []);
  assert.deepEqual(codes(preview(mesh, moveVertex(mesh, mesh.vertexAt(...c), ...place(1.5, -0.4)))), ["folds"]);
});

test("a border dragged over an island folds", () => {
  const island = [[1.4, 0.4], [1.6, 0.4], [1.6, 0.6], [1.4, 0.6]].map(([x, y]) => place(x, y));
  const grids = [
    grid(1, polygonOf([place(0, 0), place(1, 0), place(1, 0.5), place(1, 1), place(0, 1)])),
    grid(2, polygonOf([place(1, 0), place(3, 0), place(3, 1), place(1, 1), place(1, 0.5)], island)),
    grid(3, polygonOf(island)),
  ];
  const mesh = Mesh.fromGrids(grids);
  const shore = vertexAt(mesh, 1, 0.5);
  assert.deepEqual(codes(preview(mesh, moveVertex(mesh, shore, ...place(1.3, 0.5)))), []);
  assert.deepEqual(codes(preview(mesh, moveVertex(mesh, shore, ...place(2.5, 0.5)))), ["folds"]);
});

test("what comes nearer than the lattice allows is too close, what comes near is measured", () => {
  const mesh = Mesh.fromGrids(blocks());
  const middle = vertexAt(mesh, 1, 1.5);
  const [x, y] = place(2, 1.25);
  assert.deepEqual(codes(preview(mesh, moveVertex(mesh, middle, x, y))), ["folds"]);
  // The border between x = 2's vertices passes the moved vertex' own cell only when slanted.
  const slanted = Mesh.fromGrids([
    grid(1, polygonOf([place(0, 0), place(1, 0), place(1, 0.5), place(1, 1), place(0, 1)])),
    grid(2, polygonOf([place(1, 0), [place(2, 0)[0] - 1, place(2, 0)[1]], place(2, 1), place(1, 1), place(1, 0.5)])),
    grid(3, polygonOf([[place(2, 0)[0] - 1, place(2, 0)[1]], place(3, 0), place(3, 1), place(2, 1)])),
  ]);
  const near = preview(slanted, moveVertex(slanted, slanted.vertexAt(...place(1, 0.5)), place(2, 0.25)[0] - 1, place(2, 0.25)[1]));
  assert.deepEqual(codes(near), ["too_close"]);
  const beside = preview(mesh, moveVertex(mesh, middle, x - 500, y));
  assert.deepEqual(codes(beside), []);
  assert.ok(Math.abs(beside.closest.metres - 500 * 0.0111 * Math.cos((30.23 * Math.PI) / 180)) < 0.1);
  assert.equal(preview(mesh, moveVertex(mesh, middle, x - 5000, y)).closest, null);
});

test("the outline of the plan stays: a vertex may slide along it and nothing else", () => {
  const mesh = Mesh.fromGrids(blocks());
  const rim = vertexAt(mesh, 1, 0);
  assert.deepEqual(codes(preview(mesh, moveVertex(mesh, rim, ...place(1.2, 0)))), []);
  assert.deepEqual(codes(preview(mesh, moveVertex(mesh, rim, ...place(1.2, 0.1)))), ["off_outline"]);
  assert.deepEqual(codes(preview(mesh, moveVertex(mesh, vertexAt(mesh, 0, 0), ...place(0.1, 0)))), ["off_outline"]);
  assert.deepEqual(codes(preview(mesh, moveVertex(mesh, vertexAt(mesh, 0.5, 0), ...place(0.6, 0)))), ["off_outline"], "a bend, if flat");
  assert.deepEqual(codes(preview(mesh, deleteVertex(mesh, vertexAt(mesh, 0.5, 0)))), ["off_outline"]);
  assert.deepEqual(codes(preview(mesh, insertVertex(mesh, rim, vertexAt(mesh, 1.5, 0), ...place(1.2, 0)))), []);
  assert.deepEqual(codes(preview(mesh, insertVertex(mesh, rim, vertexAt(mesh, 1.5, 0), ...place(1.2, 0.1)))), ["off_outline"]);
});

test("an administrative outline stays unless unlocked", () => {
  const json = blocks();
  json.levels = [{ depth: 1, fixed: true }, { depth: 2, fixed: false }];
  json.grids = [grid(91, null, { level: 1 }), grid(92, null, { level: 1 }),
    ...json.grids.map((one, i) => ({ ...one, level: 2, parent: lineageOf(i % 3 ? 92 : 91) }))];
  const mesh = Mesh.fromGrids(json);
  const change = moveVertex(mesh, vertexAt(mesh, 1, 1.5), ...place(1.2, 1.5));
  assert.deepEqual(codes(preview(mesh, change)), ["fixed_outline"]);
  assert.deepEqual(codes(preview(mesh, change, { unlocked: true })), []);
  assert.deepEqual(codes(preview(mesh, mergeGrids(json.grids[2].lineage, [json.grids[3].lineage]))), ["fixed_outline"]);
});

test("vertices come and go on both sides of a border", () => {
  const json = blocks();
  const mesh = Mesh.fromGrids(json);
  const pending = new Pending(mesh);
  const [a, b] = [vertexAt(mesh, 1, 1), vertexAt(mesh, 1, 1.5)];
  pending.show("one", insertVertex(mesh, a, b, ...place(1.1, 1.25)));
  const fresh = vertexAt(mesh, 1.1, 1.25);
  assert.deepEqual(mesh.owners(fresh).length, 2);
  assert.ok(!mesh.isEdge(a, b));
  exact(mesh, json);
  pending.show("two", deleteVertex(mesh, fresh));
  assert.ok(mesh.isEdge(a, b));
  assert.equal(preview(mesh, deleteVertex(mesh, a)), null); // where four borders meet
  pending.drop("two");
  assert.ok(mesh.isVertex(fresh));
  pending.drop("one");
  assert.deepEqual(mesh.equalsServer(json), []);
});

test("a triangle that loses a corner vanishes", () => {
  const [a, b, c] = [place(1, 0), place(2, 0), place(1.5, 0.4)];
  const mesh = Mesh.fromGrids([grid(1, polygonOf([a, b, c])), grid(2, polygonOf([a, c, b, place(2, 2), place(1, 2)]))]);
  assert.ok(codes(preview(mesh, deleteVertex(mesh, mesh.vertexAt(...c)))).includes("vanishes"));
});

test("a border moves like furniture: its ends run along the borders they stand on", () => {
  const json = blocks();
  const mesh = Mesh.fromGrids(json);
  const [one, other] = [at(json, 1, 1, 3), at(json, 2, 1, 3)];
  const [border] = bordersBetween(mesh, one, other);
  const change = moveBorder(mesh, border, Math.round(0.2 * BLOCK), 0);
  const ends = [change.line[0], change.line[change.line.length - 1]].sort((p, q) => p[1] - q[1]);
  assert.deepEqual(ends, [place(2.2, 1), place(2.2, 2)]);
  const seen = preview(mesh, change);
  assert.deepEqual(codes(seen), []);
  assert.ok(seen.certain);
  assert.equal(seen.touched.length, 4); // both, and the neighbours above and below gain a vertex
  new Pending(mesh).show("id", change);
  exact(mesh, json);
  assert.deepEqual(new Set(mesh.owners(vertexAt(mesh, 2.2, 1))), new Set([one, other, at(json, 2, 0, 3)]));
  assert.ok(mesh.isVertex(vertexAt(mesh, 2, 1)), "the old corner stays where others meet it");
});

test("a border moved with its ends staying, straightened, and drawn by hand", () => {
  const json = town(3, 3, { bends: 4, seed: 8 });
  const [one, other] = [at(json, 0, 1, 3), at(json, 1, 1, 3)];
  for (const make of [
    (mesh, border) => moveBorder(mesh, border, 900, 300, { ends: "stay" }),
    (mesh, border) => moveBorder(mesh, border, 900, 300),
    (mesh, border) => moveBorder(mesh, border, -2500, -900),
    straightenBorder,
    (mesh, border) => drawBorder(mesh, border, [place(0.8, 0.7), place(1.2, 1.4), place(0.9, 2.4)]),
  ]) {
    const mesh = Mesh.fromGrids(json);
    const [border] = bordersBetween(mesh, one, other);
    const change = make(mesh, border);
    const seen = preview(mesh, change);
    assert.deepEqual([codes(seen), seen.certain], [[], true]);
    new Pending(mesh).show("id", change);
    exact(mesh, json);
    const [now] = bordersBetween(mesh, one, other);
    assert.equal(now.path.length, change.line.length);
  }
});

test("a line that does not part the two is no border", () => {
  const json = blocks();
  const mesh = Mesh.fromGrids(json);
  const [border] = bordersBetween(mesh, at(json, 0, 0, 3), at(json, 1, 0, 3));
  assert.equal(drawBorder(mesh, border, [place(0.2, 0.2), place(0.8, 0.8)]), null);
  assert.equal(straightenBorder(mesh, { ...border, other: null }), null);
});

test("the shore of an island moves as a whole", () => {
  const island = square(1, 1);
  const grids = [grid(1, polygonOf(square(0, 0, 3), island)), grid(2, polygonOf(island))];
  const mesh = Mesh.fromGrids(grids);
  const [shore] = bordersBetween(mesh, lineageOf(2), lineageOf(1));
  assert.ok(preview(mesh, moveBorder(mesh, shore, 3000, 0)).certain);
  assert.ok(!preview(mesh, moveBorder(mesh, shore, BLOCK + 3000, 0)).certain, "beyond the land of both");
});

test("merged grids are one at once, with what lies between them gone", () => {
  const json = town(3, 3, { bends: 2 });
  const mesh = Mesh.fromGrids(json);
  const ring = json.grids.filter((_, i) => i !== 4).map((one) => one.lineage);
  const seen = preview(mesh, mergeGrids(ring[0], ring.slice(1)));
  assert.deepEqual(codes(seen), []);
  assert.equal(seen.steps(ring[0])[0].length, 2, "eight around one: a hole");
  new Pending(mesh).show("id", mergeGrids(ring[0], ring.slice(1)));
  assert.deepEqual(mesh.neighbourGrids(ring[0]), [json.grids[4].lineage]);
  assert.equal(preview(mesh, mergeGrids(ring[0], [ring[3]])), null);
});

test("a second change drawn on the first survives the answer to the first", () => {
  const json = blocks();
  const mesh = Mesh.fromGrids(json);
  const pending = new Pending(mesh);
  pending.show("a", moveVertex(mesh, vertexAt(mesh, 1, 1), ...place(1.1, 1)));
  pending.show("b", moveVertex(mesh, vertexAt(mesh, 1.1, 1), ...place(1.2, 1.1)));
  pending.show("c", moveVertices(mesh, [[vertexAt(mesh, 2, 1), ...place(2, 0.9)]]));
  assert.deepEqual(pending.authoritative(() => mesh.equalsServer(json)), []);

  const server = Mesh.fromGrids(json);
  new Pending(server).show("a", moveVertex(server, vertexAt(server, 1, 1), ...place(1.1, 1)));
  const then = server.toGrids();
  const touched = pending.settle("a", { revision: 1, changed_grids: then.slice(0, 2).concat(then.slice(3, 5)), ended: [] });
  assert.ok(touched.shapes.has(json.grids[0].lineage));
  assert.ok(mesh.isVertex(vertexAt(mesh, 1.2, 1.1)));
  assert.ok(mesh.isVertex(vertexAt(mesh, 2, 0.9)));
  assert.deepEqual(pending.authoritative(() => mesh.equalsServer(then)), []);

  // "b" is refused: what was drawn after it and stands without it stays.
  pending.drop("b");
  assert.ok(mesh.isVertex(vertexAt(mesh, 1.1, 1)));
  assert.ok(mesh.isVertex(vertexAt(mesh, 2, 0.9)));
  pending.drop("c");
  assert.deepEqual(mesh.equalsServer(then), []);
});

test("a frame of dragging costs little: a vertex, and a border of two hundred", () => {
  const mesh = Mesh.fromGrids(town(50, 40));
  const long = Mesh.fromGrids(town(3, 3, { bends: 200 }));
  const json = town(3, 3, { bends: 200 });
  const [border] = bordersBetween(long, at(json, 0, 1, 3), at(json, 1, 1, 3));
  const corner = mesh.vertexAt(...place(20, 20));
  const [x, y] = place(20, 20);
  const one = cost((i) => preview(mesh, moveVertex(mesh, corner, x + 20 * i, y + 15 * i)), { times: 40 });
  const whole = cost((i) => preview(long, moveBorder(long, border, 40 * i + 10, 20 * i)));
  console.log(`vertex ${one.toFixed(2)} ms, border of ${border.path.length} ${whole.toFixed(2)} ms a frame`);
  assert.ok(one < 3 && whole < 25);
});

test("the border of a locked grid and of somebody else's stays, and may still be refined", () => {
  const mesh = Mesh.fromGrids(blocks());
  const corner = vertexAt(mesh, 1, 0.5);
  const [held] = mesh.owners(corner);
  const moved = () => codes(preview(mesh, moveVertex(mesh, corner, ...place(1.2, 0.5))));
  mesh.grids.get(held).locked = true;
  assert.deepEqual(moved(), ["grid_locked"]);
  mesh.grids.get(held).locked = false;
  learnPart(mesh, [...mesh.grids.keys()].filter((lineage) => lineage !== held));
  assert.deepEqual(moved(), ["needs_neighbour"]);
  const [a, b] = [corner, vertexAt(mesh, 1, 1)];
  assert.deepEqual(codes(preview(mesh, insertVertex(mesh, a, b, ...place(1, 0.75)))), []);
  learnPart(mesh, null);
  assert.deepEqual(moved(), []);
});
