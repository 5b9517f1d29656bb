/* Placing a picture: a point in it, the same point on the map, until it lies where it belongs. */

import { openMap, readConfig } from "../../geogrid/js/map.js";
import { say, sayCount } from "../../geogrid/js/words.js";
import { NEEDED, fitted } from "../editor/backgrounds/fit.js";
import { toPixel, toPlace } from "../editor/backgrounds/placed.js";
import { UnderlayLayer } from "../editor/backgrounds/underlay_layer.js";
import { KeptPoints } from "./kept_points.js";
import { Marks } from "./marks.js";
import { openPicture } from "./picture_view.js";
import { Points } from "./points.js";
import { PointsTable } from "./points_table.js";

const { L } = window;
const config = readConfig("placing-config");
const { layer: told } = config;
const byId = (id) => document.getElementById(id);
byId("views").hidden = false;
byId("pointtools").hidden = false;
byId("opacity-field").hidden = false;

const said = byId("said");
const { map } = openMap(byId("map"), { ...config.map, label: say("The map. Arrows move it, Enter sets a point under the cross.") });
map.keyboard?._setPanDelta(24);
const pane = map.createPane("geogrid-underlays");
pane.style.zIndex = 260;
pane.classList.add("quiet-pane");
const picture = openPicture(byId("picture"), told);
const kept = new KeptPoints(told.key ?? window.location.pathname, config.points);
const points = new Points(kept.rows);
const table = new PointsTable(byId("points"), points);
const marks = [
  new Marks(picture, {
    part: "pixel", points, at: ([x, y]) => picture.latlngOf([Number(x), Number(y)]), from: (latlng) => picture.pixelOf(latlng),
  }),
  new Marks(map, {
    part: "place", points, at: ([, , lon, lat]) => L.latLng(Number(lat), Number(lon)), from: ({ lat, lng }) => [lng, lat],
  }),
];
const underlay = new UnderlayLayer(told, { pane: "geogrid-underlays", opacity: 0.6 }).addTo(map);
let fit = { problem: "few" };

// ---- setting points

function setPixel(latlng) {
  const [x, y] = picture.pixelOf(latlng);
  if (x < 0 || y < 0 || x > told.width || y > told.height) {
    said.textContent = say("That is beside the picture.");
    return;
  }
  const before = fit;
  const index = points.set("pixel", [x, y]);
  tell(index, "place");
  if (before.matrix && points.waiting("place")) bringIntoView(map, placeOf(before.matrix, x, y));
}

function setPlace(latlng) {
  const before = fit;
  const index = points.set("place", [latlng.lng, latlng.lat]);
  tell(index, "pixel");
  if (!before.matrix || !points.waiting("pixel")) return;
  const [x, y] = toPixel(before.matrix, latlng.lng, latlng.lat);
  if (x >= 0 && y >= 0 && x <= told.width && y <= told.height) bringIntoView(picture, picture.latlngOf([x, y]));
}

function placeOf(matrix, x, y) {
  const [lon, lat] = toPlace(matrix, x, y);
  return L.latLng(lat, lon);
}

/** Where the fit so far expects it, so that nobody has to search twice. */
function bringIntoView(view, latlng) {
  if (!view.getBounds().pad(-0.05).contains(latlng)) view.panTo(latlng);
}

function tell(index, missing) {
  const number = index + 1;
  if (!points.waiting(missing)) said.textContent = `${say("Point %(number)s is complete.", { number })} ${verdict()}`;
  else if (missing === "place") said.textContent = say("Point %(number)s is set in the picture. Now the same spot on the map.", { number });
  else said.textContent = say("Point %(number)s is set on the map. Now the same spot in the picture.", { number });
}

function listen(view, set) {
  view.on("click", ({ latlng }) => set(latlng));
  view.getContainer().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== view.getContainer()) return;
    event.preventDefault();
    set(view.getCenter());
  });
}

// ---- what follows from them

function verdict() {
  if (fit.problem === "few") {
    const left = NEEDED[kind()] - points.complete().length;
    return sayCount("%(count)s point more is needed.", "%(count)s points more are needed.", left);
  }
  if (fit.problem === "together") return say("Two points lie on the same spot. Move one, or remove it.");
  if (fit.problem === "line") return say("The points lie on one line. Add one beside it.");
  if (fit.problem === "folds") return say("With these points the picture would fold over. Are two of them exchanged?");
  const parts = [];
  if (!fit.spare) parts.push(say("So many points fit always. One more shows how well."));
  else parts.push(say("%(metres)s m off on average.", { metres: fit.average.toFixed(2) }));
  if (fit.average > config.large_m) parts.push(say("That is much: look at point %(number)s first.", { number: worst() + 1 }));
  if (fit.flat) parts.push(say("The points lie nearly on one line. Add one far beside it."));
  return parts.join(" ");
}

function worst() {
  const all = points.complete();
  return all[fit.residuals.indexOf(Math.max(...fit.residuals))][4];
}

function kind() {
  return document.querySelector("[name=fit]:checked")?.value ?? "affine";
}

function show() {
  const all = points.complete();
  fit = fitted(all.map(([x, y, lon, lat]) => [x, y, lon, lat]), kind(), [told.width, told.height]);
  const residuals = new Map(fit.matrix && fit.spare ? all.map((row, n) => [row[4], fit.residuals[n]]) : []);
  const bad = Boolean(fit.matrix) && fit.spare > 0 && fit.average > config.large_m;
  table.show(residuals, bad ? worst() : -1);
  for (const one of marks) one.show();
  underlay.place(fit.matrix ?? null);
  const box = byId("verdict");
  box.hidden = !points.rows.length;
  box.classList.toggle("warn", bad || Boolean(fit.flat) || ["together", "line", "folds"].includes(fit.problem));
  box.classList.toggle("ok", Boolean(fit.matrix) && !bad && !fit.flat && fit.spare > 0);
  box.querySelector("[data-words]").textContent = verdict();
  byId("undo").setAttribute("aria-disabled", String(!points.canUndo));
  byId("redo").setAttribute("aria-disabled", String(!points.canRedo));
}

points.on(show);
points.on(() => kept.keep(points.rows));
if (kept.restored) said.textContent = say("The points you had set are back. They are not saved yet.");
listen(picture, setPixel);
listen(map, setPlace);
byId("undo").addEventListener("click", () => points.undo());
byId("redo").addEventListener("click", () => points.redo());
byId("opacity").addEventListener("input", ({ target }) => underlay.setOpacity(Number(target.value) / 100));
for (const radio of document.querySelectorAll("[name=fit]")) radio.addEventListener("change", show);
show();
if (fit.matrix) map.fitBounds(underlay.getBounds(), { animate: false });
byId("main").dataset.ready = "";
document.getElementById("main").placing = { map, picture, points, underlay, fit: () => fit };
