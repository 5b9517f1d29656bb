import assert from "node:assert/strict";
import { test } from "node:test";

import { beside } from "../editor/placing.js";

const FRAME = { x: 792, y: 700 };
const BOX = { x: 320, y: 168 };
const STRIP = [16, 16, 334, 58];
const meet = ([left, top], [west, north, east, south]) => left < east && left + BOX.x > west && top < south && top + BOX.y > north;

test("a box stands beside what it is about", () => {
  for (const about of [[440, 275, 535, 430], [20, 90, 300, 300], [300, 20, 500, 200], [60, 300, 740, 420]]) {
    const at = beside(FRAME, BOX, about, [STRIP]);
    assert.ok(!meet(at, about), `${at} hides ${about}`);
    assert.ok(!meet(at, STRIP), `${at} hides the strip`);
  }
});

test("about something as large as the map it leaves free what is to be read", () => {
  const about = [210, 150, 580, 575];
  const at = beside(FRAME, BOX, about, [STRIP]);
  assert.ok(!meet(at, STRIP));
  assert.ok(at[0] >= 12 && at[1] >= 12 && at[0] + BOX.x <= 780 && at[1] + BOX.y <= 688);
});

test("on a phone it goes above or below", () => {
  const about = [100, 100, 250, 220];
  const [left, top] = beside({ x: 360, y: 420 }, { x: 336, y: 150 }, about);
  assert.ok(left === 12 && top >= 220);
});
