/* Step through the communities of a plan on a large screen. Every word is on the page already; this
   shows one stop at a time, brings its ground onto the map and changes between before and after. */

import { GridLayer } from "../../geogrid/js/grids.js";
import { loadOrSay } from "../../geogrid/js/loading.js";
import { openMap, readConfig } from "../../geogrid/js/map.js";
import { say } from "../../geogrid/js/words.js";

const { L } = window;
const WORLD = [[-89, -179], [-89, 179], [89, 179], [89, -179]];
const KEYS = {
  ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1,
};
const config = readConfig();
const byId = (name) => document.getElementById(name);
const stops = [...document.querySelectorAll(".stop")];
const opened = openMap(byId("map"), {
  ...config, locate: false, label: say("Map of the plan. The text beside it says the same."),
});
const { map } = opened;
const layers = { before: null, after: null };
let shown = "after";
let at = 0;
let mask = null;
let heat = false;

/* The arrow keys lead through the stops; the map is moved by pointer and by its buttons. */
map.keyboard.disable();

function members(code) {
  const layer = layers.after;
  if (!layer) return [];
  return layer.grids.map((grid) => grid.feature).filter((one) => !code || one.properties.parent === code);
}

function latlngs(ring) {
  return ring.map(([lon, lat]) => [lat, lon]);
}

/* Everything but the community is veiled: one shape with a hole per ring, counted even and odd. */
function veil(code) {
  if (mask) mask.remove();
  mask = null;
  if (!code) return;
  const rings = members(code).flatMap(({ geometry }) => {
    const pieces = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    return pieces.flat().map(latlngs);
  });
  if (!map.getPane("veil")) {
    map.createPane("veil").style.zIndex = 405;
    map.getPane("veil").style.pointerEvents = "none";
  }
  mask = L.polygon([WORLD, ...rings], {
    pane: "veil", renderer: L.svg({ pane: "veil", padding: 0.6 }), interactive: false,
    stroke: false, fillColor: "#fff", fillOpacity: 0.68, fillRule: "evenodd",
  }).addTo(map);
}

function look(code) {
  const bounds = L.latLngBounds([]);
  for (const feature of members(code)) bounds.extend(L.geoJSON(feature).getBounds());
  if (!code && layers.after) layers.after.fit(null, { animate: false });
  else if (bounds.isValid()) opened.fit(bounds, { animate: false });
}

function go(to, focus = true) {
  at = Math.min(Math.max(to, 0), stops.length - 1);
  stops.forEach((stop, place) => { stop.hidden = place !== at; });
  byId("place").textContent = `${at + 1} / ${stops.length}`;
  byId("previous").disabled = at === 0;
  byId("next").disabled = at === stops.length - 1;
  stops[at].closest(".stops").scrollTop = 0;
  window.history.replaceState(null, "", at ? `#stop-${at}` : window.location.pathname);
  look(stops[at].dataset.code);
  veil(stops[at].dataset.code);
  if (focus) stops[at].focus({ preventScroll: true });
}

function show(which) {
  if (!layers[which]) return;
  shown = which;
  for (const name of ["before", "after"]) {
    if (layers[name]) layers[name].remove();
    const button = byId(`show-${name}`);
    if (button) button.setAttribute("aria-pressed", String(name === which));
  }
  layers[which].addTo(map);
  paint();
  const side = byId("side");
  side.hidden = !layers.before;
  side.textContent = which === "before" ? say("Before") : say("After");
}

function step(feature) {
  const [low, high] = config.range;
  const homes = feature.properties.dwellings || 0;
  const width = Math.max(high - low, 1);
  if (homes < low) return homes < low - width ? -2 : -1;
  if (homes > high) return homes > high + width ? 2 : 1;
  return 0;
}

function paint() {
  layers[shown].setHeat(heat ? step : null);
  byId("heat").setAttribute("aria-pressed", String(heat));
}

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const onButton = event.target.closest("button, a");
  if (event.key === " " && onButton) return;
  if (event.key in KEYS) go(at + KEYS[event.key]);
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(stops.length - 1);
  else if (event.key.toLowerCase() === "b" && layers.before) show(shown === "after" ? "before" : "after");
  else if (event.key.toLowerCase() === "f" && document.fullscreenEnabled) fill();
  else return;
  event.preventDefault();
}

function start() {
  byId("bar").hidden = false;
  byId("full").hidden = !document.fullscreenEnabled;
  const asked = Number(window.location.hash.replace("#stop-", "")) || 0;
  go(asked, false);
  loadOrSay(config.meeting_url, byId("map"), draw); // the text is complete without it
}

function draw(plans) {
  const options = { dim: false, fill: false, interactive: false };
  layers.after = new GridLayer(plans.after, options);
  if (plans.before) layers.before = new GridLayer(plans.before, options);
  show("after");
  if (plans.handed && plans.handed.features.length) drawHanded(plans.handed);
  go(at, false);
  byId("mapbox").dataset.ready = "";
}

function drawHanded(handed) {
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--draft").trim();
  map.createPane("handed").style.zIndex = 420;
  L.geoJSON(handed, {
    pane: "handed", interactive: false, renderer: L.svg({ pane: "handed" }),
    style: { color: colour, weight: 3, fillColor: colour, fillOpacity: 0.2 },
  }).addTo(map);
}

byId("previous").addEventListener("click", () => go(at - 1, false));
byId("next").addEventListener("click", () => go(at + 1, false));
byId("heat").addEventListener("click", () => { heat = !heat; paint(); });
byId("full").addEventListener("click", fill);
for (const name of ["before", "after"]) {
  const button = byId(`show-${name}`);
  if (button) button.addEventListener("click", () => show(name));
}
document.addEventListener("keydown", key);
start();
