/* A server for the outbox's tests: knows revisions, conflicts and commands that come twice, but no
   shapes. A command touches the grids its arguments name in `grids`. */

export class Server {
  constructor() {
    this.revision = 0;
    this.edits = []; // {revision, command_id, verb, by, grids}
    this.closed = false;
    this.asked = [];
    this.faults = []; // for the next questions, in turn: "lost", "unanswered", {status, body}, or null
  }

  /** What a browser's fetch would be. */
  fetch(by) {
    return async (url, request) => {
      const fault = this.faults.shift() ?? null;
      this.asked.push({ url, fault, ...(request.body && { body: JSON.parse(request.body) }), csrf: request.headers["X-CSRFToken"] });
      if (fault === "lost") throw new TypeError("Failed to fetch");
      if (fault?.status) return reply(fault.status, fault.body);
      const [status, body] = this.answer(url, request.body ? JSON.parse(request.body) : null, by);
      if (fault === "unanswered") throw new TypeError("Failed to fetch");
      return reply(status, structuredClone(body));
    };
  }

  answer(url, sent, by) {
    if (url.startsWith("changes")) return [200, this.since(Number(url.split("=")[1]), this.revision)];
    if (url === "history") return [200, this.edits.slice().reverse().map(({ revision, grids }) => ({ revision, grids: grids.map((lineage) => ({ lineage })) }))];
    const earlier = this.edits.find((edit) => edit.command_id === sent.command_id);
    if (earlier) return [200, this.since(earlier.base, earlier.revision)];
    if (this.closed) return refusal(409, "territory.not_a_draft");
    if (url === "undo" && !this.edits.some((edit) => edit.by === by && edit.verb !== "undo")) return refusal(409, "territory.nothing_to_undo");
    const grids = url === "undo" ? this.edits.filter((edit) => edit.by === by).at(-1).grids : sent.arguments.grids;
    const later = this.edits.filter((edit) => edit.revision > sent.base_revision && edit.grids.some((one) => grids.includes(one)));
    if (later.length && url !== "undo") return refusal(409, "territory.conflict", { revision: this.revision, grids: later.map(({ by: who }) => ({ by: who })) });
    if (sent.verb === "refused") return refusal(422, "territory.folds", { where: { type: "Point", coordinates: [0, 0] }, grids: [] });
    return [200, this.land(sent.command_id, url === "undo" ? "undo" : sent.verb, by, grids, sent.base_revision)];
  }

  land(commandId, verb, by, grids, base = this.revision) {
    this.revision += 1;
    this.edits.push({ revision: this.revision, command_id: commandId, verb, by, grids, base });
    return this.since(base, this.revision);
  }

  since(from, upto) {
    const grids = new Set(this.edits.filter(({ revision }) => revision > from && revision <= upto).flatMap((edit) => edit.grids));
    return { revision: upto, base_revision: from, changed_grids: [...grids].map((lineage) => ({ lineage })), ended: [] };
  }
}

const refusal = (status, code, data = {}) => [status, { code, message: `${code} said plainly`, data }];

function reply(status, body) {
  return { status, json: async () => (body === undefined ? JSON.parse("<html>") : body) };
}

/** Time that passes when told to. */
export class Clock {
  constructor() {
    this.time = 1000000;
    this.timers = new Map();
    this.number = 0;
    this.now = () => this.time;
    this.setTimeout = (work, ms) => {
      this.timers.set(++this.number, { work, at: this.time + ms });
      return this.number;
    };
    this.clearTimeout = (number) => this.timers.delete(number);
  }

  async pass(ms) {
    const until = this.time + ms;
    for (;;) {
      await quiet();
      const [number, timer] = [...this.timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (!timer) break;
      this.timers.delete(number);
      this.time = timer.at;
      timer.work();
    }
    this.time = until;
    await quiet();
  }
}

/** Until everything that waits for nothing but answers is done. */
export async function quiet() {
  for (let i = 0; i < 4; i++) await new Promise((done) => setImmediate(done));
}

export class Storage {
  constructor(room = Infinity) {
    this.items = new Map();
    this.room = room;
  }

  get length() {
    return this.items.size;
  }

  key(i) {
    return [...this.items.keys()][i] ?? null;
  }

  getItem(key) {
    return this.items.get(key) ?? null;
  }

  setItem(key, text) {
    if (text.length > this.room) throw new Error("QuotaExceededError");
    this.items.set(key, text);
  }

  removeItem(key) {
    this.items.delete(key);
  }
}
