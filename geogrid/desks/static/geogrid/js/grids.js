/* The grids on the map: each shared border once, communities with ribbons, one of them selected.
 *
 *   const grids = new GridLayer(collection).addTo(map);      // collection: /feed/grids.geojson
 *   grids.on("gridclick", ({code, latlng}) => grids.select(code));
 *   grids.select("320102001003"); grids.fit("320102001003"); grids.setHeat((feature) => -2..2 | 0);
 */

import { buildArcs, insideRings, neighboursOf, ringsOf } from "./arcs.js";
import { GridCanvas, HeatCanvas } from "./grid_canvas.js";
import { normalised } from "./canvas_layer.js";

const { L } = window;

export const GridLayer = L.Evented.extend({
  /**
   * @param {object} collection FeatureCollection of /feed/grids.geojson
   * @param {object} options {dim: dim what is not selected (true), fill: tint the selected (false),
   *   interactive (true), labels (true), selected: code}
   */
  initialize(collection, options) {
    this.options = Object.assign({ dim: true, fill: false, interactive: true, labels: true }, options);
    this._hovered = null;
    this._selected = null;
    this._heat = null;
    this.setData(collection);
    if (this.options.selected) this._selected = this._index(this.options.selected);
  },

  /** Replace the grids, keeping the selection where its code still exists. */
  setData(collection) {
    const selected = this._selected == null ? null : this.grids[this._selected].code;
    this.grids = collection.features.map(prepared);
    this._byCode = new Map(this.grids.map((grid, index) => [grid.code, index]));
    this.arcs = buildArcs(collection.features).map((arc) => preparedArc(arc, this.grids));
    this.bounds = L.latLngBounds(this.grids.map((grid) => grid.bounds.getSouthWest()));
    this.grids.forEach((grid) => this.bounds.extend(grid.bounds));
    this._selected = selected == null ? null : this._index(selected);
    this._redraw();
    return this;
  },

  addTo(map) {
    this._map = map;
    const { palette, labels } = map.geogrid;
    this._canvas = new GridCanvas({ owner: this, palette, pane: "geogrid-grids" }).addTo(map);
    if (this._heat) this._addHeat();
    if (this.options.labels && labels) labels.addSource(this);
    if (this.options.interactive) {
      map.on("click", this._click, this);
      map.on("mousemove", this._move, this);
      map.on("mouseout", this._leave, this);
      map.getContainer().addEventListener("keydown", (this._enter = (event) => this._key(event)));
    }
    return this;
  },

  remove() {
    if (!this._map) return this;
    this._map.off("click", this._click, this).off("mousemove", this._move, this);
    this._map.off("mouseout", this._leave, this);
    if (this._enter) this._map.getContainer().removeEventListener("keydown", this._enter);
    if (this._map.geogrid.labels) this._map.geogrid.labels.removeSource(this);
    this._canvas.remove();
    if (this._heatCanvas) this._heatCanvas.remove();
    this._map = this._canvas = this._heatCanvas = null;
    return this;
  },

  /** Select by code, or nothing with null. Does not move the map: see `fit`. */
  select(code) {
    this._selected = code == null ? null : this._index(code);
    this._redraw();
    return this;
  },

  /** Show an outline as under the pointer: for list rows that have hover or focus. */
  hover(code) {
    const index = code == null ? null : this._index(code);
    if (index !== this._hovered) {
      this._hovered = index;
      if (this._canvas) this._canvas.redraw();
    }
    return this;
  },

  /** `step(feature)` gives -2 (far too few), -1, 0 (in range), 1 or 2 (far too many); null ends it. */
  setHeat(step) {
    this._heat = step;
    if (step && !this._heatCanvas && this._map) this._addHeat();
    if (this._heatCanvas) this._heatCanvas.redraw();
    return this;
  },

  /** Bring a grid, or with null the core of all, into the part of the map that nothing covers. */
  fit(code, options) {
    const index = code == null ? null : this._index(code);
    const bounds = index == null ? this.core() : this.grids[index].bounds;
    this._map.geogrid.fit(bounds, options);
    return this;
  },

  /** Where most grids are: a lake or a forest at the edge does not decide what is seen first. */
  core() {
    const points = this.grids.map(({ bounds }) => bounds.getCenter());
    if (points.length < 20) return this.bounds;
    const within = (numbers) => {
      const sorted = numbers.sort((a, b) => a - b);
      const cut = Math.floor(sorted.length * 0.06);
      return [sorted[cut], sorted[sorted.length - 1 - cut]];
    };
    const [south, north] = within(points.map((point) => point.lat));
    const [west, east] = within(points.map((point) => point.lng));
    return L.latLngBounds([[south, west], [north, east]]).pad(0.06);
  },

  /** The code of the grid at a LatLng, or null. */
  at(latlng) {
    const [x, y] = normalised(latlng.lng, latlng.lat);
    const found = this.grids.find((grid) => inBox(x, y, grid.box) && insideRings(x, y, grid.rings));
    return found ? found.code : null;
  },

  feature(code) {
    const index = this._index(code);
    return index == null ? null : this.grids[index].feature;
  },

  get selected() {
    return this._selected == null ? null : this.grids[this._selected].code;
  },

  // ---- what labels.js asks for
  gridLabels(view) {
    const near = this._selected == null ? new Set() : neighboursOf(this.arcs, this._selected);
    const chosen = this._selected == null ? null : this.grids[this._selected];
    const [left, top, right, bottom] = view.box;
    const listed = [];
    this.grids.forEach((grid, index) => {
      const x = grid.label[0] * view.scale + view.dx;
      const y = grid.label[1] * view.scale + view.dy;
      if (x < left - 40 || x > right + 40 || y < top - 40 || y > bottom + 40) return;
      const role = index === this._selected ? "selected" : near.has(index) ? "near" : "other";
      const radius = grid.radius * view.scale;
      const sameParent = Boolean(chosen) && chosen.parent === grid.parent;
      listed.push({ index, number: grid.number, full: grid.full, x, y, radius, role, sameParent });
    });
    return listed;
  },

  communities(view) {
    const groups = new Map();
    for (const grid of this.grids) {
      if (!grid.parent) continue;
      const group = groups.get(grid.parent)
        || { name: grid.parentName, x: 0, y: 0, weight: 0, grids: [] };
      const weight = grid.radius * grid.radius;
      group.x += grid.label[0] * weight;
      group.y += grid.label[1] * weight;
      group.weight += weight;
      group.grids.push(grid);
      groups.set(grid.parent, group);
    }
    const chosen = this._selected == null ? null : this.grids[this._selected].parent;
    return [...groups]
      .filter(([parent, group]) => parent !== chosen && group.name)
      .map(([, { name, x, y, weight, grids }]) => ({
        name,
        x: (x / weight) * view.scale + view.dx,
        y: (y / weight) * view.scale + view.dy,
        owns: (across, down) => {
          const at = [(across - view.dx) / view.scale, (down - view.dy) / view.scale];
          return grids.some((grid) => insideRings(at[0], at[1], grid.rings));
        },
      }));
  },

  outline(view) {
    if (this._selected == null) return [];
    const place = ([x, y]) => [x * view.scale + view.dx, y * view.scale + view.dy];
    return this.grids[this._selected].rings.map((ring) => ring.map(place));
  },

  inside(x, y, view) {
    if (this._selected == null) return false;
    const at = [(x - view.dx) / view.scale, (y - view.dy) / view.scale];
    return insideRings(at[0], at[1], this.grids[this._selected].rings);
  },

  // ---- inside
  _index(code) {
    const index = this._byCode.get(code);
    return index === undefined ? null : index;
  },

  _addHeat() {
    const { palette } = this._map.geogrid;
    this._heatCanvas = new HeatCanvas({ owner: this, palette, pane: "geogrid-heat" }).addTo(this._map);
  },

  _redraw() {
    if (!this._map) return;
    if (this._heatCanvas) this._heatCanvas.redraw();
    this._canvas.redraw();
    if (this._map.geogrid.labels) this._map.geogrid.labels.redraw();
  },

  _click(event) {
    const code = this.at(event.latlng);
    this.fire("gridclick", { code, latlng: event.latlng, originalEvent: event.originalEvent });
  },

  _move(event) {
    if (event.originalEvent.pointerType === "touch") return;
    const code = this.at(event.latlng);
    if (this._index(code) === this._hovered) return;
    this.hover(code);
    this._map.getContainer().classList.toggle("over-grid", code != null);
    this.fire("gridhover", { code });
  },

  _leave() {
    this.hover(null);
    this.fire("gridhover", { code: null });
  },

  _key(event) {
    if (event.key !== "Enter" || event.target !== this._map.getContainer()) return;
    event.preventDefault();
    const latlng = this._map.getCenter();
    this.fire("gridclick", { code: this.at(latlng), latlng, originalEvent: event });
  },
});

function prepared(feature) {
  const given = feature.properties;
  const rings = ringsOf(feature.geometry).map((ring) => ring.map(([lon, lat]) => normalised(lon, lat)));
  const flat = [].concat(...rings);
  const xs = flat.map((point) => point[0]);
  const ys = flat.map((point) => point[1]);
  const lons = [].concat(...ringsOf(feature.geometry));
  const bounds = L.latLngBounds(lons.map(([lon, lat]) => [lat, lon]));
  const [lon, lat] = given.label_point || [bounds.getCenter().lng, bounds.getCenter().lat];
  const community = (given.parent_name || "").replace(/社区$/, "");
  const number = String(given.label || "");
  // Metres on the ground -> share of the Mercator square, which stretches away from the equator.
  const metre = 1 / (40075016.686 * Math.cos((lat * Math.PI) / 180));
  return {
    feature,
    rings,
    bounds,
    number,
    code: given.code || feature.id,
    kind: given.kind,
    parent: given.parent,
    parentName: given.parent_name,
    full: community ? `${community} ${number}` : given.name || number,
    box: [least(xs), least(ys), most(xs), most(ys)],
    label: normalised(lon, lat),
    radius: (given.label_radius || 0) * metre,
  };
}

function preparedArc({ a, b, points }, grids) {
  const path = points.map(([lon, lat]) => normalised(lon, lat));
  const xs = path.map((point) => point[0]);
  const ys = path.map((point) => point[1]);
  const fixed = b < 0 || grids[a].parent !== grids[b].parent;
  return { a, b, path, fixed, box: [least(xs), least(ys), most(xs), most(ys)] };
}

const least = (numbers) => numbers.reduce((a, b) => (a < b ? a : b), Infinity);
const most = (numbers) => numbers.reduce((a, b) => (a > b ? a : b), -Infinity);

function inBox(x, y, box) {
  return x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
}
