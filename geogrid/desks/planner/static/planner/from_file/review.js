/* The review of a brought file: its grids over the current plan, its findings, one choice each. */

import { GridLayer } from "../../geogrid/js/grids.js";
import { loadOrSay } from "../../geogrid/js/loading.js";
import { openMap, readConfig } from "../../geogrid/js/map.js";
import { say, sayCount } from "../../geogrid/js/words.js";
import { Choices } from "./choices.js";
import { FileLayer } from "./file_layer.js";

const { L } = window;
const config = readConfig();
const opened = openMap(document.getElementById("map"), config);
const layer = new FileLayer(opened.map, opened.palette);
const results = document.getElementById("results");
const said = document.getElementById("said");
const sight = document.getElementById("sight");
let data = readConfig("findings-data");
let current = null;
let before = null;

document.documentElement.classList.add("scripted");

const rowOf = (key) => document.getElementById(`f-${key}`);
const findingOf = (key) => (data.findings || []).find((one) => one.key === key);

function draw() {
  if (!data.shapes) return;
  layer.setFile(data);
  layer.setFindings(data.findings, (key) => point(key, { focus: true }));
  if (current) point(current, { still: true });
}

/** Make a finding the one that map and list are about. */
function point(key, { focus = false, fit = false, still = false } = {}) {
  const row = rowOf(key);
  const one = findingOf(key);
  for (const other of document.querySelectorAll(".findingrows [aria-current]")) other.removeAttribute("aria-current");
  current = row ? key : null;
  if (!row || !one) return layer.point(null);
  row.setAttribute("aria-current", "true");
  const names = [...row.querySelectorAll(".owner")].map((label) => label.querySelector("span:last-child").firstChild.textContent.trim());
  layer.point(one, names);
  if (still) return undefined;
  const bounds = layer.boundsOf(one);
  if (bounds && fit) opened.fit(bounds, { maxZoom: 20 });
  else if (bounds && !opened.map.getBounds().contains(bounds)) opened.fit(bounds, { maxZoom: 18 });
  if (focus) {
    const target = row.querySelector("input:checked") || row.querySelector("[data-zoom]");
    target.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  return undefined;
}

/** On to the next finding somebody has to decide, else the next one. */
function next(from) {
  const rows = [...document.querySelectorAll(".findingrows > li")];
  const at = rows.indexOf(from);
  const order = [...rows.slice(at + 1), ...rows.slice(0, at)].filter((row) => row.querySelector("input"));
  const row = order.find((one) => !("decided" in one.dataset)) || order[0];
  if (row) point(row.dataset.key, { focus: true });
}

const choices = results && new Choices({
  address: results.dataset.choose,
  csrf: document.querySelector("input[name=csrfmiddlewaretoken]").value,
  onPart: replace,
  onTrouble: notKept,
});

/** A choice that did not arrive: said at its row, taken back there, and to be sent again. */
function notKept(fields) {
  results.removeAttribute("aria-busy");
  const words = say("That choice was not kept: the network is away or you are signed out.");
  const row = fields.key && rowOf(fields.key);
  const place = row || results;
  place.querySelector(":scope > .notkept")?.remove();
  const note = document.createElement("div");
  note.className = "note danger notkept";
  note.setAttribute("role", "alert");
  const text = document.createElement("span");
  text.textContent = words;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn";
  again.textContent = say("Send it again");
  again.addEventListener("click", () => {
    note.remove();
    results.setAttribute("aria-busy", "true");
    choices.send(fields);
  });
  note.append(text, again);
  place[row ? "append" : "prepend"](note);
  if (!row) return;
  delete row.dataset.decided;
  const one = findingOf(fields.key);
  if (one) one.decided = false;
}

function choose(row, input) {
  row.dataset.decided = "";
  results.setAttribute("aria-busy", "true");
  const one = findingOf(row.dataset.key);
  if (one) one.decided = true;
  choices.send({ key: row.dataset.key, owner: input.value });
}

/** The part of the page that answers, drawn where the old one was; focus and scroll stay. */
function replace(html) {
  const focused = document.activeElement && results.contains(document.activeElement) ? document.activeElement.id : "";
  const kept = [...document.querySelectorAll("#accept-form input, #accept-form textarea")]
    .map((field) => [field.id, field.type === "checkbox" ? field.checked : field.value]);
  const opens = [...results.querySelectorAll("details")].map((one) => one.open);
  results.innerHTML = html;
  results.removeAttribute("aria-busy");
  [...results.querySelectorAll("details")].forEach((one, number) => { one.open = Boolean(opens[number]); });
  for (const [id, value] of kept) {
    const field = id && document.getElementById(id);
    if (field) field[field.type === "checkbox" ? "checked" : "value"] = value;
  }
  data = readConfig("findings-data");
  draw();
  const field = focused && document.getElementById(focused);
  if (field) field.focus({ preventScroll: true });
  else if (focused) document.getElementById("findings").focus({ preventScroll: true });
  const open = Number(results.querySelector("[data-open]")?.dataset.open || 0);
  said.textContent = open
    ? sayCount("Computed anew. %(count)s finding is not decided.", "Computed anew. %(count)s findings are not decided.", open)
    : say("Computed anew. All findings are decided.");
}

function listen() {
  results.addEventListener("change", (event) => {
    const row = event.target.closest(".findingrows > li");
    if (row && event.target.type === "radio") {
      point(row.dataset.key, {});
      choose(row, event.target);
    }
  });
  results.addEventListener("click", (event) => {
    const row = event.target.closest(".findingrows > li");
    if (row && event.target.closest("[data-zoom]")) {
      point(row.dataset.key, { fit: true });
      said.textContent = say("Number %(number)s is in the middle of the map.", { number: findingOf(row.dataset.key)?.number });
      return;
    }
    // A click on the owner that is proposed already says: yes, this one.
    const radio = event.target.closest(".owner")?.querySelector("input");
    if (row && radio && event.target === radio && radio.checked && !("decided" in row.dataset)) choose(row, radio);
  });
  results.addEventListener("focusin", (event) => {
    const row = event.target.closest(".findingrows > li");
    if (row && row.dataset.key !== current) point(row.dataset.key);
  });
  results.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.id !== "choices" || !button?.value) return;
    event.preventDefault();
    results.setAttribute("aria-busy", "true");
    choices.send({ all: button.value });
  });
  results.addEventListener("keydown", keyed);
}

function keyed(event) {
  const row = event.target.closest(".findingrows > li");
  if (!row || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("[data-zoom]") && event.key === "Enter") return;
  if (/^[0-9]$/.test(event.key)) {
    const input = document.getElementById(`o-${row.dataset.key}-${event.key}`);
    if (!input) return;
    event.preventDefault();
    input.checked = true;
    input.focus({ preventScroll: true });
    choose(row, input);
  } else if (event.key === "Enter" && event.target.type === "radio") {
    event.preventDefault();
    if (!("decided" in row.dataset)) choose(row, event.target.checked ? event.target : row.querySelector("input:checked"));
    next(row);
  }
}

async function start() {
  draw();
  const bad = document.querySelector("[data-bad]");
  if (bad && data.bad?.length) {
    bad.hidden = false;
    bad.addEventListener("click", () => opened.fit(layer.badBounds(), { maxZoom: 18 }));
  }
  if (config.grids_url) {
    await loadOrSay(config.grids_url, document.getElementById("map"), (json) => {
      before = new GridLayer(json, { dim: false, fill: false, interactive: false }).addTo(opened.map);
    });
  }
  if (data.bounds) {
    const [west, south, east, north] = data.bounds;
    const limits = opened.map.options.maxBounds;
    const file = L.latLngBounds([[south, west], [north, east]]);
    if (!limits || limits.intersects(file)) opened.fit(file, { animate: false });
    else said.textContent = say("The file lies outside of the map.");
  }
  sight.hidden = false;
  sight.addEventListener("change", (event) => {
    const { sight: what } = event.target.dataset;
    if (what !== "before") layer.show(what, event.target.checked);
    else if (event.target.checked) before?.addTo(opened.map);
    else before?.remove();
  });
  document.getElementById("map").dataset.ready = "";
}

if (results) listen();
start();
