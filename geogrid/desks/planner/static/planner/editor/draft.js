/* The draft as this page knows it: the mesh, one's own commands on their way, and what the server
   says to them. The rest of the desk asks for a command and hears what became of it.

   new Draft({mesh, config})   .start()
   .carryOut(command, {change, unlock}) -> command_id    drawn at once, as far as it can be
   .undo() .redo() .refresh()   .outbox  .pending  .error(code)
   .on(event, handler): "changed" ({shapes, attributes, made, ended}: Sets of lineages), "refused",
       "conflict", "landed" ({entry, error | answer}), "state" (the outbox's), "restored" (entries),
       "news" (the answer that told what others changed), "cancelled" ({entry}) one that was never sent */

import { meetsOf } from "./meets.js";
import { Outbox } from "./outbox.js";
import { Pending } from "./pending.js";

const ASK_EVERY_MS = 4000;

export class Draft {
  constructor({ mesh, config }) {
    this.mesh = mesh;
    this.pending = new Pending(mesh);
    this._handlers = new Map();
    this.outbox = new Outbox({
      draft: `${config.area}/${config.number}/${config.user}`,
      page: uuid(),
      urls: config.urls,
      csrf: config.csrf,
      revision: mesh.revision,
      fetch: (...asked) => window.fetch(...asked),
      storage: storage(),
      clock: {
        now: () => Date.now(),
        setTimeout: (...told) => window.setTimeout(...told),
        clearTimeout: (timer) => window.clearTimeout(timer),
      },
      uuid,
    });
    this.outbox.on("landed", (told) => this._landed(told));
    this.outbox.on("changes", (answer) => {
      this._say("changed", this.pending.settle(null, answer));
      this._say("news", answer);
    });
    this.outbox.on("refused", (told) => this._back(told, "refused"));
    this.outbox.on("conflict", (told) => this._back(told, "conflict"));
    this.outbox.on("cancelled", (told) => this._back(told, "cancelled"));
    this.outbox.on("state", (state) => this._say("state", state));
    this.outbox.on("restored", (told) => this._restored(told));
  }

  start() {
    this.outbox.start();
    this._say("state", this.outbox.state);
    window.addEventListener("online", () => this.outbox.online());
    window.addEventListener("pagehide", () => this.outbox.release());
    const ask = () => document.visibilityState === "visible" && this.outbox.refresh();
    document.addEventListener("visibilitychange", ask);
    window.setInterval(ask, ASK_EVERY_MS);
  }

  carryOut(command, { change = null, unlock = "" } = {}) {
    const meets = meetsOf(this.mesh, command);
    const commandId = this.outbox.send(command, { unlock, meets, change });
    if (change) this._shapes(this.pending.show(commandId, change));
    return commandId;
  }

  undo() {
    return this.outbox.undo();
  }

  /** A command that never left is put in again, and shown again. */
  redo() {
    const before = new Set(this.outbox.waiting.map((entry) => entry.command_id));
    const told = this.outbox.redo();
    for (const entry of this.outbox.waiting) {
      if (!before.has(entry.command_id) && entry.change) this._shapes(this.pending.show(entry.command_id, entry.change));
    }
    return told;
  }

  refresh() {
    return this.outbox.refresh();
  }

  /** Draw a parked command again, upon what the others made. */
  reapply(commandId) {
    const entry = this.outbox.parked.find((one) => one.command_id === commandId);
    const again = this.outbox.reapply(commandId);
    if (again && entry?.change) this._shapes(this.pending.show(again, entry.change));
    return again;
  }

  on(event, handler) {
    if (!this._handlers.has(event)) this._handlers.set(event, new Set());
    this._handlers.get(event).add(handler);
  }

  _landed({ entry, answer, news }) {
    const touched = news ? this.pending.settle(entry.command_id, answer) : this._touched(this.pending.drop(entry.command_id));
    this._say("changed", touched);
    this._say("landed", { entry, answer });
  }

  _back(told, event) {
    this._shapes(this.pending.drop(told.entry.command_id));
    this._say(event, told);
  }

  _restored({ entries, parked }) {
    for (const { command_id: commandId, change } of entries) {
      if (change && !this.pending.has(commandId)) this._shapes(this.pending.show(commandId, change));
    }
    this._say("restored", { entries, parked });
  }

  _shapes(shapes) {
    if (shapes.size) this._say("changed", this._touched(shapes));
  }

  _touched(shapes) {
    return { shapes, attributes: new Set(), made: new Set(), ended: new Set() };
  }

  _say(event, told) {
    for (const handler of this._handlers.get(event) ?? []) handler(told);
  }
}

/** Pages on plain http have no crypto.randomUUID. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Browsers that forbid storage throw as soon as it is named. */
function storage() {
  try {
    return window.localStorage;
  } catch {
    return { length: 0, key: () => null, getItem: () => null, setItem: () => { throw new Error("forbidden"); }, removeItem: () => {} };
  }
}
