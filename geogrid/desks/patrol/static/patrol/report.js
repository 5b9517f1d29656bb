/* Reporting from the phone: asks for the position at once, so that kind, photo, send are enough. */

import { addressBox } from "../geogrid/js/address_box.js";
import { metres } from "../geogrid/js/words.js";
import { wirePhotos } from "./photos.js";
import { canLocate, locate } from "./position.js";

const { gettext, interpolate } = window;
const form = document.getElementById("report");
const state = document.getElementById("place-state");

wirePhotos(form);
addressBox(form.elements.address, { url: form.dataset.suggest });
findPosition();

async function findPosition() {
  if (!canLocate() || form.elements.lon.value) return;
  state.textContent = gettext("Looking for your position …");
  try {
    const here = await locate();
    form.elements.lon.value = here.lon.toFixed(7);
    form.elements.lat.value = here.lat.toFixed(7);
    form.elements.accuracy.value = Math.round(here.accuracy);
    form.elements.located_by.value = "device";
    state.textContent = interpolate(gettext("Your position goes with it (±%(length)s)."), { length: metres(here.accuracy) }, true);
  } catch (problem) {
    state.textContent = gettext("Your position could not be found. Type the address below.");
    form.querySelector("details.more").open = true;
  }
}

/* An address that was typed says where it is, wherever the phone may be. */
form.elements.address.addEventListener("input", () => {
  for (const name of ["lon", "lat", "accuracy", "located_by"]) form.elements[name].value = "";
});
