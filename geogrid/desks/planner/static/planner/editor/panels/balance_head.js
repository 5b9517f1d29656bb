/* The balance of the whole draft: how many grids are in range, the histogram of a figure, its colours
   on the map with their legend. */

import { icon } from "../../../geogrid/js/icons.js";
import { say, sayCount } from "../../../geogrid/js/words.js";
import { balanceOf } from "../balance.js";
import { COLUMNS, column } from "../columns.js";
import { bins, classOf, classesOf, histogram, inRule } from "../figures.js";
import { element } from "./range_strip.js";

const CLASSES = 5;
const WIDE = 344;

export function addBalanceHead(desk) {
  const state = { figure: "dwellings", on: false };
  const legend = document.getElementById("heat-legend");
  const ofRange = [...legend.childNodes];
  const head = document.createElement("div");
  head.className = "hd";
  const title = document.createElement("h2");
  const notes = document.createElement("p");
  notes.className = "xs muted balance-notes";
  head.append(title);
  const row = document.createElement("div");
  row.className = "figure-row";
  const heat = document.createElement("button");
  const update = () => {
    const grids = desk.mesh.leaves();
    title.textContent = say("%(within)s of %(total)s in range", counts(grids, desk.config.range));
    notes.replaceChildren(...told(grids, desk.config.range));
    const values = valuesOf(desk, grids, state.figure);
    drawing.replaceChildren(...(state.figure === "dwellings" ? rangeBars(values, desk.config.range) : plainBars(values, column(state.figure))));
    drawing.style.display = values.length ? "" : "none";
    drawing.setAttribute("aria-label", state.figure === "dwellings" ? say("How many grids have how many dwellings") : say("How many grids have how much: %(figure)s", { figure: column(state.figure).word() }));
    colour(desk, state, heat, legend, ofRange);
  };
  row.append(figureChoice(state, update), heat);
  heat.type = "button";
  heat.id = "heat";
  heat.className = "btn plain heat-toggle";
  heat.setAttribute("aria-pressed", "false");
  heat.append(icon("layers"), document.createTextNode(say("Colours on the map")));
  heat.addEventListener("click", () => {
    state.on = !state.on;
    update();
  });
  const drawing = element("svg", { class: "histogram", viewBox: `0 0 ${WIDE} 104`, role: "img" });
  update();
  return { elements: [head, notes, row, drawing], update };
}

function figureChoice(state, update) {
  const label = document.createElement("label");
  label.className = "strip-choice";
  const words = document.createElement("span");
  words.className = "vh";
  words.textContent = say("Figure");
  const select = document.createElement("select");
  select.className = "select";
  select.id = "figure";
  for (const { name, word } of COLUMNS) select.append(new Option(word(), name, false, name === state.figure));
  select.addEventListener("change", () => {
    state.figure = select.value;
    update();
  });
  label.append(words, select);
  return label;
}

function counts(grids, range) {
  const counted = grids.filter(inRule);
  return { within: counted.filter((grid) => balanceOf(grid.dwellings, range).side === "in").length, total: counted.length };
}

/** Where the homes are from, which grids are out of the rule, which exceptions have a reason. */
function told(grids, range) {
  const basic = grids.filter(inRule);
  const counted = basic.filter((grid) => grid.loads?.origin === "counted").length;
  const out = basic.filter((grid) => balanceOf(grid.dwellings, range).side !== "in");
  const reasoned = out.filter((grid) => grid.range_reason).length;
  const others = grids.length - basic.length;
  const words = [counted === basic.length && counted ? say("Homes are real households, counted.")
    : counted ? sayCount("Homes of %(count)s grid are counted, the others estimated.", "Homes of %(count)s grids are counted, the others estimated.", counted)
      : say("Homes are estimated dwellings.")];
  if (out.length) words.push(say("%(reasoned)s of %(out)s exceptions have a reason.", { reasoned, out: out.length }));
  if (others) words.push(sayCount("%(count)s grid is out of the rule.", "%(count)s grids are out of the rule.", others));
  return words.map((one) => document.createTextNode(`${one} `));
}

function valuesOf(desk, grids, figure) {
  const { value } = column(figure);
  const among = figure === "dwellings" || figure === "delta" ? grids.filter(inRule) : grids;
  return among.map((grid) => value(grid, desk.mesh)).filter((one) => one !== null);
}

// ---- Colours

function colour(desk, state, press, legend, ofRange) {
  press.setAttribute("aria-pressed", String(state.on));
  legend.hidden = !state.on;
  if (!state.on) {
    if (desk.heat) desk.setHeat(null);
    return;
  }
  if (state.figure === "dwellings") {
    legend.replaceChildren(...ofRange);
    desk.setHeat((grid) => (inRule(grid) ? balanceOf(grid.dwellings, desk.config.range).step : null));
    return;
  }
  const { value, word, words } = column(state.figure);
  const values = valuesOf(desk, desk.mesh.leaves(), state.figure);
  const limits = classesOf(values, CLASSES);
  const colours = ramp(desk.palette, limits.length);
  const least = values.length ? Math.min(...values) : 0;
  legend.replaceChildren(...classLegend(word(), limits, colours, least, words));
  desk.setHeat((grid) => {
    const one = value(grid, desk.mesh);
    return one === null ? null : colours[classOf(one, limits)];
  });
}

/** From pale to strong, one hue: told apart without seeing colours, too. */
function ramp({ hLow2 }, count) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hLow2.slice(at, at + 2), 16));
  return Array.from({ length: count }, (_, i) => {
    const strong = count > 1 ? 0.12 + (0.88 * i) / (count - 1) : 1;
    return `rgb(${[r, g, b].map((one) => Math.round(255 + (one - 255) * strong)).join(", ")})`;
  });
}

function classLegend(word, limits, colours, least, words) {
  const title = document.createElement("b");
  title.textContent = word;
  const list = document.createElement("ul");
  list.className = "classes";
  limits.forEach((limit, i) => {
    const one = document.createElement("li");
    const svg = element("svg", { width: 22, height: 12, "aria-hidden": "true" });
    svg.append(element("rect", { width: 22, height: 12, rx: 2, fill: colours[i], stroke: "currentColor", "stroke-opacity": 0.3 }));
    const from = i ? limits[i - 1] : least;
    const said = document.createElement("span");
    said.className = "num";
    said.textContent = from === limit ? words(limit) || "0" : `${i ? ">" : ""}${words(from) || "0"} – ${words(limit) || "0"}`;
    one.append(svg, said);
    list.append(one);
  });
  return [title, list];
}

// ---- Bars

function label(x, words, anchor = "middle") {
  const one = element("text", { x, y: 99 });
  one.style.textAnchor = anchor;
  one.textContent = words;
  return one;
}

function rangeBars(values, range) {
  return [
    element("rect", { class: "hist-range", x: 57.2, width: 228.8, height: 82, rx: 6 }),
    ...histogram(values, range).map(({ x, y, height, outside }) => element("rect", { class: outside ? "hist-out" : "hist-in", x, y, width: 22.6, height, rx: 2 })),
    element("path", { class: "hist-axis", d: `M0 82.5H${WIDE}` }),
    label(57, range.least), label(286, range.most),
  ];
}

function plainBars(values, { words }) {
  const { least, most, counts: list } = bins(values);
  const top = Math.max(...list, 1);
  return [
    ...list.map((count, n) => element("rect", { class: "hist-in", x: n * 28.6 + 3, y: 82 - (count / top) * 70, width: 22.6, height: (count / top) * 70, rx: 2 })),
    element("path", { class: "hist-axis", d: `M0 82.5H${WIDE}` }),
    label(2, words(least) || "0", "start"), label(WIDE - 2, words(most) || "0", "end"),
  ];
}
