/* Taking a report by phone: places appear while the address is typed, the map shows the chosen one. */

import { GridLayer } from "../geogrid/js/grids.js";
import { openMap, readConfig } from "../geogrid/js/map.js";

const { gettext } = window;
const form = document.getElementById("phone");
const spots = document.getElementById("spots");
const config = readConfig();
let opened = null;
let grids = null;
let timer = 0;
let turn = 0;

form.elements.address.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(find, 250);
});
form.elements.category.addEventListener("change", find);
spots.addEventListener("change", (event) => show(event.target));
start().catch((problem) => console.warn(problem)); // addresses work without the map

async function start() {
  document.getElementById("map-frame").hidden = false;
  opened = openMap(document.getElementById("map"), { ...config, locate: false });
  opened.map.on("click", ({ latlng }) => point(latlng));
  const checked = spots.querySelector("input:checked");
  if (checked) show(checked);
  grids = new GridLayer(await (await fetch(config.grids_url)).json()).addTo(opened.map);
  grids.on("gridclick", ({ code, latlng }) => { if (latlng) point(latlng); grids.select(code); });
  if (checked) grids.select(checked.dataset.grid || null);
}

async function find() {
  const words = form.elements.address.value.trim();
  const mine = (turn += 1);
  if (words.length < 2) { spots.replaceChildren(); return; }
  const query = new URLSearchParams({ q: words, category: form.elements.category.value });
  const answer = await fetch(`${form.dataset.places}?${query}`);
  if (mine !== turn || !answer.ok) return;
  spots.innerHTML = await answer.text(); // rendered by our own template, which escapes every word
  const checked = spots.querySelector("input:checked");
  if (checked) show(checked);
}

function show(radio) {
  if (!opened || !radio.value) return;
  const [lon, lat] = radio.value.split(",").map(Number);
  for (const name of ["lon", "lat", "located_by"]) form.elements[name].value = "";
  opened.pin([lat, lon], { label: gettext("Here it is") });
  opened.map.setView([lat, lon], 17, { animate: false });
  if (grids) grids.select(radio.dataset.grid || null);
}

/* A tap on the map when no address fits. */
function point(latlng) {
  form.elements.lon.value = latlng.lng.toFixed(7);
  form.elements.lat.value = latlng.lat.toFixed(7);
  form.elements.located_by.value = "map";
  spots.querySelectorAll("input:checked").forEach((radio) => { radio.checked = false; });
  opened.pin(latlng, { label: gettext("Here it is") });
}
