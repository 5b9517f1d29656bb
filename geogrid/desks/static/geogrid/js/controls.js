/* Zoom, "where am I", scale and attribution, in our own clothes and with names for every ear. */

import { icon, iconButton } from "./icons.js";
import { metres, say } from "./words.js";

const { L } = window;
const SCALE_PX = 120;

/** Add the controls that `config` does not switch off. */
export function addControls(opened) {
  const { map, config } = opened;
  const beside = map.getContainer().parentElement;
  const has = (part) => Boolean(beside && beside.querySelector(`[data-${part}]`));
  if (config.attribution && !has("attribution")) map.addControl(new Attribution(config.attribution));
  if (config.controls !== false) map.addControl(new Scale()).addControl(new Zoom());
  if (config.locate !== false && navigator.geolocation && !has("locate")) {
    map.addControl(new Locate(opened));
  }
  map.getContainer().append(crosshair());
}

function control(className) {
  const box = L.DomUtil.create("div", className);
  box.dataset.coversMap = "";
  L.DomEvent.disableClickPropagation(box);
  return box;
}

const Zoom = L.Control.extend({
  options: { position: "bottomright" },

  onAdd(map) {
    const box = control("mapctl");
    const closer = iconButton("plus", say("Zoom in"));
    const further = iconButton("minus", say("Zoom out"));
    closer.addEventListener("click", () => map.zoomIn());
    further.addEventListener("click", () => map.zoomOut());
    const limit = () => {
      closer.setAttribute("aria-disabled", String(map.getZoom() >= map.getMaxZoom()));
      further.setAttribute("aria-disabled", String(map.getZoom() <= map.getMinZoom()));
    };
    map.on("zoomend", limit);
    limit();
    box.append(closer, further);
    return box;
  },
});

const Locate = L.Control.extend({
  options: { position: "bottomright" },

  initialize(opened) {
    this.opened = opened;
  },

  onAdd(map) {
    const box = control("mapctl locate");
    const button = iconButton("locate", say("Where am I"));
    button.querySelector(".i").classList.add("l");
    button.addEventListener("click", () => this.opened.position.find());
    map.on("geogrid:positionfailed", ({ reason }) => this._sayWhy(box, reason));
    box.append(button);
    return box;
  },

  _sayWhy(box, reason) {
    const old = box.querySelector(".locate-note");
    if (old) old.remove();
    const note = document.createElement("p");
    note.className = "locate-note";
    note.setAttribute("role", "status");
    note.append(icon("info", "s"), document.createTextNode(reason));
    box.append(note);
    setTimeout(() => note.remove(), 8000);
  },
});

const Scale = L.Control.extend({
  options: { position: "bottomright" },

  onAdd(map) {
    this.box = control("scale");
    this.box.setAttribute("aria-hidden", "true");
    this.words = document.createElement("span");
    this.bar = document.createElement("i");
    this.box.append(this.words, this.bar);
    map.on("move zoomend", this._update, this);
    map.whenReady(this._update, this);
    return this.box;
  },

  onRemove(map) {
    map.off("move zoomend", this._update, this);
  },

  _update() {
    const map = this._map;
    if (!map) return;
    const middle = map.getSize().y / 2;
    const across = map.distance(
      map.containerPointToLatLng([0, middle]),
      map.containerPointToLatLng([SCALE_PX, middle]),
    );
    const power = Math.pow(10, Math.floor(Math.log10(across)));
    const length = [5, 2, 1].map((digit) => digit * power).find((round) => round <= across);
    this.words.textContent = metres(length);
    this.bar.style.width = Math.round((length / across) * SCALE_PX) + "px";
  },
});

const Attribution = L.Control.extend({
  options: { position: "bottomright" },

  initialize(words) {
    this.words = words;
  },

  onAdd() {
    const box = control("attr");
    box.textContent = this.words;
    return box;
  },
});

/* Shown while the map has the keyboard: Enter asks for what lies under it. */
function crosshair() {
  const cross = document.createElement("div");
  cross.className = "crosshair";
  cross.setAttribute("aria-hidden", "true");
  return cross;
}
