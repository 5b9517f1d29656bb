/* Numbered marks of the points on the picture or on the map; they can be dragged.

   new Marks(map, {part, points, at(row) -> latlng, from(latlng) -> [a, b]}); .show() */

import { say } from "../../geogrid/js/words.js";
import { has } from "./points.js";

const { L } = window;

export class Marks {
  constructor(map, options) {
    Object.assign(this, options, { map });
    this.markers = [];
  }

  show() {
    const { points, part } = this;
    for (const marker of this.markers) marker.remove();
    this.markers = points.rows.map((row, index) => ({ row, index })).filter(({ row }) => has(row, part)).map(({ row, index }) => {
      const number = document.createElement("span");
      number.textContent = String(index + 1);
      const marker = L.marker(this.at(row), {
        icon: L.divIcon({ className: "pointmark", html: number, iconSize: [32, 32], iconAnchor: [16, 16] }),
        draggable: true, keyboard: false, autoPan: true,
        title: say("Point %(number)s: drag it to correct it.", { number: index + 1 }),
      });
      marker.on("dragend", () => points.move(index, part, this.from(marker.getLatLng())));
      return marker.addTo(this.map);
    });
  }
}
