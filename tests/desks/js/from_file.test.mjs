/* Shapes of a brought file, and choices that are kept one after the other. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Choices } from "../from_file/choices.js";
import { boxOf, ringsOf } from "../from_file/shapes.js";

test("rings are read step by step from the origin", () => {
  const rings = ringsOf([[0, 0, 1000000, 0, 0, 500000]], [114, 30]);
  assert.deepEqual(rings, [[[30, 114], [30, 115], [30.5, 115]]]);
  assert.deepEqual(boxOf(rings), [[30, 114], [30.5, 115]]);
  assert.deepEqual(ringsOf([], [114, 30]), []);
  assert.equal(boxOf([]), null);
});

function server(answers) {
  const asked = [];
  globalThis.FormData = class extends Map { append(name, value) { this.set(name, value); } };
  globalThis.fetch = async (address, { body }) => {
    asked.push(body.get("key"));
    const answer = answers.shift();
    if (!answer) throw new TypeError("no line");
    return answer;
  };
  return asked;
}

const page = (html) => ({ ok: true, redirected: false, text: async () => html });

test("choices arrive in order, and only the last answer is drawn", async () => {
  const asked = server([page("one"), page("two"), page("three")]);
  const drawn = [];
  const choices = new Choices({ address: "/", csrf: "", onPart: (html) => drawn.push(html), onTrouble: () => drawn.push("trouble") });
  await Promise.all(["a", "b", "c"].map((key) => choices.send({ key })));
  assert.deepEqual(asked, ["a", "b", "c"]);
  assert.deepEqual(drawn, ["three"]);
});

test("a line that is down, or the page to sign in, is told", async () => {
  server([undefined, { ...page("log in"), redirected: true }, page("good")]);
  const drawn = [];
  const choices = new Choices({ address: "/", csrf: "", onPart: (html) => drawn.push(html), onTrouble: () => drawn.push("trouble") });
  await choices.send({ key: "a" });
  await choices.send({ key: "b" });
  await choices.send({ key: "c" });
  assert.deepEqual(drawn, ["trouble", "trouble", "good"]);
});
