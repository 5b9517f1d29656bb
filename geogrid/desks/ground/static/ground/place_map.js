/* The spot of a place: a pin to drag, a click, or two typed numbers; all three say the same. */

import { openMap } from "../geogrid/js/map.js";
import { say } from "../geogrid/js/words.js";

const frame = document.getElementById("place-frame");
frame.hidden = false; // after that: a hidden map has no size
const opened = openMap(document.getElementById("map"));
const lon = document.getElementById("id_lon");
const lat = document.getElementById("id_lat");
const CLOSE = 18;

function typed() {
  const spot = [Number(lat.value), Number(lon.value)];
  return lon.value && lat.value && spot.every(Number.isFinite) && Math.abs(spot[0]) < 85 ? spot : null;
}

function note({ lat: y, lng: x }) {
  lon.value = x.toFixed(7);
  lat.value = y.toFixed(7);
}

function pin(spot) {
  opened.pin(spot, { draggable: true, label: say("The place; drag it to where it is"), onMove: note });
}

function fromText() {
  const spot = typed();
  if (!spot) return;
  pin(spot);
  opened.map.setView(spot, Math.max(opened.map.getZoom(), CLOSE), { animate: false });
}

opened.map.on("click", ({ latlng }) => {
  note(latlng);
  pin(latlng);
});
for (const field of [lon, lat]) field.addEventListener("change", fromText);
fromText();
