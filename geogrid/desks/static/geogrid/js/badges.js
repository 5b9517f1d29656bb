/* Places on the map, each kind with its own shape. Below zoom 15 only hazards and schools are shown.
 *
 *   const places = new PlaceLayer({ onChoose: (place) => ... }).addTo(map);
 *   places.setData(collection);     // /feed/schools.geojson ...; several calls with `add` collect
 */

import { badge } from "./icons.js";

const { L } = window;
const ALWAYS = new Set(["hazard", "hazard-overdue", "case"]);
const ALL_FROM_ZOOM = 15;
const SCHOOLS_FROM_ZOOM = 14;
const ORDER = ["hazard-overdue", "hazard", "case", "school", "health", "public", "hydrant", "shop"];

export const PlaceLayer = L.Evented.extend({
  /**
   * @param options {size: px (22; 28-36 on patrol), focusable: badges are tab stops (false, the list
   *   is), onChoose: (properties, latlng), keep: never leave a badge out for lack of room}
   */
  initialize(options) {
    this.options = Object.assign({ size: 22, focusable: false, keep: false }, options);
    this._places = [];
    this._shown = new Map();
    this._current = null;
  },

  addTo(map) {
    this._map = map;
    this._group = L.layerGroup().addTo(map);
    map.geogrid.labels.addSource(this);
    return this;
  },

  remove() {
    if (!this._map) return this;
    this._map.geogrid.labels.removeSource(this);
    this._group.remove();
    this._map = null;
    return this;
  },

  setData(collection) {
    this._places = [];
    this._shown.forEach((marker) => this._group.removeLayer(marker));
    this._shown.clear();
    return this.add(collection);
  },

  /** Features: points with properties {id, badge, name, kind}. */
  add(collection) {
    for (const feature of collection.features) {
      const [lon, lat] = feature.geometry.coordinates;
      this._places.push({ key: keyOf(feature), latlng: L.latLng(lat, lon), given: feature.properties });
    }
    const rank = (place) => ORDER.indexOf(place.given.badge) >>> 0;
    this._places.sort((a, b) => rank(a) - rank(b));
    if (this._map) this._map.geogrid.labels.redraw();
    return this;
  },

  /** Mark one place as the current row of the list. */
  setCurrent(id) {
    this._current = id == null ? null : String(id);
    this._shown.forEach((marker, key) => {
      const element = marker.getElement();
      if (element) element.classList.toggle("current", this._isCurrent(key));
    });
    return this;
  },

  // ---- labels.js gives badges their room, after grids and before communities
  placeBadges(view, taken) {
    const wanted = new Set();
    const half = this.options.size / 2;
    for (const place of this._places) {
      const kind = place.given.badge;
      const first = ALWAYS.has(kind) ? 0 : kind === "school" ? SCHOOLS_FROM_ZOOM : ALL_FROM_ZOOM;
      if (view.zoom < first) continue;
      const { x, y } = this._map.latLngToLayerPoint(place.latlng);
      const box = [x - half, y - half, x + half, y + half];
      if (x < view.box[0] - half || x > view.box[2] + half || y < view.box[1] - half || y > view.box[3] + half) continue;
      const must = this.options.keep || kind.startsWith("hazard") || this._isCurrent(place.key);
      if (!must && !taken.free(box)) continue;
      taken.take(box);
      wanted.add(place.key);
      if (!this._shown.has(place.key)) this._show(place);
    }
    this._shown.forEach((marker, key) => {
      if (wanted.has(key)) return;
      this._group.removeLayer(marker);
      this._shown.delete(key);
    });
  },

  _isCurrent(key) {
    return this._current != null && key.endsWith("/" + this._current);
  },

  _show(place) {
    const { size, focusable, onChoose } = this.options;
    const box = document.createElement("div");
    box.append(badge(place.given.badge, size));
    const marker = L.marker(place.latlng, {
      icon: L.divIcon({ html: box, className: "map-badge", iconSize: [size, size] }),
      keyboard: focusable,
      interactive: Boolean(onChoose),
      bubblingMouseEvents: false,
    });
    this._group.addLayer(marker);
    this._shown.set(place.key, marker);
    const element = marker.getElement();
    const words = place.given.title || place.given.name || place.given.kind || place.given.badge;
    if (!element.hasAttribute("role")) element.setAttribute("role", "img");
    element.setAttribute("aria-label", words);
    element.title = words;
    element.classList.toggle("current", this._isCurrent(place.key));
    if (onChoose) {
      const choose = () => {
        this.setCurrent(place.given.id);
        onChoose(place.given, place.latlng);
      };
      marker.on("click", choose);
      marker.on("keypress", (event) => event.originalEvent.key === "Enter" && choose());
    }
  },
});

function keyOf(feature) {
  const { id, badge: kind } = feature.properties;
  return `${kind}/${id == null ? feature.id : id}`;
}
