/* One's own commands on their way to the server: one after another, kept until it has answered, sent
   again under the same number when the line broke. Nothing is lost without being said.

   new Outbox({draft, page, urls, csrf, revision, fetch, storage, clock, uuid})
       draft: a name per plan and user; page: a name per page load; urls: {commands, undo, redo, changes,
       history}; revision: of the loaded grids; storage: localStorage or the like;
       clock: {now, setTimeout, clearTimeout}; uuid: () -> text
   .start() -> entries taken over from an earlier page, which are sent; .release() on pagehide; .stop()
   .send({verb, arguments}, {unlock, meets, change}) -> command_id    change, meets: see Pending, meetsOf
   .undo() / .redo() -> command_id, or null when a command that never left was taken back / put in again
   .refresh()      ask what others changed      .online()   the network is back: try now
   .resume(csrf)   signed in again, or the plan is a draft again
   .reapply(id) -> new command_id   .discard(id)   a parked command; .cancel(id) -> boolean, one never sent
   .takenBack      how many redo() puts in again
   .waiting, .parked -> entries     .state -> {name, waiting, parked, kept, retryInMs}
       saved | saving | offline | signed_out | closed; kept: false when the browser keeps nothing
   .on(event, handler) -> off()
       state (state)             landed ({entry, answer, news})   news false: the mesh has it already
       changes (answer)          refused ({entry, error})         conflict ({entry, error})  now parked
       cancelled ({entry})       restored ({entries, parked})     unkept ({entry})
   An entry: {command_id, verb, arguments, unlock, meets, change, at, seen, own, sent, error?}; seen: the
   revision it was drawn on, own: what one's own commands before it made since. conflict also tells of
   commands put aside because something between here and the server will not take them: no error.code. */

import { foreignGrids, isNews } from "./answers.js";
import { Asking } from "./asking.js";
import { Events } from "./events.js";
import { Kept } from "./kept.js";

const BACKOFF_MS = [1000, 2000, 5000, 15000];
const STILL_HERE_MS = 5000;
const STRANGE_REPLIES = 3; // refusals in nobody's words, before a command is put aside
const BACK = { undo_latest: "undo", redo_latest: "redo" };

export class Outbox {
  constructor({ draft, page, urls, csrf = "", revision, fetch, storage, clock, uuid }) {
    Object.assign(this, { urls, revision, clock, uuid });
    this.asking = new Asking({ fetch, clock, csrf });
    this.waiting = [];
    this.parked = [];
    this.kept = new Kept({ storage, draft, page, clock });
    this._isKept = true;
    this._takenBack = []; // commands taken back before they left, the latest last
    this._events = new Events(clock);
    this._failures = 0;
    this._retry = null;
    this._paused = null; // signed_out | closed
    this._busy = false;
    this._wanted = false; // others' changes are to be asked for
    this._told = "";
  }

  start() {
    this._adopt();
    this._beat = () => {
      if (this.waiting.length || this.parked.length) this.kept.stillHere();
      this._adopt();
      this._pulse = this.clock.setTimeout(this._beat, STILL_HERE_MS);
    };
    this._pulse = this.clock.setTimeout(this._beat, STILL_HERE_MS);
    return this.waiting.slice();
  }

  /** The page goes (pagehide): whoever comes next may take over. It may come back, too. */
  release() {
    this.kept.release();
  }

  stop() {
    this.clock.clearTimeout(this._pulse);
    this.clock.clearTimeout(this._retry);
    this._stopped = true;
    this.kept.release();
  }

  on(event, handler) {
    return this._events.on(event, handler);
  }

  get state() {
    const name = this._paused ?? (this._failures ? "offline" : this.waiting.length ? "saving" : "saved");
    const retryInMs = this._retry === null ? null : Math.max(0, this._retryAt - this.clock.now());
    return { name, waiting: this.waiting.length, parked: this.parked.length, kept: this._isKept, retryInMs };
  }

  /** How many commands that never left can be put in again. */
  get takenBack() {
    return this._takenBack.length;
  }

  // ---- What the planner does ----

  send({ verb, arguments: told }, { unlock = "", meets = null, change = null } = {}) {
    this._takenBack = [];
    return this._queue({ verb, arguments: told, unlock, meets, change });
  }

  undo() {
    const last = this.waiting[this.waiting.length - 1];
    if (last && !last.sent && !BACK[last.verb] && this.cancel(last.command_id)) {
      this._takenBack.push(last);
      return null;
    }
    return this._queue({ verb: "undo_latest", arguments: {} });
  }

  redo() {
    const last = this._takenBack.pop();
    if (last) {
      this._queue(last);
      return null;
    }
    return this._queue({ verb: "redo_latest", arguments: {} });
  }

  cancel(commandId) {
    const entry = this.waiting.find((one) => one.command_id === commandId && !one.sent);
    if (!entry) return false;
    this.waiting = this.waiting.filter((one) => one !== entry);
    this._write();
    this._events.tell("cancelled", { entry });
    this._tellState();
    return true;
  }

  reapply(commandId) {
    const entry = this.parked.find((one) => one.command_id === commandId);
    if (!entry) return null;
    this.parked = this.parked.filter((one) => one !== entry);
    return this._queue(entry);
  }

  discard(commandId) {
    this.parked = this.parked.filter((one) => one.command_id !== commandId);
    this._write();
    this._tellState();
  }

  refresh() {
    this._wanted = true;
    return this._run();
  }

  online() {
    this.clock.clearTimeout(this._retry);
    this._retry = null;
    return this._run();
  }

  resume(csrf = this.asking.csrf) {
    this.asking.csrf = csrf;
    this._paused = null;
    return this.online();
  }

  _queue({ verb, arguments: told, unlock = "", meets = null, change = null }) {
    const drawn = { verb, arguments: told, unlock, meets, change, at: this.clock.now() };
    const entry = { command_id: this.uuid(), ...drawn, seen: this.revision, own: [], sent: false };
    this.waiting.push(entry);
    this._write(entry);
    this._tellState();
    this._run();
    return entry.command_id;
  }

  // ---- The line ----

  async _run() {
    if (this._busy || this._paused || this._retry !== null || this._stopped) return;
    this._busy = true;
    try {
      while (!this._paused && this._retry === null && !this._stopped) {
        if (this._wanted) await this._askChanges();
        else if (this.waiting.length) await this._sendNext(this.waiting[0]);
        else break;
      }
    } finally {
      this._busy = false;
    }
    this._tellState();
  }

  async _sendNext(entry) {
    if (!(await this._rebased(entry)) || this.waiting[0] !== entry || this._stopped) return;
    if (!entry.sent) {
      entry.sent = true;
      this._write(entry);
    }
    const { command_id, verb, arguments: told, unlock, seen } = entry;
    const back = BACK[verb];
    const body = back ? { command_id, base_revision: seen } : { verb, arguments: told, command_id, base_revision: seen, unlock };
    const { outcome, answer, error } = await this.asking.post(back ? this.urls[back] : this.urls.commands, body);
    if (this._stopped) return;
    const strange = isStrange(outcome, error) && (entry.strange = (entry.strange ?? 0) + 1) >= STRANGE_REPLIES;
    if (!strange && this._interrupted(outcome, error)) return;
    this.waiting = this.waiting.filter((one) => one !== entry);
    if (outcome === "landed") this._land(entry, answer);
    else if (outcome === "conflict" || strange) this._park(entry, error);
    else this._refuse(entry, error);
  }

  /** Say which revision a command was drawn on. One drawn upon own commands that have landed since was
      drawn on what these made, as long as nobody else changed the grids it meets. */
  async _rebased(entry) {
    const own = new Set(entry.own.filter((revision) => revision > entry.seen));
    if (!own.size || entry.sent || entry.behind) return true;
    let foreign = new Set();
    if (own.size < this.revision - entry.seen && !BACK[entry.verb]) {
      const { outcome, answer, error } = await this.asking.list(this.urls.history);
      if (this._interrupted(outcome, error)) return false;
      foreign = outcome === "landed" ? foreignGrids(answer, entry.seen, this.revision, own) : null;
    }
    if (foreign && (!foreign.size || entry.meets?.every((lineage) => !foreign.has(lineage)))) entry.seen = this.revision;
    else entry.behind = true; // the server decides
    return true;
  }

  _land(entry, answer) {
    for (const later of this.waiting) later.own.push(answer.revision);
    this._write();
    const news = isNews(answer, this.revision);
    if (news) this.revision = answer.revision;
    this._failures = 0;
    this._events.tell("landed", { entry, answer, news });
  }

  _park(entry, error) {
    this.parked.push({ ...entry, error });
    this._wanted = true;
    this._write(entry);
    this._events.tell("conflict", { entry, error });
  }

  _refuse(entry, error) {
    this._write();
    this._events.tell("refused", { entry, error });
  }

  async _askChanges() {
    this._wanted = false;
    const { outcome, answer, error } = await this.asking.get(`${this.urls.changes}?since=${this.revision}`);
    if (this._interrupted(outcome, error)) {
      this._wanted = true;
      return;
    }
    if (outcome !== "landed" || !isNews(answer, this.revision)) return;
    this.revision = answer.revision;
    this._events.tell("changes", answer);
  }

  /** Whether the line is down: then everything waits, and nothing has happened. */
  _interrupted(outcome, error) {
    if (outcome === "later") {
      const wait = BACKOFF_MS[Math.min(this._failures, BACKOFF_MS.length - 1)];
      this._failures += 1;
      this._retryAt = this.clock.now() + wait;
      this._retry = this.clock.setTimeout(() => this.online(), wait);
    } else {
      this._failures = 0;
      if (outcome === "signed_out" || outcome === "closed") this._paused = outcome;
    }
    const down = outcome === "later" || this._paused !== null;
    if (down) this._lastError = error;
    this._tellState();
    return down;
  }

  // ---- Keeping and telling ----

  _adopt() {
    const left = this.kept.takeOver();
    if (!left.keys) return;
    const known = new Set(this.waiting.map((entry) => entry.command_id));
    const entries = left.commands.filter((entry) => !known.has(entry.command_id)).sort((one, other) => one.at - other.at);
    this.waiting.push(...entries);
    this.parked.push(...left.parked);
    if (this._write()) this.kept.forget(left.keys);
    this._events.tell("restored", { entries, parked: left.parked });
    this._tellState();
    this._run();
  }

  _write(entry = null) {
    this._isKept = this.kept.write(this.waiting, this.parked);
    if (!this._isKept) this._events.tell("unkept", { entry });
    return this._isKept;
  }

  _tellState() {
    const state = this.state;
    const said = JSON.stringify({ ...state, retryInMs: state.retryInMs !== null && this._failures });
    if (said === this._told) return;
    this._told = said;
    this._events.tell("state", state);
  }
}

/** A refusal without our own words: from something between here and the server, or a fault of ours. */
function isStrange(outcome, error) {
  return outcome === "later" && error.status >= 400 && error.status < 500 && ![408, 425, 429].includes(error.status);
}
