/* One question to the server, and what came of it. Never throws: a line that is down is an answer too.

   new Asking({fetch, clock, csrf}) .get(url) .post(url, body) .list(url)   -> {outcome, answer?, error?}
       see answers.js; list: the answer is a list, not an edit's answer.   .csrf may be replaced */

import { readReply } from "./answers.js";

const HUNG_AFTER_MS = 30000;

export class Asking {
  constructor({ fetch, clock, csrf }) {
    Object.assign(this, { fetch, clock, csrf });
  }

  get(url) {
    return this._ask(url, { method: "GET", headers: { Accept: "application/json" } }, readReply);
  }

  list(url) {
    const read = (status, body) => (status === 200 && Array.isArray(body) ? { outcome: "landed", answer: body } : readReply(status, body));
    return this._ask(url, { method: "GET", headers: { Accept: "application/json" } }, read);
  }

  post(url, body) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.csrf };
    return this._ask(url, { method: "POST", headers, body: JSON.stringify(body) }, readReply);
  }

  async _ask(url, request, read) {
    const aborter = new AbortController();
    const hung = this.clock.setTimeout(() => aborter.abort(), HUNG_AFTER_MS);
    try {
      const reply = await this.fetch(url, { credentials: "same-origin", signal: aborter.signal, ...request });
      return read(reply.status, await reply.json().catch(() => undefined));
    } catch {
      return { outcome: "later", error: { status: 0, code: "", message: "", data: {} } };
    } finally {
      this.clock.clearTimeout(hung);
    }
  }
}
