/* What a proposal is asked for: where, which range, how much of today's borders is to stay.

   proposalForm(desk, units, range, onAsk(wish), onStop) ->
       {element, progress(done, of, name), focus(), worst() -> {name, count, choose()} | null}
   wish: {parts: [{name, body}], body}   progress(null): over */

import { say } from "../../../geogrid/js/words.js";
import { inRule } from "../figures.js";
import { outside } from "../proposal_runs.js";
import { button } from "../strip.js";

const KEEP = [0.3, 1, 2, 4, 10];
const keepWords = () => [say("draw anew"), say("rather anew"), say("in between"), say("rather keep"), say("change as little as possible")];

export function proposalForm(desk, units, range, onAsk, onStop) {
  const form = document.createElement("form");
  form.noValidate = true;
  const where = choice(desk, units, range);
  const least = number("least", say("Homes from"), range.least);
  const most = number("most", say("Homes up to"), range.most);
  const pair = document.createElement("div");
  pair.className = "pair";
  pair.append(least.element, most.element);
  const keep = slider();
  const error = document.createElement("p");
  error.className = "errortext";
  error.setAttribute("role", "alert");
  const send = button(say("Propose"), () => {}, { kind: "primary", name: "propose", symbol: "compare" });
  send.type = "submit";
  const run = document.createElement("div");
  run.className = "run";
  run.append(send);
  form.append(where.element, pair, keep.element, error, run);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [from, to] = [least, most].map(({ input }) => Number(input.value));
    const wrong = !(Number.isInteger(from) && Number.isInteger(to) && from > 0 && to >= from);
    error.textContent = wrong ? say("Give two numbers above zero, the smaller one first.") : "";
    if (wrong) return least.input.focus();
    onAsk({ parts: where.parts(), body: { least: from, most: to, keep: keep.value } });
  });
  return { element: form, progress: (done, of, name) => progress(run, send, onStop, done, of, name), focus: () => send.focus({ preventScroll: true }), worst: where.worst };
}

function progress(run, send, onStop, done, of, name) {
  if (done === null) return void run.replaceChildren(send);
  const words = document.createElement("div");
  words.className = "grow";
  const bar = document.createElement("progress");
  bar.max = of;
  if (done || of > 1) bar.value = done;
  bar.setAttribute("aria-label", say("Proposals being made"));
  const said = document.createElement("p");
  said.className = "small muted";
  said.textContent = of > 1 ? say("%(done)s of %(of)s: %(name)s", { done: done + 1, of, name }) : say("Looking for better borders…");
  words.append(said, bar);
  const held = run.contains(document.activeElement);
  const stop = button(say("Stop"), onStop, { name: "stop" });
  run.replaceChildren(words, stop);
  if (held) stop.focus();
}

/** The chosen grid's community first, then its surroundings, all communities, and the whole plan. Without a
    chosen grid the community with most to do. */
function choice(desk, units, range) {
  const { element, add } = field("where", say("Where"));
  const select = document.createElement("select");
  select.className = "select";
  select.id = "field-where";
  add(select);
  const named = (unit) => unit.name || unit.code || say("the whole plan");
  const known = new Map(units.map((unit) => [unit.lineage, unit]));
  const unitOf = (lineage) => {
    for (let one = lineage; one; one = desk.mesh.grids.get(one)?.parent) if (known.has(one)) return known.get(one);
    return known.get(null) ?? null;
  };
  const worst = () => {
    const counts = outside(desk.mesh.leaves().filter(inRule), unitOf, range);
    const unit = units.reduce((most, one) => ((counts.get(one) ?? 0) > (counts.get(most) ?? 0) ? one : most), units[0]);
    return counts.get(unit) ? { name: named(unit), count: counts.get(unit), choose: () => { select.value = `unit:${unit.lineage ?? ""}`; } } : null;
  };
  const fill = () => {
    const before = select.value;
    const { lineage } = desk.selection;
    const unit = lineage && unitOf(lineage);
    const options = [];
    if (unit) options.push(new Option(say("%(name)s, where the chosen grid lies", { name: named(unit) }), `unit:${unit.lineage ?? ""}`));
    if (unit) options.push(new Option(say("%(name)s and its neighbours", { name: desk.nameOf(lineage) }), `near:${lineage}`));
    for (const one of units) if (one !== unit) options.push(new Option(named(one), `unit:${one.lineage ?? ""}`));
    if (units.length > 1) options.push(new Option(say("The whole plan, community by community"), "all"));
    select.replaceChildren(...options);
    if (unit) return;
    if (options.some(({ value }) => value === before)) select.value = before;
    else worst()?.choose();
  };
  fill();
  desk.on("select", fill);
  const part = (unit) => ({ name: named(unit), body: { unit: unit.lineage ?? "" } });
  return {
    element,
    worst,
    parts: () => {
      if (select.value === "all") return units.filter(({ grids }) => grids).map(part);
      const [kind, lineage] = [select.value.slice(0, 4), select.value.slice(5)];
      if (kind === "unit") return [part(known.get(lineage || null))];
      const unit = unitOf(lineage);
      const near = [lineage, ...desk.mesh.neighbourGrids(lineage)].filter((one) => unitOf(one) === unit);
      return [{ name: desk.nameOf(lineage), body: { unit: unit.lineage ?? "", grids: near } }];
    },
  };
}

function slider() {
  const { element, add } = field("keep", say("Today's borders"));
  const input = document.createElement("input");
  Object.assign(input, { type: "range", id: "field-keep", min: "0", max: String(KEEP.length - 1), step: "1", value: "1" });
  const words = document.createElement("output");
  words.className = "keepwords";
  words.htmlFor = "field-keep";
  const show = () => {
    words.textContent = keepWords()[Number(input.value)];
    input.setAttribute("aria-valuetext", words.textContent);
  };
  input.addEventListener("input", show);
  show();
  const ends = document.createElement("p");
  ends.className = "keepends";
  ends.setAttribute("aria-hidden", "true"); // the slider says it in words
  ends.append(...[keepWords()[0], keepWords().at(-1)].map((word) => Object.assign(document.createElement("span"), { textContent: word })));
  element.classList.add("keep");
  add(words);
  add(input);
  add(ends);
  return { element, get value() { return KEEP[Number(input.value)]; } };
}

function number(name, word, value) {
  const { element, add } = field(name, word);
  const input = document.createElement("input");
  Object.assign(input, { type: "number", id: `field-${name}`, min: "1", max: "100000", value: String(value), inputMode: "numeric" });
  input.className = "num";
  add(input);
  return { element, input };
}

function field(name, word) {
  const element = document.createElement("div");
  element.className = "formfield";
  const label = document.createElement("label");
  label.htmlFor = `field-${name}`;
  label.textContent = word;
  element.append(label);
  return { element, add: (one) => element.append(one) };
}
