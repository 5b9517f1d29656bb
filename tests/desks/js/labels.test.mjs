import assert from "node:assert/strict";
import { test } from "node:test";

import { Taken } from "../js/boxes.js";
import { placeCommunityNames, placeGridLabels, placePill } from "../js/grid_labels.js";
import { hanGlyphs, joinLines, placeStreetNames } from "../js/street_names.js";

const FRAME = [0, 0, 1000, 800];
const measure = (text, size) => Array.from(text).length * size * 0.9;
const grid = (number, x, y, role = "other", radius = 40) => ({
  index: Number(number), number, full: `古城 ${number}`, x, y, radius, role, sameParent: false,
});
const overlap = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

test("no two labels overlap, however crowded", () => {
  const grids = Array.from({ length: 400 }, (_, i) => grid(String(i), (i % 20) * 22 + 30, Math.floor(i / 20) * 18 + 30, i % 7 ? "other" : "near"));
  const placed = placeGridLabels(grids, new Taken(FRAME), measure);
  assert.ok(placed.length > 50);
  placed.forEach((one, i) => placed.slice(i + 1).forEach((other) => assert.ok(!overlap(one.box, other.box))));
});

test("neighbours come before others", () => {
  const taken = new Taken(FRAME);
  const placed = placeGridLabels([grid("01", 100, 100), grid("02", 100, 100, "near")], taken, measure);
  assert.equal(placed[0].text, "古城 02");
});

test("a grid too small for a number has none, and none leaves the frame", () => {
  const placed = placeGridLabels([grid("01", 100, 100, "other", 10), grid("02", 2, 2)], new Taken(FRAME), measure);
  assert.deepEqual(placed, []);
});

test("long names are said once: the selected grid's community shows numbers", () => {
  const long = { ...grid("02", 400, 400, "near", 200), full: "Reitbahnviertel 02", sameParent: true };
  assert.equal(placeGridLabels([long], new Taken(FRAME), measure)[0].text, "02");
  assert.equal(placeGridLabels([{ ...long, sameParent: false }], new Taken(FRAME), measure)[0].text, "Reitbahnviertel 02");
});

test("the pill steps aside for a pin and is drawn all the same", () => {
  const taken = new Taken(FRAME);
  taken.take([90, 60, 120, 110]);
  const pill = placePill(grid("03", 100, 100, "selected"), taken, measure);
  assert.ok(!overlap(pill.box, [90, 60, 120, 110]));
  assert.equal(pill.text, "古城 03");
});

test("a community's name never lies in the selected grid", () => {
  const inSelected = (x, y) => y > 380 && y < 420;
  const options = { size: 16, spacing: 4, forbidden: inSelected };
  const [name] = placeCommunityNames([{ name: "古城社区", x: 500, y: 400 }], new Taken(FRAME), measure, options);
  assert.ok(!inSelected(name.x, name.y));
});

test("pieces of a street that follow each other are joined, corners are not", () => {
  const piece = (points) => ({ name: "钟楼街", rank: 3, points });
  const lines = joinLines([piece([[0, 0], [50, 0]]), piece([[100, 0], [50, 0]]), piece([[100, 0], [100, 60]])]);
  assert.deepEqual(lines.map((line) => line.points.length).sort(), [2, 3]);
});

test("flat Chinese names turn with the street, steep ones stand upright from top to bottom", () => {
  const flat = hanGlyphs(Array.from("钟楼街"), [[0, 0], [100, 20]], 16);
  assert.ok(Math.abs(flat[0].angle - Math.atan2(20, 100)) < 1e-9);
  const steep = hanGlyphs(Array.from("钟楼街"), [[0, 100], [5, 0]], 16);
  assert.ok(Math.abs(steep[0].angle) < 0.1);
  assert.ok(steep[0].y < steep[1].y && steep[1].y < steep[2].y);
});

test("a name is not repeated within 420 px, and keeps off what is taken", () => {
  const street = (y) => ({ name: "Turmstraße", rank: 3, points: [[50, y], [250, y]] });
  const taken = new Taken(FRAME);
  assert.equal(placeStreetNames([street(100), street(140)], taken, measure).length, 1);
  const full = new Taken(FRAME);
  full.take([0, 0, 1000, 800]);
  assert.equal(placeStreetNames([street(100)], full, measure).length, 0);
});

test("main streets are named before side streets", () => {
  const main = { name: "Ring", rank: 1, points: [[100, 300], [160, 300]] };
  const side = { name: "Gasse", rank: 4, points: [[100, 302], [170, 302]] };
  assert.deepEqual(placeStreetNames([side, main], new Taken(FRAME), measure).map((label) => label.name), ["Ring"]);
});
