/* The report form with a map, the device's position and previews. Without it the form still works:
   an address is looked up by the button beside it, and the next page shows the grid. */

import { addressBox } from "../geogrid/js/address_box.js";
import { GridLayer } from "../geogrid/js/grids.js";
import { openMap, readConfig } from "../geogrid/js/map.js";
import { metres } from "../geogrid/js/words.js";

const { gettext, interpolate } = window;
const form = document.getElementById("report");
const field = (name) => form.elements[name];
const state = document.getElementById("place-state");
const config = readConfig();
let asked = 0; // answers that arrive late are not shown

showPhotos();
addressBox(field("address"), { url: config.suggest_url });
start().catch((problem) => console.warn(problem)); // an address will do

async function start() {
  const frame = document.getElementById("map-frame");
  frame.hidden = false;
  const opened = openMap(document.getElementById("map"), { ...config, locate: false });
  offerPosition(opened);
  opened.map.on("click", (event) => choose(opened, event.latlng, { by: "map" }));
  forgetPointOnTyping(opened);
  if (field("lon").value) {
    choose(opened, [Number(field("lat").value), Number(field("lon").value)], {
      by: field("located_by").value || "map", accuracy: Number(field("accuracy").value) || null, near: true,
    });
  }
  form.querySelectorAll("[name=spot]").forEach((radio) => {
    const show = () => showSpot(opened, radio.value);
    radio.addEventListener("change", show);
    if (radio.checked) show();
  });
  const collection = await (await fetch(config.grids_url)).json();
  opened.grids = new GridLayer(collection).addTo(opened.map);
  opened.grids.on("gridclick", ({ latlng }) => latlng && choose(opened, latlng, { by: "map" }));
  const near = new URLSearchParams(location.search).get("grid");
  if (near && !field("lon").value) opened.grids.fit(near);
  if (opened.code) opened.grids.select(opened.code);
}

/* Put the pin at a place, keep it in the form, and say which grid it lies in. */
function choose(opened, place, { by, accuracy, near, spot }) {
  const latlng = window.L.latLng(place);
  if (!spot) {
    field("lon").value = latlng.lng.toFixed(7);
    field("lat").value = latlng.lat.toFixed(7);
    field("accuracy").value = accuracy ? accuracy.toFixed(0) : "";
    field("located_by").value = by;
    form.querySelectorAll("[name=spot]").forEach((radio) => { radio.checked = false; });
  }
  opened.pin(latlng, {
    accuracy, label: gettext("Here it is"), draggable: true,
    onMove: (moved) => choose(opened, moved, { by: "map" }),
  });
  if (accuracy) opened.map.fitBounds(latlng.toBounds(accuracy * 2.4), { maxZoom: 18, animate: false });
  else if (near || spot) opened.map.setView(latlng, Math.max(opened.map.getZoom(), 17), { animate: false });
  tell(opened, latlng, accuracy);
}

function showSpot(opened, value) {
  const [lon, lat] = value.split(",");
  clearPoint();
  choose(opened, [Number(lat), Number(lon)], { by: "address", spot: true });
}

function clearPoint() {
  for (const name of ["lon", "lat", "accuracy", "located_by"]) field(name).value = "";
}

function forgetPointOnTyping(opened) {
  // Words typed after a tap on the map describe the point; a point found by address goes with them.
  field("address").addEventListener("input", () => {
    if (field("located_by").value !== "address" && field("lon").value) return;
    clearPoint();
    opened.unpin();
  });
}

async function tell(opened, latlng, accuracy) {
  const turn = (asked += 1);
  const query = new URLSearchParams({ lon: latlng.lng.toFixed(7), lat: latlng.lat.toFixed(7), area: config.area });
  if (accuracy) query.set("accuracy", Math.min(accuracy, 5000).toFixed(0));
  const answer = await fetch(`${config.where_url}?${query}`).catch(() => null);
  if (turn !== asked || !answer || !answer.ok) return;
  const found = await answer.json();
  opened.code = found.grid ? found.grid.code : null;
  if (opened.grids) opened.grids.select(opened.code);
  state.textContent = sentence(found, accuracy);
}

function sentence(found, accuracy) {
  if (!found.grid) return gettext("This point lies in no grid; the office decides who handles it.");
  if (accuracy && found.possible.length > 1) {
    return interpolate(
      gettext("In %(grid)s, known to within %(length)s. The next page asks which side it is on."),
      { grid: found.grid.name, length: metres(accuracy) }, true,
    );
  }
  return interpolate(gettext("In %(grid)s"), { grid: found.grid.name }, true);
}

function offerPosition(opened) {
  const button = document.getElementById("locate");
  if (!navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    state.textContent = gettext("Looking for your position …");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => choose(opened, [coords.latitude, coords.longitude], { by: "device", accuracy: coords.accuracy }),
      () => { state.textContent = gettext("Your position could not be found. Tap the map or type the address."); },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  });
}

function showPhotos() {
  const input = form.querySelector("[name=photos]");
  const box = document.getElementById("previews");
  input.addEventListener("change", () => {
    box.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    const images = Array.from(input.files).slice(0, 4).map((file) => {
      const image = document.createElement("img");
      image.className = "photo";
      image.alt = gettext("Photo to be sent");
      image.src = URL.createObjectURL(file);
      return image;
    });
    box.replaceChildren(...images);
    box.hidden = !images.length;
  });
}
