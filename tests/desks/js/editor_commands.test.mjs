import assert from "node:assert/strict";
import { test } from "node:test";

import { foreignGrids, readReply } from "../editor/answers.js";
import { lassoArea, unitedArea } from "../editor/areas.js";
import * as commands from "../editor/commands.js";
import { meetsOf } from "../editor/meets.js";
import { Mesh } from "../editor/mesh.js";
import { BLOCK, SOUTH, WEST, at, chance, lineageOf, polygonOf, square, town } from "./editor_town.mjs";

const [one, other] = [lineageOf(1), lineageOf(2)];
const invalid = (part, reason) => (error) => error instanceof commands.CommandInvalid && error.part === part && error.reason === reason;

test("every number sent is a lattice number with at most seven decimals", () => {
  const random = chance(3);
  for (let i = 0; i < 20000; i++) {
    const point = [(random() * 2 - 1) * 1.8e9, (random() * 2 - 1) * 9e8];
    const [x, y] = JSON.parse(JSON.stringify(commands.deleteVertex({ vertex: point }))).arguments.vertex;
    for (const [degrees, steps] of [[x, point[0]], [y, point[1]]]) {
      assert.equal(degrees, Math.round(steps) / 1e7);
      assert.equal(degrees, Number(degrees.toFixed(7)));
    }
  }
});

test("lines need two points that differ, areas three, and what is missing is named", () => {
  assert.throws(() => commands.split({ lineage: one, line: [[1, 2]] }), invalid("line", "points"));
  assert.throws(() => commands.split({ lineage: one, line: [[1, 2], [1.2, 2.1]] }), invalid("line", "points"));
  assert.throws(() => commands.split({ lineage: "", line: [[1, 2], [3, 4]] }), invalid("lineage", "missing"));
  assert.throws(() => commands.split({ lineage: one }), invalid("line", "points"));
  assert.throws(() => commands.claim({ target: one, area: null }), invalid("area", "shape"));
  assert.throws(() => commands.claim({ target: one, area: { type: "Polygon", coordinates: [[[0, 0], [1, 1], [0, 0]]] } }), invalid("area", "points"));
  assert.throws(() => commands.merge({ target: one, others: [one] }), invalid("others", "grids"));
  assert.throws(() => commands.straighten({ one, other: one }), invalid("other", "grids"));
  assert.throws(() => commands.moveVertex({ vertex: [1, 2], to: [1.4, 2] }), invalid("to", "points"));
  assert.throws(() => commands.moveVertex({ vertex: [1, NaN], to: [1.4, 2] }), invalid("vertex", "missing"));
  assert.throws(() => commands.snapToStreet({ one, other, within_m: 0 }), invalid("within_m", "number"));
  assert.throws(() => commands.describe({ lineage: one }), invalid("name", "missing"));
  assert.throws(() => commands.describe({ lineage: one, name: "  " }), invalid("name", "missing"));
  assert.throws(() => commands.returnTo({ revision: 1.5 }), invalid("revision", "number"));
});

test("what is not said is not sent", () => {
  assert.deepEqual(commands.describe({ lineage: one, name: " Lake ", pieces_reason: "" }).arguments, { lineage: one, name: "Lake", pieces_reason: "" });
  assert.deepEqual(Object.keys(commands.claim({ target: one, area: lassoArea([[0, 0], [9, 0], [9, 9]]) }).arguments), ["target", "area"]);
  assert.deepEqual(commands.merge({ target: one, others: [other, one, other] }).arguments, { target: one, others: [other] });
  assert.equal(commands.split({ lineage: one, line: [[[0, 0], [9, 9]], [[5, 0], [5, 9]]] }).arguments.line.type, "MultiLineString");
});

test("a lasso is closed, its repeated points left out", () => {
  const area = lassoArea([[0, 0], [0.2, 0.1], [10, 0], [10, 10], [0, 0]]);
  assert.deepEqual(area.coordinates[0], [[0, 0], [1e-6, 0], [1e-6, 1e-6], [0, 0]]);
  assert.equal(lassoArea([[0, 0], [10, 0], [0, 0]]), null);
});

test("blocks side by side are one area, blocks that meet in a corner two, a court is a hole", () => {
  const block = (x, y) => polygonOf(square(x, y));
  const both = unitedArea([block(0, 0), block(1, 0)]);
  assert.equal(both.type, "Polygon");
  assert.equal(both.coordinates[0].length, 7);
  const corner = unitedArea([block(0, 0), block(1, 1)]);
  assert.equal(corner.type, "MultiPolygon");
  assert.deepEqual(corner.coordinates.map((rings) => rings.map((ring) => ring.length)), [[5], [5]]);
  const around = [0, 1, 2].flatMap((x) => [0, 1, 2].map((y) => [x, y])).filter(([x, y]) => x !== 1 || y !== 1);
  const court = unitedArea(around.map(([x, y]) => block(x, y)));
  assert.deepEqual(court.coordinates.map((ring) => ring.length), [13, 5]);
  // A hole that touches the outside in a corner stays a hole of its own.
  const pinched = unitedArea(around.filter(([x, y]) => x !== 0 || y !== 0).map(([x, y]) => block(x, y)));
  assert.equal(pinched.type, "Polygon");
  assert.equal(pinched.coordinates.length, 2);
  assert.equal(unitedArea([]), null);
});

test("a command meets the grids it names, their neighbours, and all near what it draws", () => {
  const json = town(5, 1, { bends: 1 });
  const mesh = Mesh.fromGrids(json);
  const middle = [WEST + 2.5 * BLOCK, SOUTH + 0.5 * BLOCK];
  const drawn = commands.cutOut({ area: lassoArea([middle, [middle[0] + 9, middle[1]], [middle[0], middle[1] + 9]]) });
  assert.deepEqual(meetsOf(mesh, drawn), [at(json, 2, 0, 5)]);
  const named = new Set(meetsOf(mesh, commands.describe({ lineage: at(json, 0, 0, 5), name: "x" })));
  assert.deepEqual(named, new Set([at(json, 0, 0, 5), at(json, 1, 0, 5)]));
  const shapes = { [at(json, 4, 0, 5)]: json.grids[4].boundary };
  assert.ok(meetsOf(mesh, commands.rebalance({ shapes })).includes(at(json, 3, 0, 5)));
});

test("replies mean what they say", () => {
  const outcome = (status, body) => readReply(status, body).outcome;
  assert.equal(outcome(200, { revision: 3 }), "landed");
  assert.equal(outcome(200, undefined), "later");
  assert.equal(outcome(409, { code: "territory.conflict", data: {} }), "conflict");
  assert.equal(outcome(409, { code: "territory.not_a_draft" }), "closed");
  assert.equal(outcome(422, { code: "territory.folds" }), "refused");
  assert.equal(outcome(403, { code: "planner.page_too_old" }), "signed_out");
  assert.equal(outcome(403, { code: "not_allowed" }), "refused");
  assert.equal(outcome(403, undefined), "later");
  assert.equal(outcome(500, { code: "x" }), "later");
});

test("whose edits lie between is read from the history, or not known", () => {
  const history = [4, 3, 2].map((revision) => ({ revision, grids: [{ lineage: `g${revision}` }] }));
  assert.deepEqual(foreignGrids(history, 1, 4, new Set([3])), new Set(["g2", "g4"]));
  assert.equal(foreignGrids(history, 0, 4, new Set([3])), null);
});
