/* One choice after the other, the answer drawn when nothing newer is on its way.

     new Choices({address, csrf, part, onPart, onTrouble}).send({key, owner}) */

export class Choices {
  constructor({ address, csrf, onPart, onTrouble }) {
    Object.assign(this, { address, csrf, onPart, onTrouble, line: Promise.resolve(), waiting: 0 });
  }

  /** Choices are kept one at a time and in order, or the later one could be overwritten. */
  send(fields) {
    this.waiting += 1;
    this.line = this.line.then(() => this._send(fields));
    return this.line;
  }

  async _send(fields) {
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...fields, part: "results" })) body.append(name, value);
    let html = null;
    try {
      const answer = await fetch(this.address, {
        method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": this.csrf },
      });
      // A session that ended answers with the page to sign in.
      if (answer.ok && !answer.redirected) html = await answer.text();
    } catch {
      html = null;
    }
    this.waiting -= 1;
    if (html === null) this.onTrouble(fields);
    else if (!this.waiting) this.onPart(html);
  }
}
