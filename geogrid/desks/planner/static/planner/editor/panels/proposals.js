/* Proposals: ask for balanced alternatives, look at them on the map and as a table, accept all of one
   or move by move, or none. Asked community by community, so that the desk never waits. */

import { say, sayCount } from "../../../geogrid/js/words.js";
import { asked } from "../asked.js";
import { ProposalCanvas } from "../proposal_canvas.js";
import { chunked, involved, merged } from "../proposal_runs.js";
import { button } from "../strip.js";
import { proposalForm } from "./proposal_form.js";
import { wayCard } from "./proposal_ways.js";

const MOST_STEPS = 400; // in one command, as the server has it
const NOTHING = "territory.nothing_to_balance";

export function addProposals(desk, panel) {
  new Proposals(desk, panel).start();
}

class Proposals {
  constructor(desk, panel) {
    Object.assign(this, { desk, panel });
    this.canvas = new ProposalCanvas({ desk, palette: desk.palette, pane: "geogrid-draft" }).addTo(desk.map);
    this.answers = [];
    this.ways = [];
    this.open = null; // name of the way whose steps are listed
    this.stale = false;
    this.sending = new Map(); // command_id -> {steps, settle}
    this.results = document.createElement("div");
    this.news = document.createElement("p");
    this.news.className = "errortext";
    this.news.setAttribute("role", "status");
  }

  async start() {
    this.panel.classList.add("proposals");
    const { desk } = this;
    try {
      const { units, range } = await asked(desk, desk.config.urls.proposals);
      this.form = proposalForm(desk, units, range, (wish) => this.ask(wish), () => this.stop());
      const title = document.createElement("h2");
      title.textContent = say("Balanced proposals");
      this.panel.replaceChildren(title, this.form.element, this.news, this.results);
    } catch (error) {
      this.panel.replaceChildren(this.news);
      this.news.textContent = error.message;
      return;
    }
    desk.on("changed", (touched) => this._watch(touched));
    desk.draft.on("landed", ({ entry }) => this._settled(entry, null));
    for (const event of ["refused", "conflict"]) desk.draft.on(event, ({ entry, error }) => this._settled(entry, error?.message || say("The command was not taken.")));
    desk.draft.on("state", () => this._held());
    document.querySelector(".paneltabs").addEventListener("shown", ({ target }) => {
      this.canvas.show(target.id === "tab-proposals" ? this._shown() : null);
    });
  }

  // ---- Asking

  async ask(wish) {
    this.stop();
    const aborter = this.aborter = new AbortController();
    this._forget();
    this.wish = wish;
    const found = [];
    let left = 0;
    for (const [n, part] of wish.parts.entries()) {
      this.form.progress(n, wish.parts.length, part.name);
      try {
        found.push(await asked(this.desk, this.desk.config.urls.proposals, { ...wish.body, ...part.body }, { signal: aborter.signal }));
      } catch (error) {
        if (aborter.signal.aborted) break;
        if (error.code !== NOTHING || wish.parts.length === 1) {
          this.news.textContent = `${part.name}: ${error.message}`;
          if (error.code === "later") break;
        }
        left += 1;
      }
    }
    if (this.aborter !== aborter) return;
    this.aborter = null;
    this.form.progress(null);
    this.answers = found;
    const { ways } = merged(found);
    this.ways = ways;
    this.open = null;
    this.shown = ways[0]?.name ?? null;
    this._draw();
    const said = found.length ? sayCount("%(count)s alternative.", "%(count)s alternatives.", ways.length) : say("No alternative.");
    this.desk.announce(left && wish.parts.length > 1 ? `${said} ${sayCount("%(count)s community was left as it is.", "%(count)s communities were left as they are.", left)}` : said);
  }

  /** What was found until then is shown. */
  stop() {
    this.aborter?.abort();
  }

  _forget() {
    Object.assign(this, { answers: [], ways: [], open: null, shown: null, stale: false });
    this.news.textContent = "";
    this._draw();
  }

  // ---- Showing

  _shown() {
    return this.stale ? null : this.ways.find(({ name }) => name === this.shown) ?? null;
  }

  _draw() {
    const held = this.results.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.canvas.show(this._shown());
    if (!this.answers.length) return void this.results.replaceChildren();
    const parts = [];
    if (this.stale) parts.push(this._staleNote());
    if (!this.ways.length) parts.push(this._nothingBetter());
    const list = document.createElement("ul");
    list.className = "ways";
    list.append(...this.ways.map((way) => wayCard(this.desk, way, {
      shown: way.name === this.shown,
      open: way.name === this.open,
      usable: this.desk.editable && !this.stale && !this.busy && !this._underWay(),
      onShow: () => this._choose(way.name),
      onOpen: () => this._choose(way.name, this.open === way.name ? null : way.name),
      onLight: (number) => this.canvas.light(number),
      onStep: (step) => this.accept([step]),
      onAll: () => this.acceptAll(way),
    })));
    parts.push(list);
    if (this.ways.length) parts.push(button(say("Reject all of them"), () => this._reject(), { kind: "plain", name: "reject" }));
    this.results.replaceChildren(...parts);
    if (held) this.results.querySelector(`[data-key="${held}"]`)?.focus({ preventScroll: true });
  }

  _choose(name, open = this.open) {
    this.shown = name;
    this.open = open;
    this._draw();
  }

  _reject() {
    this._forget();
    this.desk.announce(say("Proposals put away; the draft is as it was."));
    this.form.focus();
  }

  _staleNote() {
    const note = document.createElement("div");
    note.className = "note";
    note.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.textContent = say("The draft has changed since these were made.");
    note.append(words, button(say("Propose again"), () => this.ask(this.wish), { kind: "soft", name: "again" }));
    return note;
  }

  /** Nothing to do is good news, and where there is something is one press away. */
  _nothingBetter() {
    const grids = this.answers.reduce((sum, { now }) => sum + now.grids, 0);
    const within = this.answers.reduce((sum, { now }) => sum + now.within, 0);
    const good = grids === within;
    const box = document.createElement("div");
    box.className = good ? "empty good" : "empty";
    const title = document.createElement("strong");
    title.textContent = good ? sayCount("The %(count)s grid here is in range already.", "All %(count)s grids here are in range already.", grids) : say("Nothing better was found.");
    const why = document.createElement("p");
    box.append(title, why);
    const worst = good && this.form.worst();
    why.textContent = !good ? say("The blocks allow no division that is nearer to the range. Try another range, or keep less.")
      : worst ? sayCount("In %(name)s %(count)s grid is out of range.", "In %(name)s %(count)s grids are out of range.", worst.count, { name: worst.name })
        : say("Nothing has to be changed.");
    if (worst) {
      box.append(button(say("Propose for %(name)s", { name: worst.name }), () => {
        worst.choose();
        this.form.element.requestSubmit();
      }, { kind: "soft", name: "elsewhere" }));
    }
    return box;
  }

  // ---- Accepting

  /** One step as the command it is; the next one when it has landed. */
  accept([step]) {
    if (this.busy || this._underWay() || step.waits || step.done) return;
    this._send({ verb: step.verb, arguments: step.arguments }, [step]);
    this._held();
    this._draw();
  }

  _underWay() {
    return [...this.sending.values()].some(({ waits }) => !waits);
  }

  /** Without network what was accepted waits in the line of one's own changes, and the panel goes on. */
  _held() {
    if (["saved", "saving"].includes(this.desk.draft.outbox.state.name)) return;
    for (const sent of this.sending.values()) {
      if (sent.waits) continue;
      sent.waits = true;
      for (const step of sent.steps) Object.assign(step, { busy: false, waits: true });
      this.news.textContent = say("This waits for the network and is sent as soon as it is back.");
      sent.settle(this.news.textContent);
      this._draw();
    }
  }

  /** What is left of a way as one command; a whole city community by community. */
  async acceptAll(way) {
    this.busy = true;
    this.news.textContent = say("Putting the steps together…");
    this._draw();
    try {
      for (const steps of chunked(way.steps.filter(({ done, waits }) => !done && !waits), MOST_STEPS)) {
        const told = steps.map(({ verb, arguments: said }) => ({ verb, arguments: said }));
        const command = await asked(this.desk, this.desk.config.urls.proposals_composed, { steps: told });
        const refused = await this._send({ verb: command.verb, arguments: command.arguments }, steps);
        if (refused) throw new Error(refused);
      }
      this.news.textContent = "";
    } catch (error) {
      this.news.textContent = error.message;
      if (error.code === "territory.proposal_outdated") this.stale = true;
    }
    this.busy = false;
    if (way.steps.every(({ done }) => done)) this._done();
    else this._draw();
  }

  /** -> a promise of null, or of why it was not taken. */
  _send(command, steps) {
    return new Promise((settle) => {
      const id = this.desk.carryOut(command);
      if (id === null) settle(say("The command was not taken."));
      else this.sending.set(id, { steps, settle });
      if (id !== null) for (const step of steps) step.busy = true;
      this._held();
    });
  }

  _settled({ command_id: id }, refused) {
    const sent = this.sending.get(id);
    if (!sent) return;
    this.sending.delete(id);
    for (const step of sent.steps) Object.assign(step, { done: !refused, refused, busy: false, waits: false });
    sent.settle(refused);
    if (sent.waits) this.news.textContent = "";
    if (this.busy) return;
    if (!refused && this.ways.some((way) => way.steps.length && way.steps.every(({ done }) => done))) this._done();
    else this._afterStep(sent.steps, refused);
  }

  /** The other ways began from what is no more; only the one at hand goes on. */
  _afterStep(steps, refused) {
    if (!refused) this.ways = this.ways.filter((way) => way.steps.includes(steps[0]));
    this._draw();
    const words = refused ? refused : say("Step %(number)s is done.", { number: steps[0].number });
    this.desk.announce(words);
    if (!refused) this.results.querySelector("[data-step]:not([aria-disabled])")?.focus();
  }

  _done() {
    this._forget();
    this.desk.announce(say("The proposal is in the draft. Undo takes it back."));
    this.form.focus();
  }

  _watch({ shapes, made, ended }) {
    if (!this.answers.length || this.stale || this.sending.size) return;
    const about = involved(this.answers);
    if (![...shapes, ...made, ...ended].some((lineage) => about.has(lineage))) return;
    this.stale = true;
    this._draw();
  }
}
