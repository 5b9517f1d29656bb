/* A generated proposal: its grids coloured by the range, the borders before on demand. */

import { GridLayer } from "../../geogrid/js/grids.js";
import { loadOrSay } from "../../geogrid/js/loading.js";
import { syncList } from "../../geogrid/js/list_sync.js";
import { openMap, readConfig } from "../../geogrid/js/map.js";

const { L } = window;
const config = readConfig();
const opened = openMap(document.getElementById("map"), config);
const button = document.getElementById("before");
let grids = null;
let before = null;

const sync = syncList(document.getElementById("proposed"), {
  attribute: "grid",
  onHover: (code) => grids && grids.hover(code),
  onChoose: (code) => {
    if (grids) choose(code, true);
    return true;
  },
});

function choose(code, fit) {
  grids.select(code);
  sync.current(code);
  if (fit && code) grids.fit(code, { maxZoom: 16 });
}

function showBefore(on) {
  button.setAttribute("aria-pressed", String(on));
  if (on) before.addTo(opened.map);
  else before.remove();
}

async function show(told) {
  grids = new GridLayer(told.grids, { dim: false }).addTo(opened.map);
  grids.setHeat((feature) => 2 * (config.balance[feature.id] || 0));
  grids.on("gridclick", ({ code }) => choose(code, false));
  grids.fit(null, { animate: false });
  document.getElementById("map").dataset.ready = "";
  if (!button) return;
  const pane = "geogrid-draft";
  before = L.geoJSON(told.before.map((geometry) => ({ type: "Feature", properties: {}, geometry })), {
    style: {
      interactive: false, pane, renderer: L.svg({ pane }), fill: false, weight: 2,
      color: opened.palette.ink, dashArray: "4 4",
    },
  });
  button.addEventListener("click", () => showBefore(button.getAttribute("aria-pressed") !== "true"));
}

loadOrSay(config.proposal_url, document.getElementById("map"), show);
