/* The form of a visit: how far from the point, what the photo is called. Works without this. */

import { metres, say } from "../geogrid/js/words.js";
import { canLocate, locate, metresBetween, permission } from "./position.js";

const form = document.getElementById("visit");
const state = document.getElementById("position-state");
const photo = document.getElementById("id_photo");
const FAR = 200;

async function fillPosition() {
  if (!canLocate() || (await permission()) === "denied") return;
  try {
    const here = await locate();
    form.elements.lon.value = here.lon.toFixed(7);
    form.elements.lat.value = here.lat.toFixed(7);
    form.elements.accuracy.value = Math.round(here.accuracy);
    const there = { lon: Number(form.dataset.lon), lat: Number(form.dataset.lat) };
    const away = metresBetween(here, there);
    const length = metres(away);
    state.textContent = away > FAR
      ? say("You are %(length)s from the point. The visit will say so; your position is not kept.", { length })
      : say("You are %(length)s from the point. Only this distance is kept.", { length });
  } catch (error) {
    // The sentence of the page stands: a visit needs no position.
  }
}

photo.addEventListener("change", () => {
  const label = document.getElementById("photo-label");
  const chosen = photo.files.length > 0;
  photo.closest(".upload").classList.toggle("chosen", chosen);
  label.textContent = chosen ? say("Photo chosen – tap to change") : say("Take a photo");
});

// Twice on the button sends once; the number in the form would catch a second copy anyway.
form.addEventListener("submit", () => {
  const button = form.querySelector("button.primary");
  setTimeout(() => { button.disabled = true; }, 0);
});
window.addEventListener("pageshow", () => { form.querySelector("button.primary").disabled = false; });

fillPosition();
