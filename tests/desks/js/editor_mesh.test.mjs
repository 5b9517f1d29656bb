import assert from "node:assert/strict";
import { test } from "node:test";

import { borderAt, bordersBetween, bordersOf } from "../editor/borders.js";
import { edgesNear, verticesIn } from "../editor/edge_index.js";
import { toDegrees, toSteps } from "../editor/lattice.js";
import { Mesh } from "../editor/mesh.js";
import { BLOCK, SOUTH, WEST, at, chance, cost, grid, lineageOf, polygonOf, square, town } from "./editor_town.mjs";

const pair = () => [grid(1, polygonOf(square(0, 0))), grid(2, polygonOf(square(1, 0)))];
const corner = (mesh, x, y) => mesh.vertexAt(WEST + x * BLOCK, SOUTH + y * BLOCK);

test("every lattice number comes back as the same double", () => {
  const random = chance(7);
  for (let i = 0; i < 200000; i++) {
    const k = Math.round((random() * 2 - 1) * 1.8e9);
    assert.ok(Object.is(toSteps(toDegrees(k)), k + 0));
    assert.equal(toDegrees(k), Number((k / 1e7).toFixed(7)));
  }
  assert.ok(Object.is(toSteps(-1e-9), 0));
  assert.throws(() => toSteps(NaN), RangeError);
  assert.throws(() => toSteps(181), RangeError);
});

test("a vertex of two grids exists once, and what goes in comes out", () => {
  const mesh = Mesh.fromGrids(pair());
  assert.equal(mesh.vertices.size, 6);
  assert.deepEqual(mesh.owners(corner(mesh, 1, 0)), [lineageOf(1), lineageOf(2)]);
  assert.deepEqual(mesh.toGrids(), pair());
  assert.deepEqual(mesh.equalsServer(pair()), []);
});

test("nothing belongs to a vertex that is none", () => {
  const mesh = Mesh.fromGrids(pair());
  assert.deepEqual([...mesh.owners(-1)], []);
  assert.deepEqual([...mesh.neighbours(-1)], []);
});

test("edges know what they are: shared, outline, none", () => {
  const mesh = Mesh.fromGrids(pair());
  const [low, high, left] = [corner(mesh, 1, 0), corner(mesh, 1, 1), corner(mesh, 0, 0)];
  assert.deepEqual(mesh.edgeOwners(low, high), [lineageOf(1), lineageOf(2)]);
  assert.ok(mesh.isShared(high, low) && !mesh.isOutline(high, low));
  assert.ok(mesh.isOutline(left, low) && !mesh.isShared(left, low));
  assert.ok(!mesh.isEdge(left, high));
  assert.equal(mesh.degree(low), 3);
  assert.equal(mesh.degree(left), 2);
});

test("holes, pieces and grids that walk clockwise are kept as they came", () => {
  const island = square(1, 1);
  const boundary = { type: "MultiPolygon", coordinates: [
    polygonOf(square(0, 0, 3), island.slice().reverse()).coordinates[0],
    polygonOf(square(5, 0)).coordinates[0],
  ] };
  const grids = [grid(1, boundary), grid(2, polygonOf(island.slice().reverse()))];
  const mesh = Mesh.fromGrids(grids);
  assert.deepEqual(mesh.toGrids(), grids);
  const [shore] = bordersBetween(mesh, lineageOf(2), lineageOf(1));
  assert.ok(shore.closed);
  assert.equal(shore.path.length, 4);
  assert.equal(bordersOf(mesh, lineageOf(1)).length, 3);
});

test("a fixed border lies between grids of different communities, and nowhere else", () => {
  const json = {
    levels: [{ depth: 1, fixed: true }, { depth: 2, fixed: false }],
    grids: [
      grid(91, null, { level: 1 }), grid(92, null, { level: 1 }),
      ...[0, 1, 2].map((x) => grid(x + 1, polygonOf(square(x, 0)), { level: 2, parent: lineageOf(x < 2 ? 91 : 92) })),
    ],
  };
  const mesh = Mesh.fromGrids(json);
  assert.ok(!mesh.isFixed(corner(mesh, 1, 0), corner(mesh, 1, 1)));
  assert.ok(mesh.isFixed(corner(mesh, 2, 0), corner(mesh, 2, 1)));
  assert.ok(!mesh.isFixed(corner(mesh, 0, 0), corner(mesh, 1, 0)));
  mesh.apply({ revision: 1, changed_grids: [{ ...json.grids[4], parent: lineageOf(91) }], ended: [] });
  assert.ok(!mesh.isFixed(corner(mesh, 2, 0), corner(mesh, 2, 1)));
});

test("fixed outlines that an answer tells of grids above the leaves draw nothing", () => {
  const json = { levels: [{ depth: 1, fixed: true }, { depth: 2 }], grids: [grid(91, null, { level: 1 }), grid(1, polygonOf(square(0, 0)), { level: 2, parent: lineageOf(91) })] };
  const mesh = Mesh.fromGrids(json);
  const touched = mesh.apply({ revision: 1, changed_grids: [grid(91, polygonOf(square(0, 0)), { level: 1, name: "Named" })], ended: [] });
  assert.equal(touched.shapes.size, 0);
  assert.equal(mesh.grids.get(lineageOf(91)).name, "Named");
  assert.equal(mesh.edgeOwners(corner(mesh, 0, 0), corner(mesh, 1, 0)).length, 1);
});

test("a border runs from junction to junction and bends anywhere else", () => {
  const json = town(2, 2, { bends: 3 });
  const mesh = Mesh.fromGrids(json);
  const [border] = bordersBetween(mesh, at(json, 0, 0, 2), at(json, 1, 0, 2));
  assert.equal(border.path.length, 5);
  assert.deepEqual(new Set([border.path[0], border.path[4]]), new Set([corner(mesh, 1, 0), corner(mesh, 1, 1)]));
  const middle = borderAt(mesh, border.path[2], border.path[3]);
  assert.deepEqual(middle.path, border.path);
  assert.equal(bordersOf(mesh, at(json, 0, 0, 2)).length, 3);
  assert.equal(bordersBetween(mesh, at(json, 0, 0, 2), null).length, 1);
  assert.deepEqual(new Set(mesh.neighbourGrids(at(json, 0, 0, 2))), new Set([at(json, 1, 0, 2), at(json, 0, 1, 2)]));
});

test("an answer replaces, makes and ends grids; vertices that stay keep their numbers", () => {
  const mesh = Mesh.fromGrids(pair());
  const before = [corner(mesh, 0, 0), corner(mesh, 1, 0), corner(mesh, 2, 1)];
  const half = (x) => [[WEST + x * 10000, SOUTH], [WEST + (x + 1) * 10000, SOUTH], [WEST + (x + 1) * 10000, SOUTH + BLOCK], [WEST + x * 10000, SOUTH + BLOCK]];
  const split = [grid(1, polygonOf(half(0))), grid(3, polygonOf(half(1)))];
  const touched = mesh.apply({ revision: 1, changed_grids: split, ended: [] });
  assert.deepEqual([...touched.made], [lineageOf(3)]);
  assert.deepEqual([...touched.shapes], [lineageOf(1), lineageOf(3)]);
  assert.deepEqual([corner(mesh, 0, 0), corner(mesh, 1, 0), corner(mesh, 2, 1)], before);
  assert.deepEqual(mesh.neighbourGrids(lineageOf(3)).sort(), [lineageOf(1), lineageOf(2)]);

  const merged = grid(2, polygonOf([...half(1).slice(0, 1), ...square(1, 0).slice(1, 3), half(1)[3]]));
  const then = mesh.apply({ revision: 2, changed_grids: [merged], ended: [{ lineage: lineageOf(3), code: "003", name: "" }] });
  assert.deepEqual([...then.ended], [lineageOf(3)]);
  assert.equal(corner(mesh, 1, 0), -1);
  assert.equal(mesh.revision, 2);
  assert.equal(mesh.equalsServer([split[0], merged]).length, 0);
  assert.deepEqual(mesh.equalsServer([split[0], pair()[1]]), [lineageOf(2)]);
});

test("an answer about names alone touches no shape", () => {
  const mesh = Mesh.fromGrids(pair());
  const version = mesh.version;
  const touched = mesh.apply({ revision: 1, changed_grids: [{ ...pair()[0], name: "Lakeside" }], ended: [] });
  assert.equal(touched.shapes.size, 0);
  assert.equal(mesh.version, version);
  assert.equal(mesh.grids.get(lineageOf(1)).name, "Lakeside");
});

test("edges near a place are all edges near it", () => {
  const json = town(6, 5, { bends: 7 });
  const mesh = Mesh.fromGrids(json);
  const box = [WEST + 1.4 * BLOCK, SOUTH + 0.2 * BLOCK, WEST + 2.6 * BLOCK, SOUTH + 1.9 * BLOCK];
  const found = new Set();
  edgesNear(mesh, box, (a, b, { lineage }) => found.add([a, b, lineage].join()));
  const wanted = new Set();
  for (const { lineage, parts } of mesh.leaves()) {
    for (const ring of parts.flat()) {
      ring.forEach((a, i) => {
        const b = ring[(i + 1) % ring.length];
        const apart = [mesh.x(a), mesh.x(b)].every((x) => x < box[0]) || [mesh.x(a), mesh.x(b)].every((x) => x > box[2])
          || [mesh.y(a), mesh.y(b)].every((y) => y < box[1]) || [mesh.y(a), mesh.y(b)].every((y) => y > box[3]);
        if (!apart) wanted.add([a, b, lineage].join());
      });
    }
  }
  assert.deepEqual(found, wanted);
  assert.equal(verticesIn(mesh, [WEST, SOUTH, WEST, SOUTH]).length, 1);
});

test("two thousand grids of forty vertices are a mesh within 150 ms, ten follow an answer within 2 ms", () => {
  const json = town(50, 40, { bends: 9 });
  const other = town(50, 40, { bends: 9, seed: 2 });
  Mesh.fromGrids(town(10, 10)); // warmed up, like a page that has shown something
  const build = cost(() => Mesh.fromGrids(json), { batches: 5, times: 1 });
  const mesh = Mesh.fromGrids(json);
  const answers = [other, json].map(({ grids }) => ({ revision: 1, changed_grids: grids.slice(500, 510), ended: [] }));
  let turn = 0;
  const apply = cost(() => mesh.apply({ ...answers[turn++ % 2], revision: turn }));
  console.log(`build ${build.toFixed(1)} ms, apply ${apply.toFixed(2)} ms`);
  assert.ok(build < 150, `build ${build} ms`);
  assert.ok(apply < 2, `apply ${apply} ms`);
});
