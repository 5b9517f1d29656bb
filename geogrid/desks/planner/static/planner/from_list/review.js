/* A list beside its map: matched doors in the colour of their grid, the grids drawn around them.
   Every form works without this file. With it a correction replaces the list in place, the map
   follows, and a place can be picked on it. */

import { GridLayer } from "../../geogrid/js/grids.js";
import { loadOrSay } from "../../geogrid/js/loading.js";
import { openMap, readConfig } from "../../geogrid/js/map.js";
import { say } from "../../geogrid/js/words.js";
import { DoorLayer, readColours, tintOf } from "./doors.js";
import { Picking } from "./picking.js";

const { L } = window;
const config = readConfig();
const review = document.getElementById("review");
const said = document.getElementById("said");
const opened = openMap(document.getElementById("map"), {
  ...config, locate: false, label: say("Map of the list. The list says the same."),
});
const { map } = opened;
const colours = readColours();
map.createPane("listed").style.zIndex = 402;
map.getPane("listed").classList.add("quiet-pane");
const doors = new DoorLayer({ pane: "listed", colours }).addTo(map);
const picking = new Picking(map, say);
let tint = null;
let grids = null;
let busy = false;

function tell(words) {
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = words; });
}

function draw() {
  return loadOrSay(config.list_url, document.getElementById("map"), show);
}

function show(plan) {
  if (tint) tint.remove();
  tint = tintOf(plan.grids, colours).addTo(map);
  if (grids) grids.setData(plan.grids);
  else {
    grids = new GridLayer(plan.grids, { dim: false, fill: false }).addTo(map);
    grids.on("gridclick", ({ code }) => showGrid(code));
    if (!config.bounds) grids.fit(null, { animate: false });
  }
  doors.show(plan.doors, plan.grids.features);
  review.dataset.drawn = String(Number(review.dataset.drawn || 0) + 1);
}

/* A grid clicked on the map: its row opens and comes into view. */
function showGrid(code) {
  if (picking.on) return;
  const feature = grids.feature(code);
  const row = feature && document.getElementById(`g-${feature.properties.grid}`);
  grids.select(code);
  if (!row) {
    tell(say("Nobody's land"));
    return;
  }
  row.open = true;
  row.scrollIntoView({ block: "center" });
  row.querySelector("summary").focus({ preventScroll: true });
}

function showBox(text) {
  const [west, south, east, north] = text.split(",").map(Number);
  opened.fit(L.latLngBounds([[south, west], [north, east]]).pad(0.2), { maxZoom: 18 });
  doors.ring([west, south, east, north]);
  tell(say("Shown on the map."));
}

/* What scripts make possible appears, and answers. */
function enliven() {
  for (const one of review.querySelectorAll("[data-box][hidden], [data-pick]")) one.hidden = false;
}

review.addEventListener("click", (event) => {
  const shown = event.target.closest("[data-box]");
  if (shown && shown.type === "button") {
    event.preventDefault();
    showBox(shown.dataset.box);
    return;
  }
  const pick = event.target.closest("[data-pick]");
  if (pick) {
    const form = pick.form;
    const entry = pick.closest("li");
    picking.start(entry ? entry.querySelector("h3 span").textContent : "", (lon, lat) => {
      form.querySelector("[name=points]").value = `${lon.toFixed(7)} ${lat.toFixed(7)}`;
      send(form, null);
    }, () => pick.focus());
    return;
  }
  const link = event.target.closest("a[data-soft]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    replace(fetch(link.href), new URL(link.href).hash.slice(1));
  }
});

review.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-soft]")) return;
  event.preventDefault();
  send(form, event.submitter);
});

function send(form, button) {
  if (busy) return;
  const data = new FormData(form);
  if (button && button.name) data.append(button.name, button.value);
  const open = [...review.querySelectorAll(".gridrows details[open]")].map((one) => one.id);
  replace(fetch(location.pathname, { method: "POST", body: data }), "state", open);
}

/* The page that came back takes the list's place; what was open stays open. */
async function replace(asked, focus, open = []) {
  busy = true;
  document.body.dataset.busy = "";
  tell(say("Drawing …"));
  try {
    const answer = await asked;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("review");
    if (!fresh) throw new Error(String(answer.status));
    const before = review.scrollTop;
    review.replaceChildren(...fresh.childNodes);
    for (const id of open) {
      const row = document.getElementById(id);
      if (row) row.open = true;
    }
    enliven();
    review.scrollTop = before;
    await draw();
    const alert = review.querySelector("[role=alert]");
    const target = alert || document.getElementById(focus);
    if (target) {
      if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
      target.scrollIntoView({ block: "start" });
      target.focus({ preventScroll: true });
    }
    const note = alert || review.querySelector("#state [role=status]");
    tell(note ? note.textContent.trim() : "");
  } catch {
    tell(say("The server cannot be reached. Nothing is lost: send it again."));
    const note = document.createElement("p");
    note.className = "note danger";
    note.setAttribute("role", "alert");
    note.textContent = say("The server cannot be reached. Nothing is lost: send it again.");
    review.prepend(note);
  } finally {
    busy = false;
    delete document.body.dataset.busy;
  }
}

enliven();
draw();
