/* A background on a map of the area, before it is switched on; what does not come is said. */

import { openMap, readConfig } from "../../geogrid/js/map.js";
import { say } from "../../geogrid/js/words.js";
import { tileLayer } from "../editor/backgrounds/tile_layer.js";

const { map: config, layer: told } = readConfig("preview-config");
const { map } = openMap(document.getElementById("map"), { ...config, label: say("The background on a map of the area.") });
const said = document.getElementById("said");
map.createPane("geogrid-backgrounds").style.zIndex = 300;
const layer = tileLayer(told, { pane: "geogrid-backgrounds" });
let loaded = 0;
let asked = false;

layer.on("tileload", () => {
  loaded += 1;
});
layer.on("load", () => {
  if (!asked) said.textContent = loaded ? say("It answers.") : say("There is nothing of it here. Move the map.");
});
layer.on("tileerror", async ({ tile, url }) => {
  if (asked) return;
  asked = true; // one sentence is enough, and one question more
  const answer = await fetch(url || tile.src);
  said.textContent = answer.ok ? "" : await answer.text();
  asked = !answer.ok;
});
layer.addTo(map);
if (told.bounds && !map.getBounds().intersects(layer.options.bounds ?? map.getBounds())) map.fitBounds(layer.options.bounds);
map.on("zoomend", () => {
  if (map.getZoom() < told.min_zoom) said.textContent = say("It begins at zoom %(zoom)s; this is %(now)s.", { zoom: told.min_zoom, now: Math.floor(map.getZoom()) });
});
document.getElementById("opacity").addEventListener("input", (event) => layer.setOpacity(Number(event.target.value) / 100));
