/* The map of stops: my grids, a badge per stop, the way between the next ones. */

import { PlaceLayer } from "../geogrid/js/badges.js";
import { GridLayer } from "../geogrid/js/grids.js";
import { openMap, readConfig } from "../geogrid/js/map.js";

const { L } = window;
const NEXT_STOPS = 5;

/** The stops that the page was delivered with. */
export const deliveredStops = () => JSON.parse(document.getElementById("patrol-stops").textContent);

export class StopsMap {
  /** @param options {onChoose: (key) => void, way: draw the way between the next stops} */
  constructor(element, options) {
    this.options = options || {};
    this.opened = openMap(element, { ...readConfig(), controls: false, locate: false });
    this.map = this.opened.map;
    this.way = L.layerGroup().addTo(this.map);
    const { onChoose } = this.options;
    this.badges = new PlaceLayer({
      size: 30,
      keep: true,
      onChoose: onChoose && ((place) => onChoose(place.id)),
    }).addTo(this.map);
    this.here = null;
  }

  async showGrids() {
    const { grids_url: url } = this.opened.config;
    if (!url) return;
    const answer = await fetch(url);
    if (answer.ok) new GridLayer(await answer.json(), { interactive: false }).addTo(this.map);
  }

  /** @param stops in the order of the list @param here {lon, lat, accuracy} or null */
  show(stops, here) {
    this.here = here || null;
    this.badges.setData({
      features: stops.map((stop) => ({
        geometry: { coordinates: [stop.lon, stop.lat] },
        properties: { id: stop.key, name: stop.name, badge: stop.badge },
      })),
    });
    this.way.clearLayers();
    if (here) {
      this.opened.position.show([here.lat, here.lon], here.accuracy);
      if (this.options.way) this._drawWay(stops);
    }
    this._fit(stops);
  }

  current(key) {
    this.badges.setCurrent(key);
  }

  _drawWay(stops) {
    const points = [this.here, ...stops.slice(0, NEXT_STOPS)].map(({ lon, lat }) => [lat, lon]);
    const line = { interactive: false, lineCap: "round", lineJoin: "round" };
    L.polyline(points, { ...line, color: "#fff", weight: 7 }).addTo(this.way);
    const blue = this.opened.palette.info;
    L.polyline(points, { ...line, color: blue, weight: 3, dashArray: "1 7" }).addTo(this.way);
  }

  _fit(stops) {
    const near = this.here ? [this.here, ...stops.slice(0, NEXT_STOPS)] : stops;
    if (!near.length) return;
    const bounds = L.latLngBounds(near.map(({ lon, lat }) => [lat, lon]));
    this.opened.fit(bounds, { animate: false, maxZoom: 17 });
  }
}
