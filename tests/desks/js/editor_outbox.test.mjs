import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox } from "../editor/outbox.js";
import { Clock, Server, Storage, quiet } from "./editor_server.mjs";
import { chance } from "./editor_town.mjs";

const URLS = { commands: "commands", undo: "undo", redo: "redo", changes: "changes", history: "history" };
let number = 0;

function desk({ server = new Server(), storage = new Storage(), clock = new Clock(), by = "li", page = `page${++number}` } = {}) {
  const outbox = new Outbox({
    draft: `town/1/${by}`, page, urls: URLS, csrf: "key", revision: server.revision,
    fetch: server.fetch(by), storage, clock, uuid: () => `id${++number}`,
  });
  const told = [];
  for (const event of ["landed", "refused", "conflict", "changes", "cancelled", "restored", "unkept", "state"]) {
    outbox.on(event, (what) => told.push([event, what]));
  }
  const of = (event) => told.filter(([name]) => name === event).map(([, what]) => what);
  const draw = (grids, more = {}) => outbox.send({ verb: more.verb ?? "split", arguments: { grids } }, { meets: grids, ...more });
  return { server, storage, clock, outbox, told, of, draw };
}

test("commands are sent one after another, each on what the last one made", async () => {
  const { server, outbox, of, draw, clock } = desk();
  const ids = [draw(["a"]), draw(["a"]), draw(["a", "b"])];
  assert.equal(outbox.state.name, "saving");
  await clock.pass(0);
  assert.deepEqual(server.edits.map((edit) => edit.command_id), ids);
  assert.deepEqual(server.asked.map(({ body }) => body.base_revision), [0, 1, 2]);
  assert.deepEqual(server.asked.map(({ csrf }) => csrf), ["key", "key", "key"]);
  assert.deepEqual(of("landed").map(({ entry }) => entry.command_id), ids);
  assert.equal(outbox.state.name, "saved");
  assert.equal(outbox.revision, 3);
});

test("a broken line is tried again after 1, 2, 5, 15 and 15 seconds with the same number", async () => {
  const { server, outbox, clock, draw } = desk();
  server.faults = ["lost", "lost", "lost", "lost", "lost", "lost"];
  const id = draw(["a"]);
  const waits = [];
  let last = clock.now();
  for (let i = 0; i < 6; i++) {
    await quiet();
    assert.equal(outbox.state.name, "offline");
    waits.push(outbox.state.retryInMs);
    await clock.pass(outbox.state.retryInMs);
    last = clock.now();
  }
  assert.deepEqual(waits, [1000, 2000, 5000, 15000, 15000, 15000]);
  assert.equal(last - 1000000, 53000);
  assert.deepEqual(new Set(server.asked.map(({ body }) => body.command_id)), new Set([id]));
  assert.equal(server.edits.length, 1);
  assert.equal(outbox.state.name, "saved");
});

test("the network's return is not waited out", async () => {
  const { server, outbox, clock, draw } = desk();
  server.faults = ["lost", "lost", "lost"];
  draw(["a"]);
  await clock.pass(3100);
  assert.equal(server.edits.length, 0);
  outbox.online();
  await quiet();
  assert.equal(server.edits.length, 1);
  await clock.pass(60000);
  assert.equal(server.asked.length, 4);
});

test("an answer that was lost does not make the edit twice, nor the next one a conflict", async () => {
  const { server, outbox, of, clock, draw } = desk();
  server.faults = ["unanswered"];
  draw(["a"]);
  draw(["a"]);
  await clock.pass(1000);
  assert.equal(server.edits.length, 2);
  assert.equal(of("conflict").length, 0);
  assert.equal(outbox.revision, 2);
});

test("one's own edits do not stand in the way when somebody else edits elsewhere in between", async () => {
  const { server, of, clock, draw } = desk();
  server.faults = ["lost"];
  draw(["a"]);
  draw(["a"]);
  await quiet();
  server.land("x", "split", "wang", ["z"]);
  await clock.pass(1000);
  assert.equal(of("conflict").length, 0);
  assert.equal(server.edits.length, 3);
  assert.ok(server.asked.some(({ url }) => url === "history"));
});

test("what somebody else changed is never written over: parked, newer shapes asked for, applied again when told", async () => {
  const { server, outbox, of, clock, draw } = desk();
  server.land("x", "split", "wang", ["a"]);
  const id = draw(["a"]);
  const next = draw(["b"]);
  await clock.pass(0);
  assert.deepEqual(of("conflict").map(({ entry }) => entry.command_id), [id]);
  assert.equal(of("conflict")[0].error.data.grids[0].by, "wang");
  assert.equal(of("changes").length, 1);
  assert.deepEqual(server.edits.map((edit) => edit.command_id), ["x", next]);
  assert.equal(outbox.state.parked, 1);
  const again = outbox.reapply(id);
  await clock.pass(0);
  assert.notEqual(again, id);
  assert.equal(server.edits.at(-1).command_id, again);
  assert.equal(outbox.state.parked, 0);
});

test("a command drawn before somebody's change was heard of is still sent as drawn before it", async () => {
  const { server, outbox, of, clock, draw } = desk();
  server.faults = ["lost"];
  draw(["a"]);
  await quiet();
  server.land("x", "redraw", "wang", ["a"]);
  outbox.refresh();
  await clock.pass(1000);
  assert.equal(of("changes").length, 1);
  assert.equal(of("conflict").length, 1);
});

test("a refusal is told in full and dropped; what was drawn after it is the server's to decide", async () => {
  const { server, outbox, of, clock, draw } = desk();
  const id = draw(["a"], { verb: "refused" });
  const next = draw(["a"]);
  await clock.pass(0);
  const [{ entry, error }] = of("refused");
  assert.equal(entry.command_id, id);
  assert.deepEqual([error.status, error.code, error.message], [422, "territory.folds", "territory.folds said plainly"]);
  assert.ok(error.data.where);
  assert.deepEqual(server.edits.map((edit) => edit.command_id), [next]);
  assert.equal(outbox.state.name, "saved");
});

test("unsent commands survive a reload, parked ones and their changes too", async () => {
  const first = desk();
  first.server.land("x", "split", "wang", ["a"]);
  const parked = first.draw(["a"]);
  await first.clock.pass(0);
  first.server.faults = ["lost", "unanswered"];
  const ids = [first.draw(["b"], { change: { kind: "move", moves: [[1, 2, 3, 4]] } }), first.draw(["b"])];
  await first.clock.pass(1500); // sent, but the answer was lost
  first.outbox.stop();

  const second = desk({ ...first, page: "another" });
  const taken = second.outbox.start();
  assert.deepEqual(taken.map((entry) => entry.command_id), ids);
  assert.deepEqual(taken[0].change, { kind: "move", moves: [[1, 2, 3, 4]] });
  assert.deepEqual(second.outbox.parked.map((entry) => entry.command_id), [parked]);
  await second.clock.pass(0);
  assert.deepEqual(first.server.edits.map((edit) => edit.command_id), ["x", ...ids]);
  assert.equal(second.of("conflict").length, 0);
  assert.equal(second.outbox.waiting.length, 0);
  second.outbox.discard(parked);
  assert.equal(first.storage.length, 0);
});

test("two pages of one browser keep their own; a page that crashed is taken over, one that lives is not", async () => {
  const one = desk({ page: "one" });
  one.server.faults = Array(40).fill("lost");
  one.outbox.start();
  one.draw(["a"]);
  await one.clock.pass(100);
  const two = desk({ ...one, page: "two" });
  assert.equal(two.outbox.start().length, 0);
  await one.clock.pass(120000);
  assert.equal(two.of("restored").length, 0);
  one.clock.clearTimeout(one.outbox._pulse); // crashed: says nothing any more
  one.clock.clearTimeout(one.outbox._retry);
  one.server.faults = [];
  await one.clock.pass(90000);
  assert.equal(two.of("restored").length, 1);
  assert.equal(one.server.edits.length, 1);
});

test("a full browser store is told at once, and the command is sent all the same", async () => {
  const { server, outbox, of, clock, draw } = desk({ storage: new Storage(300) });
  draw(["a".repeat(500)]);
  assert.equal(of("unkept").length > 0, true);
  assert.equal(outbox.state.kept, false);
  await clock.pass(0);
  assert.equal(server.edits.length, 1);
  assert.equal(outbox.state.kept, true);
});

test("a browser without a store still sends", async () => {
  const { server, outbox, clock, draw } = desk({ storage: null });
  outbox.start();
  draw(["a"]);
  assert.equal(outbox.state.kept, false);
  await clock.pass(0);
  assert.equal(server.edits.length, 1);
});

test("signed out, everything waits and is sent after signing in", async () => {
  const { server, outbox, clock, draw } = desk();
  server.faults = [{ status: 401, body: { code: "planner.signed_out", message: "", data: {} } }];
  draw(["a"]);
  await clock.pass(60000);
  assert.equal(outbox.state.name, "signed_out");
  assert.equal(server.asked.length, 1);
  outbox.resume("another key");
  await clock.pass(0);
  assert.equal(server.edits.length, 1);
  assert.equal(server.asked.at(-1).csrf, "another key");
});

test("a plan that is no draft any more keeps what was drawn", async () => {
  const { server, outbox, clock, draw } = desk();
  server.closed = true;
  draw(["a"]);
  draw(["b"]);
  await clock.pass(60000);
  assert.deepEqual([outbox.state.name, outbox.state.waiting], ["closed", 2]);
  server.closed = false;
  outbox.resume();
  await clock.pass(0);
  assert.equal(server.edits.length, 2);
});

test("pages in nobody's words are not the server's answer", async () => {
  const { server, of, clock, draw } = desk();
  server.faults = [{ status: 200 }, { status: 302 }, { status: 502 }, { status: 503, body: { detail: "" } }, { status: 429, body: {} }];
  draw(["a"]);
  await clock.pass(60000);
  assert.equal(server.edits.length, 1);
  assert.equal(of("refused").length, 0);
});

test("a command that something in between will not take is put aside, not dropped, and not in the way", async () => {
  const { server, outbox, of, clock, draw } = desk();
  server.faults = Array(3).fill({ status: 400 });
  const id = draw(["a"]);
  const next = draw(["b"]);
  await clock.pass(60000);
  assert.deepEqual(of("conflict").map(({ entry, error }) => [entry.command_id, error.code]), [[id, ""]]);
  assert.deepEqual(server.edits.map((edit) => edit.command_id), [next]);
  assert.equal(outbox.parked.length, 1);
});

test("undo takes back what never left, and asks the server for the rest; redo likewise", async () => {
  const { server, outbox, of, clock, draw } = desk();
  draw(["a"]);
  await clock.pass(0);
  server.faults = ["lost", "lost"];
  const stuck = draw(["b"]);
  const never = draw(["c"]);
  await quiet();
  assert.equal(outbox.undo(), null);
  assert.deepEqual(of("cancelled").map(({ entry }) => entry.command_id), [never]);
  assert.equal(outbox.redo(), null);
  assert.equal(outbox.waiting.length, 2);
  assert.equal(outbox.undo(), null);
  assert.notEqual(outbox.undo(), null); // the other one may have arrived: only the server can tell
  await clock.pass(10000);
  assert.deepEqual(server.edits.map(({ verb, grids }) => [verb, grids[0]]), [["split", "a"], ["split", "b"], ["undo", "b"]]);
  assert.equal(server.edits[1].command_id, stuck);
});

test("a listener that fails does not stop the line", async () => {
  const { server, outbox, clock, draw } = desk();
  outbox.on("landed", () => { throw new Error("the screen's fault"); });
  draw(["a"]);
  draw(["b"]);
  await quiet();
  assert.equal(server.edits.length, 2);
  await assert.rejects(() => clock.pass(1), /the screen's fault/);
});

test("two planners, a bad line and reloads: every command lands once or is told, in the order drawn", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = chance(seed);
    const server = new Server();
    const clock = new Clock();
    const storages = [new Storage(), new Storage()];
    const open = (i) => {
      const one = desk({ server, clock, storage: storages[i], by: `planner${i}` });
      one.outbox.start();
      return one;
    };
    const desks = [open(0), open(1)];
    const drawn = [[], []];
    const told = [new Set(), new Set()];
    const note = (i) => desks[i].told.forEach(([event, what]) => {
      if (["landed", "refused", "conflict"].includes(event)) told[i].add(what.entry.command_id);
    });
    for (let step = 0; step < 40; step++) {
      const i = random() < 0.5 ? 0 : 1;
      const chosen = random();
      if (chosen < 0.55) {
        const grids = ["a", "b", "c", "d", "e", "f"].filter(() => random() < 0.3);
        drawn[i].push(desks[i].draw(grids.length ? grids : ["a"], { verb: random() < 0.1 ? "refused" : "split" }));
      } else if (chosen < 0.65) server.faults.push("lost", random() < 0.5 ? "unanswered" : null);
      else if (chosen < 0.72) server.faults.push({ status: 503 });
      else if (chosen < 0.8) desks[i].outbox.refresh();
      else if (chosen < 0.88) {
        note(i);
        desks[i].outbox.stop();
        await quiet(); // what was on its way arrives, and nobody hears the answer
        desks[i] = open(i);
      } else await clock.pass(Math.floor(random() * 3000));
    }
    server.faults = [];
    await clock.pass(200000);
    for (const i of [0, 1]) {
      note(i);
      assert.equal(desks[i].outbox.waiting.length, 0);
      assert.deepEqual(drawn[i].filter((id) => !told[i].has(id)), [], `seed ${seed}: lost in silence`);
      const landed = server.edits.filter((edit) => edit.by === `planner${i}`).map((edit) => edit.command_id);
      assert.equal(new Set(landed).size, landed.length);
      assert.deepEqual(landed, drawn[i].filter((id) => landed.includes(id)), `seed ${seed}: out of order`);
      for (const { entry } of desks[i].of("conflict")) assert.ok(!landed.includes(entry.command_id));
      assert.equal(desks[i].outbox.revision <= server.revision, true);
    }
    for (const { outbox } of desks) outbox.stop();
  }
});

test("a planner alone never meets a conflict, whatever the line does", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = chance(seed);
    const one = desk();
    let current = one;
    current.outbox.start();
    const conflicts = [];
    for (let step = 0; step < 30; step++) {
      const chosen = random();
      if (chosen < 0.6) current.draw([random() < 0.5 ? "a" : "b"]);
      else if (chosen < 0.75) one.server.faults.push(random() < 0.5 ? "lost" : "unanswered");
      else if (chosen < 0.82) {
        conflicts.push(...current.of("conflict"));
        current.outbox.stop();
        await quiet();
        current = desk({ ...one, page: `reload${seed}-${step}` });
        current.outbox.start();
      } else await one.clock.pass(Math.floor(random() * 4000));
    }
    one.server.faults = [];
    await one.clock.pass(200000);
    conflicts.push(...current.of("conflict"));
    assert.equal(conflicts.length, 0, `seed ${seed}`);
    assert.equal(current.outbox.waiting.length, 0);
    current.outbox.stop();
  }
});
