import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULT, MOST, bins, classOf, classesOf, compactness, deltaOf, histogram, inRule, kept } from "../editor/figures.js";
import { Mesh } from "../editor/mesh.js";
import { added, better, chunked, involved, merged, outside } from "../editor/proposal_runs.js";
import { BLOCK, grid, polygonOf, square } from "./editor_town.mjs";

const figures = (grids, within, deviation, compactness) => ({ grids, within, deviation, compactness });
const step = (loads, more = {}) => ({ verb: "claim", arguments: {}, loads, ...more });
const answer = (lineage, now, alternatives) => ({ unit: { lineage }, now, alternatives });
const way = (name, then, steps, grids = []) => ({ name, then, homes: 10, touched: 2, steps, grids });

test("proposals of several communities add up; where there is none, today's figures count", () => {
  const one = answer("u1", figures(4, 1, 90, 0.5), [way("few", figures(4, 4, 0, 0.4), [step({ a: 1 }), step({ b: 2 })]), way("compact", figures(5, 5, 0, 0.6), [step({ a: 3 })])]);
  const other = answer("u2", figures(6, 6, 0, 0.7), [way("compact", figures(6, 6, 0, 0.8), [step({ c: 4 })])]);
  const { now, ways } = merged([one, other]);
  assert.deepEqual([now.grids, now.within, now.deviation], [10, 7, 90]);
  assert.ok(Math.abs(now.compactness - 0.62) < 1e-9);
  assert.deepEqual(ways.map(({ name }) => name), ["few", "compact"]);
  assert.deepEqual([ways[0].then.grids, ways[0].then.within, ways[0].homes], [10, 10, 10]);
  assert.deepEqual(ways[1].steps.map(({ number, unit }) => [number, unit]), [[1, "u1"], [2, "u2"]]);
  assert.deepEqual([...involved([one, other])].sort(), ["a", "b", "c"]);
});

test("steps go into one command, and community by community where there are many", () => {
  const steps = [1, 2, 3].map((number) => ({ number, unit: number < 3 ? "x" : "y" }));
  assert.deepEqual(chunked(steps, 3).map((list) => list.length), [3]);
  assert.deepEqual(chunked(steps, 2).map((list) => list.length), [2, 1]);
  assert.deepEqual(chunked([], 2), []);
});

test("what is better is told apart from what is as good", () => {
  assert.deepEqual(better(figures(4, 1, 90, 0.5), figures(5, 5, 0, 0.501)), { within: 1, deviation: 1, compactness: 0 });
  assert.deepEqual(better(figures(4, 4, 0, 0.5), figures(4, 3, 10, 0.4)), { within: -1, deviation: -1, compactness: -1 });
  assert.deepEqual(added([]), figures(0, 0, 0, 0));
});

test("the range holds both its ends, in the bars as in the rule", () => {
  const outside = (number) => histogram([number], { least: 200, most: 300 }).find(({ count }) => count).outside;
  assert.deepEqual([199, 200, 300, 301].map(outside), [true, false, false, true]);
});

test("quantile classes hold as many each and leave none empty", () => {
  const values = Array.from({ length: 100 }, (_, i) => i);
  const limits = classesOf(values);
  assert.deepEqual(limits, [19, 39, 59, 79, 99]);
  const sizes = limits.map((_, n) => values.filter((value) => classOf(value, limits) === n).length);
  assert.deepEqual(sizes, [20, 20, 20, 20, 20]);
  assert.deepEqual(classesOf([0, 0, 0, 0, 7]), [0, 7]);
  assert.deepEqual(classesOf([]), []);
  assert.equal(classOf(200, limits), 4);
});

test("bins cover least to most, one value included", () => {
  assert.deepEqual(bins([1, 2, 3, 4], 3), { least: 1, most: 4, counts: [1, 1, 2] });
  assert.deepEqual(bins([5, 5], 2), { least: 5, most: 5, counts: [2, 0] });
  assert.equal(bins([]).counts.length, 12);
});

test("remembered columns are known ones, and never more than fit", () => {
  assert.deepEqual(kept(null), DEFAULT);
  assert.deepEqual(kept("nonsense"), DEFAULT);
  assert.deepEqual(kept("area,area,pieces,shops,schools"), ["area", "pieces", "shops"]);
  assert.ok(DEFAULT.length <= MOST);
});

test("compactness is that of Polsby and Popper; holes count", () => {
  const mesh = Mesh.fromGrids([grid(1, polygonOf(square(0, 0)))]);
  const [one] = mesh.leaves();
  const { along, across } = { along: BLOCK * 0.0111, across: BLOCK * 0.0096 };
  const wanted = (4 * Math.PI * along * across) / (2 * (along + across)) ** 2;
  assert.ok(Math.abs(compactness(one.parts, mesh) - wanted) < 0.01);
  assert.equal(compactness(null, mesh), null);
});

test("only counted basic grids are asked for the range", () => {
  assert.equal(inRule({ kind: "basic", dwellings: 0 }), true);
  assert.equal(inRule({ kind: "dedicated", dwellings: 10 }), false);
  assert.equal(inRule({ kind: "basic" }), false);
  assert.equal(deltaOf({ dwellings: 5, dwellings_before: 8 }), -3);
  assert.equal(deltaOf({ dwellings: 5 }), null);
});

test("communities are told apart by how many of their grids are out of the range", () => {
  const leaves = [["a", 100], ["a", 200], ["b", 300], ["b", 301], ["b", 10], ["b", null]].map(([unit, dwellings]) => ({ lineage: unit, dwellings }));
  assert.deepEqual([...outside(leaves, (unit) => unit, { least: 200, most: 300 })], [["a", 1], ["b", 2]]);
});
