/* A picture one can zoom and move like the map: Leaflet in pixels, the first row at the top.

   openPicture(element, {picture, width, height, name}) -> map;  map.pixelOf(latlng) -> [x, y];
   map.latlngOf([x, y]) */

import { iconButton } from "../../geogrid/js/icons.js";
import { say } from "../../geogrid/js/words.js";

const { L } = window;

export function openPicture(element, { picture, width, height }) {
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", say("The picture. Arrows move it, Enter sets a point under the cross."));
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, {
    crs: L.CRS.Simple, zoomControl: false, attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.5,
    minZoom: -6, maxZoom: 4, keyboardPanDelta: 24, wheelPxPerZoomLevel: 120,
    zoomAnimation: !calm, fadeAnimation: !calm, inertia: !calm,
  });
  const box = L.latLngBounds([[-height, 0], [0, width]]);
  L.imageOverlay(picture, box, { interactive: false, alt: "" }).addTo(map);
  map.fitBounds(box, { animate: false });
  map.setMinZoom(map.getZoom() - 1);
  map.setMaxBounds(box.pad(2)); // every corner can come under the cross
  const cross = document.createElement("div");
  cross.className = "crosshair";
  cross.setAttribute("aria-hidden", "true");
  element.append(cross);
  map.addControl(new Zoom());
  map.pixelOf = ({ lat, lng }) => [lng, -lat];
  map.latlngOf = ([x, y]) => L.latLng(-y, x);
  if (typeof ResizeObserver !== "undefined") new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(element);
  return map;
}

const Zoom = L.Control.extend({
  options: { position: "bottomright" },

  onAdd(map) {
    const box = L.DomUtil.create("div", "mapctl");
    L.DomEvent.disableClickPropagation(box);
    const closer = iconButton("plus", say("Zoom in"));
    const further = iconButton("minus", say("Zoom out"));
    closer.addEventListener("click", () => map.zoomIn());
    further.addEventListener("click", () => map.zoomOut());
    box.append(closer, further);
    return box;
  },
});
