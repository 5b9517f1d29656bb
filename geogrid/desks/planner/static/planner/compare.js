/* Two plans on one map, parted by a line one can move: left the plan before, right the plan after.
   Two maps lie on each other and each shows its side; only the upper one is moved and listened to. */

import { GridLayer } from "../geogrid/js/grids.js";
import { openMap, readConfig } from "../geogrid/js/map.js";
import { say } from "../geogrid/js/words.js";

const { L } = window;
const HALF_GRIP_PX = 24;
const config = readConfig();
const box = document.getElementById("compare");
const swipe = document.getElementById("swipe");
const slider = document.getElementById("share");
const said = document.getElementById("said");
const rows = [...document.querySelectorAll("tr[data-pair]")];

const before = openMap(document.getElementById("map-before"), {
  ...config, controls: false, locate: false, attribution: "", label: say("The plan before"),
}).map;
const opened = openMap(document.getElementById("map"), {
  ...config, locate: false, label: say("Map of both plans. The list says the same."),
});
const after = opened.map;
before.getContainer().removeAttribute("tabindex");
before.getContainer().querySelectorAll("[tabindex]").forEach((one) => one.removeAttribute("tabindex"));
for (const name of ["dragging", "touchZoom", "doubleClickZoom", "scrollWheelZoom", "boxZoom", "keyboard"]) {
  if (before[name]) before[name].disable();
}

function edge() {
  const width = after.getSize().x;
  return HALF_GRIP_PX + (width - 2 * HALF_GRIP_PX) * (Number(slider.value) / 100);
}

/* Corners of a part of the frame, in the coordinates of a map's moving pane. */
function frame(map, left, right) {
  const from = map.containerPointToLayerPoint([left, 0]);
  const to = map.containerPointToLayerPoint([right, map.getSize().y]);
  return `polygon(${from.x}px ${from.y}px, ${to.x}px ${from.y}px, ${to.x}px ${to.y}px, ${from.x}px ${to.y}px)`;
}

function part() {
  const at = edge();
  before.getPane("mapPane").style.clipPath = frame(before, 0, at);
  after.getPane("mapPane").style.clipPath = frame(after, at, after.getSize().x);
  for (const one of swipe.querySelectorAll("[data-at]")) one.style.left = `${at}px`;
  slider.setAttribute("aria-valuetext", say("The plan before: %(share)s of 100", { share: slider.value }));
}

function follow() {
  before.setView(after.getCenter(), after.getZoom(), { animate: false });
  part();
}

/* The land between both plans, and its numbers; drawn in both maps alike. */
function drawHanded(map, handed, numbers) {
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--draft").trim();
  map.createPane("handed").style.zIndex = 420;
  L.geoJSON(handed, {
    pane: "handed",
    interactive: false,
    renderer: L.svg({ pane: "handed" }),
    style: { color: colour, weight: 2.5, fillColor: colour, fillOpacity: 0.18 },
  }).addTo(map);
  for (const feature of handed.features) {
    const number = numbers.get(feature.id);
    if (!number) continue;
    const [lon, lat] = feature.properties.label_point;
    const icon = L.divIcon({ className: "handno", html: String(number), iconSize: [28, 28] });
    L.marker([lat, lon], { icon, interactive: false, keyboard: false }).addTo(map);
  }
}

function show(row, handed) {
  for (const one of rows) one.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  const feature = handed.features.find((one) => one.id === row.dataset.pair);
  if (!feature) {
    said.textContent = say("Nothing but places on a border changes hands here; no land does.");
    return;
  }
  opened.fit(L.geoJSON(feature).getBounds(), { maxZoom: 17 });
  said.textContent = say("Number %(number)s is in the middle of the map.", { number: row.dataset.number });
}

async function start() {
  const answer = await fetch(config.compare_url, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    said.textContent = say("The map cannot be loaded. The list is complete.");
    return;
  }
  const plans = await answer.json();
  const numbers = new Map(rows.map((row) => [row.dataset.pair, row.dataset.number]));
  const look = { dim: false, fill: false, interactive: false };
  new GridLayer(plans.before, look).addTo(before);
  new GridLayer(plans.after, look).addTo(after);
  drawHanded(before, plans.handed, numbers);
  drawHanded(after, plans.handed, numbers);
  const bounds = L.geoJSON(plans.handed).getBounds();
  if (bounds.isValid()) opened.fit(bounds.pad(0.15), { animate: false });
  for (const row of rows) {
    row.querySelector(".handno").addEventListener("click", () => show(row, plans.handed));
  }
  follow();
  box.dataset.ready = "";
}

swipe.hidden = false;
slider.addEventListener("input", part);
after.on("move zoom moveend zoomend resize viewreset", follow);
after.on("zoomanim", (event) => before.setView(event.center, event.zoom, { animate: false }));
follow();
start();
