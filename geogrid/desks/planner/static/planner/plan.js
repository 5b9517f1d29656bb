/* The plan in force: table and map show the same grids; heat says who is out of the range. */

import { GridLayer } from "../geogrid/js/grids.js";
import { syncList } from "../geogrid/js/list_sync.js";
import { openMap, readConfig } from "../geogrid/js/map.js";

const STEPS = { low2: -2, low1: -1, in: 0, high1: 1, high2: 2 };
const config = readConfig();
const opened = openMap(document.getElementById("map"), config);
const table = document.querySelector("table.grids");
const toggle = document.getElementById("heat");
const legend = document.getElementById("heat-legend");
let grids = null;

const sync = syncList(table, {
  attribute: "grid",
  onHover: (code) => grids && grids.hover(code),
  onChoose: (code, event) => {
    if (!grids) return false;
    choose(code, { fit: true });
    return Boolean(event.target.closest(".gridlink"));
  },
});

function choose(code, { fit }) {
  grids.select(code);
  sync.current(code);
  if (fit && code) grids.fit(code, { maxZoom: 16 });
}

function setHeat(on) {
  toggle.setAttribute("aria-pressed", String(on));
  legend.hidden = !on;
  if (grids) {
    grids.setHeat(on ? (feature) => STEPS[config.balance[feature.id]] || 0 : null);
  }
  const address = new URL(location.href);
  if (on) address.searchParams.set("heat", "1");
  else address.searchParams.delete("heat");
  history.replaceState(null, "", address);
}

toggle.addEventListener("click", (event) => {
  event.preventDefault();
  setHeat(toggle.getAttribute("aria-pressed") !== "true");
});
toggle.addEventListener("keydown", (event) => {
  if (event.key !== " ") return;
  event.preventDefault();
  toggle.click();
});

async function start() {
  const answer = await fetch(config.grids_url);
  if (!answer.ok) return;
  grids = new GridLayer(await answer.json(), { dim: false, fill: true }).addTo(opened.map);
  grids.on("gridclick", ({ code }) => choose(code, { fit: false }));
  grids.fit(null, { animate: false });
  if (toggle.getAttribute("aria-pressed") === "true") setHeat(true);
}

start();
