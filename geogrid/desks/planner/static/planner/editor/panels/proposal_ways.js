/* One alternative as a card: figures before and after, and its steps, each to be looked at and done.

   wayCard(desk, way, {shown, open, usable, onShow, onOpen, onLight(number | null), onStep(step), onAll}) -> li */

import { icon } from "../../../geogrid/js/icons.js";
import { say, sayCount } from "../../../geogrid/js/words.js";
import { balanceOf } from "../balance.js";
import { colourOf } from "../proposal_canvas.js";
import { better } from "../proposal_runs.js";
import { boundsOf } from "../refusal_drawing.js";
import { button } from "../strip.js";

const TITLES = { few: () => say("Few changes"), balanced: () => say("Balanced"), compact: () => say("Compact") };

export function wayCard(desk, way, told) {
  const { shown, open, usable, onShow, onOpen, onAll } = told;
  const card = document.createElement("li");
  card.className = `way${shown ? " shown" : ""}`;
  card.dataset.way = way.name;
  const title = document.createElement("h3");
  title.textContent = TITLES[way.name]();
  const acts = document.createElement("div");
  acts.className = "acts";
  const left = way.steps.filter(({ done, waits }) => !done && !waits).length;
  const all = keyed(button(left < way.steps.length ? say("Accept the rest") : say("Accept all"), onAll, { kind: shown ? "primary" : "", name: "accept", disabled: !usable || !left }), way, "accept");
  const press = keyed(button(say("On the map"), onShow, { name: "show", symbol: "eye" }), way, "show");
  press.setAttribute("aria-pressed", String(shown));
  const list = keyed(button(sayCount("%(count)s step", "%(count)s steps", way.steps.length), onOpen, { name: "steps", symbol: open ? "up" : "down" }), way, "steps");
  list.setAttribute("aria-expanded", String(open));
  acts.append(all, press, list);
  card.append(title, figures(way), acts);
  if (shown) card.append(legend());
  if (open) card.append(steps(desk, way, told), gridsThen(desk, way));
  return card;
}

function keyed(one, way, name) {
  one.dataset.key = `${way.name}-${name}`;
  one.setAttribute("aria-label", `${TITLES[way.name]()}: ${one.textContent}`);
  return one;
}

function figures({ now, then, homes, touched }) {
  const judged = better(now, then);
  const table = document.createElement("table");
  const row = (words, before, after, sign = 0) => {
    const line = table.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = words;
    line.append(head);
    const cell = line.insertCell();
    cell.className = "num";
    const value = document.createElement("span");
    value.className = sign > 0 ? "better" : sign < 0 ? "worse" : "";
    value.textContent = after;
    cell.append(before === null ? "" : `${before} → `, value);
  };
  row(say("Grids in range"), say("%(within)s of %(total)s", { within: now.within, total: now.grids }), say("%(within)s of %(total)s", { within: then.within, total: then.grids }), judged.within);
  row(say("Farthest from the range"), now.deviation, then.deviation, judged.deviation);
  row(say("Compactness, mean"), now.compactness.toFixed(2), then.compactness.toFixed(2), judged.compactness);
  row(say("Homes changing hands"), null, homes);
  row(say("Grids touched"), null, touched);
  return table;
}

function legend() {
  const line = document.createElement("p");
  line.className = "maplegend";
  const svg = svgOf("svg", { width: 34, height: 14, "aria-hidden": "true" });
  svg.append(svgOf("rect", { x: 1, y: 1, width: 14, height: 12, fill: "#6A3FA0", "fill-opacity": 0.42 }), svgOf("path", { d: "M18 7H34", stroke: "#6A3FA0", "stroke-width": 2.5, "stroke-dasharray": "6 3" }));
  line.append(svg, document.createTextNode(say("Numbered: land that changes hands, coloured by the grid it goes to. Dashed: new borders.")));
  return line;
}

function svgOf(name, attributes) {
  const one = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
  return one;
}

// ---- Steps

function steps(desk, way, { usable, onLight, onStep, onShow, shown }) {
  const list = document.createElement("ol");
  list.className = "steps";
  for (const step of way.steps) {
    const row = document.createElement("li");
    const disc = document.createElement("span");
    disc.className = "disc num";
    disc.style.backgroundColor = colourOf(step);
    disc.textContent = step.number;
    const words = document.createElement("div");
    const head = document.createElement("p");
    head.textContent = headOf(desk, step);
    const more = document.createElement("p");
    more.className = "muted";
    more.textContent = moreOf(desk, step);
    words.append(head, more);
    if (step.refused) words.append(Object.assign(document.createElement("p"), { className: "errortext", textContent: step.refused }));
    const acts = document.createElement("div");
    acts.className = "acts";
    const look = button(say("Show"), () => {
      if (!shown) onShow();
      const [west, south, east, north] = boundsOf(step.arguments.area ?? step.area);
      desk.opened.fit(window.L.latLngBounds([[south, west], [north, east]]), { maxZoom: 18 });
      onLight(step.number);
    }, { kind: "plain" });
    look.dataset.key = `${way.name}-look-${step.number}`;
    acts.append(look);
    if (step.done) {
      const said = document.createElement("p");
      said.className = "done";
      said.append(icon("check", "s"), document.createTextNode(say("done")));
      acts.append(said);
    } else {
      const words = step.waits ? say("Waits for the network") : step.busy ? say("Being done…") : say("Do this step");
      const take = button(words, () => onStep(step), { kind: "soft", disabled: !usable || step.busy || step.waits });
      take.dataset.key = `${way.name}-take-${step.number}`;
      take.dataset.step = "";
      take.setAttribute("aria-label", `${take.textContent} ${step.number}`); // begins with what is read on it
      acts.append(take);
    }
    row.append(disc, words, acts);
    for (const [event, number] of [["pointerenter", step.number], ["focusin", step.number], ["pointerleave", null], ["focusout", null]]) row.addEventListener(event, () => onLight(number));
    list.append(row);
  }
  return list;
}

function headOf(desk, step) {
  const from = step.sources.map((lineage) => desk.short(lineage) || say("another grid")).join(say(", "));
  if (step.verb === "merge") return say("%(from)s joins %(to)s", { from, to: desk.short(step.target) });
  if (step.verb === "cut_out") return say("A new grid out of %(from)s", { from });
  if (step.verb === "rebalance") return say("An exchange between %(from)s", { from });
  return say("%(from)s → %(to)s", { from, to: desk.short(step.target) });
}

function moreOf(desk, step) {
  const said = [
    sayCount("%(count)s home", "%(count)s homes", step.homes),
    sayCount("%(count)s building", "%(count)s buildings", step.buildings),
  ];
  const place = step.addresses.length ? step.addresses : step.streets;
  if (place.length) said.push(say("at %(place)s", { place: place.join(say(", ")) }));
  const after = Object.entries(step.loads).filter(([, load]) => load !== null).map(([lineage, load]) => `${desk.short(lineage)} ${load}`);
  if (step.made !== null) after.push(say("the new grid %(homes)s", { homes: step.made }));
  return `${said.join(say(", "))}. ${say("Then: %(loads)s.", { loads: after.join(" · ") })}`;
}

/** Every grid before and after: what the map shows, as a table. */
function gridsThen(desk, { grids }) {
  const box = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = say("All grids before and after");
  const table = document.createElement("table");
  table.className = "thentable";
  const head = table.createTHead().insertRow();
  for (const word of [say("Grid"), say("Homes"), say("Compactness")]) head.append(Object.assign(document.createElement("th"), { scope: "col", textContent: word }));
  const body = table.createTBody();
  for (const one of grids.filter(({ shape, then }) => shape || then === null)) {
    const row = body.insertRow();
    row.append(Object.assign(document.createElement("th"), { scope: "row", textContent: one.lineage ? desk.short(one.lineage) : say("new grid") }));
    const homes = row.insertCell();
    homes.className = "num";
    const standing = one.then === null ? say("ends") : `${one.then} (${balanceOf(one.then, desk.config.range).words})`;
    homes.textContent = `${one.before ?? "–"} → ${standing}`;
    const round = row.insertCell();
    round.className = "num";
    round.textContent = `${one.compactness_before?.toFixed(2) ?? "–"} → ${one.compactness_then?.toFixed(2) ?? "–"}`;
  }
  box.append(summary, table);
  return box;
}
