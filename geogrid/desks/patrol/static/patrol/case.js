/* A case on the phone: its place on the map, and what the photo button says. */

import { GridLayer } from "../geogrid/js/grids.js";
import { openMap, readConfig } from "../geogrid/js/map.js";
import { wirePhotos } from "./photos.js";

const { gettext } = window;
wirePhotos(document);
showPlace().catch((problem) => console.warn(problem)); // the address is on the page

async function showPlace() {
  const config = readConfig();
  const opened = openMap(document.getElementById("map"), { ...config, controls: false, locate: false });
  const place = JSON.parse(document.getElementById("case-point").textContent);
  opened.pin(place, { label: gettext("The case") });
  opened.map.setView(place, 17, { animate: false });
  new GridLayer(await (await fetch(config.grids_url)).json()).addTo(opened.map);
}
