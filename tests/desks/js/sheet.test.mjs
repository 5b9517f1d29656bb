import assert from "node:assert/strict";
import { test } from "node:test";

import { restingStop } from "../js/sheet.js";

test("a sheet let go rests at the nearest stop", () => {
  assert.equal(restingStop(30, 0), 25);
  assert.equal(restingStop(50, 0), 57);
  assert.equal(restingStop(80, 0), 92);
});

test("a flick goes on in its direction, and no further than there are stops", () => {
  assert.equal(restingStop(60, -1), 92);
  assert.equal(restingStop(55, 1), 25);
  assert.equal(restingStop(20, 1), 25);
  assert.equal(restingStop(92, -1), 92);
});
