/* Where the reader is, and what was looked for: a blue dot with its circle, an ink pin. */

import { badge } from "./icons.js";
import { metres, say } from "./words.js";

const { L } = window;
const PIN = { width: 34, height: 44 };

/** The reader's own position; asked for only when a button was pressed. */
export class OwnPosition {
  constructor(map, palette) {
    this.map = map;
    this.palette = palette;
    this.group = L.layerGroup().addTo(map);
    this.last = null;
  }

  /** Ask the browser; shows the dot and fires "geogrid:position" {latlng, accuracy} on the map. */
  find() {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        this.show(L.latLng(coords.latitude, coords.longitude), coords.accuracy);
        if (this.map.options.maxBounds.contains(this.last.latlng)) {
          // At once: Leaflet drops what a page asks for while a zoom is still on its way.
          this.map.geogrid.fit(this.last.latlng.toBounds(250), { maxZoom: 16, animate: false });
        } else {
          const reason = say("You are outside of this area.");
          this.map.fire("geogrid:positionfailed", { reason });
        }
        this.map.fire("geogrid:position", { latlng: this.last.latlng, accuracy: coords.accuracy });
      },
      (problem) => {
        const reason = problem.code === 1
          ? say("This browser may not use your position. Search for an address instead.")
          : say("Your position could not be found. Search for an address instead.");
        this.map.fire("geogrid:positionfailed", { reason });
      },
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
    );
  }

  /** Draw the dot with a circle of `accuracy` metres. */
  show(latlng, accuracy) {
    this.last = { latlng: L.latLng(latlng), accuracy };
    const colour = this.palette.info;
    const quiet = { interactive: false, color: colour };
    this.group.clearLayers();
    this.group.addLayer(L.circle(latlng, { ...quiet, radius: accuracy, weight: 1, opacity: 0.4, fillOpacity: 0.16 }));
    this.group.addLayer(L.circleMarker(latlng, { ...quiet, radius: 8, weight: 3, color: "#fff", fillColor: colour, fillOpacity: 1 }));
    this.map.getContainer().dataset.position = say("You are here, to within %(length)s.", { length: metres(accuracy) });
  }

  boxes() {
    if (!this.last) return [];
    const { x, y } = this.map.latLngToLayerPoint(this.last.latlng);
    return [[x - 14, y - 14, x + 14, y + 14]];
  }
}

/** One pin: a searched address, or the place of a report with its red circle of true size. */
export class PinLayer {
  constructor(map, palette) {
    this.map = map;
    this.palette = palette;
    this.group = L.layerGroup().addTo(map);
    this.latlng = null;
  }

  /** @param options {accuracy: metres, label: words, draggable: bool, onMove: (latlng) => void} */
  show(latlng, options) {
    const { accuracy, label, draggable, onMove } = options || {};
    this.clear();
    this.latlng = L.latLng(latlng);
    const circle = accuracy
      ? L.circle(latlng, { radius: accuracy, interactive: false, color: this.palette.danger, weight: 1.5, fillOpacity: 0.12 })
      : null;
    if (circle) this.group.addLayer(circle);
    const marker = L.marker(latlng, {
      icon: pinIcon(),
      keyboard: Boolean(draggable),
      draggable: Boolean(draggable),
      interactive: Boolean(draggable),
      autoPan: true,
      zIndexOffset: 1000,
    });
    this.group.addLayer(marker);
    name(marker.getElement(), label || say("The place you looked for"));
    if (draggable) this._follow(marker, circle, onMove);
    this.map.geogrid.labels.redraw();
    return marker;
  }

  _follow(marker, circle, onMove) {
    marker.on("drag", () => circle && circle.setLatLng(marker.getLatLng()));
    marker.on("dragend", () => {
      this.latlng = marker.getLatLng();
      this.map.geogrid.labels.redraw();
      if (onMove) onMove(this.latlng);
    });
  }

  clear() {
    this.group.clearLayers();
    this.latlng = null;
  }

  boxes() {
    if (!this.latlng) return [];
    const { x, y } = this.map.latLngToLayerPoint(this.latlng);
    return [[x - 18, y - 42, x + 18, y + 6]];
  }
}

function pinIcon() {
  const drawing = badge("pin");
  drawing.setAttribute("width", PIN.width);
  drawing.setAttribute("height", PIN.height);
  const box = document.createElement("div");
  box.append(drawing);
  return L.divIcon({ html: box, className: "map-pin", iconSize: [PIN.width, PIN.height], iconAnchor: [PIN.width / 2, PIN.height - 2] });
}

function name(element, words) {
  if (!element) return;
  if (!element.hasAttribute("role")) element.setAttribute("role", "img");
  element.setAttribute("aria-label", words);
  element.title = words;
}
