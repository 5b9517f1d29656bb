/* The picture behind the doors: the town and its grids, one of them selected. Nothing to operate. */

import { GridLayer } from "../geogrid/js/grids.js";
import { openMap, readConfig } from "../geogrid/js/map.js";

const WIDE = "(min-width: 961px)";

async function start() {
  const config = readConfig();
  if (!config.grids_url || !config.bounds) return;
  const opened = openMap(document.getElementById("map"), {
    ...config, controls: false, locate: false, names: false,
  });
  const answer = await fetch(config.grids_url);
  if (!answer.ok) return;
  const grids = new GridLayer(await answer.json(), {
    dim: false, fill: true, interactive: false, selected: config.selected || null,
  }).addTo(opened.map);
  const padding = window.matchMedia(WIDE).matches ? { paddingTopLeft: [160, 0] } : {};
  grids.fit(config.selected || null, { animate: false, maxZoom: 15, ...padding });
}

start();
