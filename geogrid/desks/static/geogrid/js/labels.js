/* All words on the map in one place, because they compete for room. Most important first: pins and
   the selected grid, neighbours, other grids, badges, communities, streets. Drawn on one canvas. */

import { namesInView } from "./basemap.js";
import { Taken } from "./boxes.js";
import { CanvasLayer } from "./canvas_layer.js";
import { placeCommunityNames, placeGridLabels, placePill } from "./grid_labels.js";
import { placeStreetNames } from "./street_names.js";

const EDGE_PX = 5;
const COVERS = "[data-covers-map], .float, .legend, .mapdesk.has-sheet > .side";
const STREETS_FROM_ZOOM = 14;
const SMALL_STREETS_FROM_ZOOM = 16;
const PLACE_NAMES_FROM_ZOOM = 12;

export const LabelLayer = CanvasLayer.extend({
  options: { padding: 0, className: "map-labels leaflet-zoom-hide", pane: "geogrid-labels" },

  /** @param options {palette, basemap, chinese, scale, names} `names: false` leaves streets out */
  initialize(options) {
    CanvasLayer.prototype.initialize.call(this, options);
    this._sources = new Set();
    this._words = null;
  },

  onAdd(map) {
    CanvasLayer.prototype.onAdd.call(this, map);
    if (this.options.basemap) this.options.basemap.on("load", this._read, this);
    map.on("moveend zoomend", this._read, this);
    this._read();
  },

  onRemove(map) {
    if (this.options.basemap) this.options.basemap.off("load", this._read, this);
    map.off("moveend zoomend", this._read, this);
    CanvasLayer.prototype.onRemove.call(this, map);
  },

  /** A source has any of gridLabels(view), communities(view), outline(view), boxes(view), inside(x, y). */
  addSource(source) {
    this._sources.add(source);
    return this.redraw();
  },

  removeSource(source) {
    this._sources.delete(source);
    return this.redraw();
  },

  async _read() {
    const { basemap, names } = this.options;
    if (!basemap || names === false || !this._map || this._map.getZoom() < PLACE_NAMES_FROM_ZOOM) return;
    try {
      const words = await namesInView(basemap, this._map);
      if (!this._map || words.zoom !== this._map.getZoom()) return;
      this._words = words;
      this.redraw();
    } catch (error) {
      // Tiles of a zoom that was left are aborted; the next "load" asks again.
      if (error.name !== "AbortError") this._words = null;
    }
  },

  draw(context, view) {
    const [left, top, right, bottom] = view.box;
    context.clearRect(left, top, right - left, bottom - top);
    const taken = new Taken([left + EDGE_PX, top + EDGE_PX, right - EDGE_PX, bottom - EDGE_PX]);
    const measure = this._measure(context);
    this._keepClear(taken, view);
    const { scale = 1, chinese } = this.options;
    const grids = [];
    const communities = [];
    for (const source of this._sources) {
      if (source.boxes) source.boxes(view).forEach((box) => taken.take(box));
      if (source.gridLabels) grids.push(...source.gridLabels(view));
      if (source.communities) communities.push(...source.communities(view));
    }
    const pills = grids
      .filter((grid) => grid.role === "selected")
      .map((grid) => placePill(grid, taken, measure, scale));
    for (const source of this._sources) {
      if (source.outline) source.outline(view).forEach((ring) => taken.takeLine(ring, 5));
    }
    const gridLabels = placeGridLabels(grids, taken, measure, {
      scale, small: view.zoom < 16, everyName: view.zoom >= 17,
    });
    for (const source of this._sources) {
      if (source.placeBadges) source.placeBadges(view, taken);
    }
    const size = (view.zoom < 16 ? 13 : 16) * scale;
    const named = placeCommunityNames(communities, taken, measure, {
      size,
      spacing: size * (chinese ? 0.28 : 0.06),
      forbidden: (x, y) => [...this._sources].some((source) => source.inside && source.inside(x, y, view)),
    });
    const streets = this._streets(taken, measure, view);
    streets.forEach((label) => this._drawStreet(context, label));
    named.forEach((label) => this._drawCommunity(context, label));
    gridLabels.concat(pills).forEach((label) => this._drawGrid(context, label));
  },

  _keepClear(taken, view) {
    const frame = this._map.getContainer().getBoundingClientRect();
    const shift = this._map.containerPointToLayerPoint([0, 0]);
    const page = this._map.getContainer().closest("main") || document.body;
    for (const element of page.querySelectorAll(COVERS)) {
      const box = element.getBoundingClientRect();
      if (!box.width) continue;
      const x = box.left - frame.left + shift.x;
      const y = box.top - frame.top + shift.y;
      taken.take([x - 4, y - 4, x + box.width + 4, y + box.height + 4]);
    }
  },

  _streets(taken, measure, view) {
    if (!this._words || this._words.zoom !== view.zoom || view.zoom < STREETS_FROM_ZOOM) return [];
    const here = ([x, y]) => [x + view.dx, y + view.dy];
    const lines = this._words.streets.map((line) => ({ ...line, points: line.points.map(here) }));
    const leastRank = view.zoom < SMALL_STREETS_FROM_ZOOM ? (view.zoom < 15 ? 2 : 3) : 5;
    return placeStreetNames(lines, taken, measure, { leastRank, scale: this.options.scale });
  },

  _measure(context) {
    const { font } = this.options.palette;
    const known = new Map();
    return (text, size, weight) => {
      const key = `${weight || 400} ${size}px ${text}`;
      if (!known.has(key)) {
        context.font = `${weight || 400} ${size}px ${font}`;
        known.set(key, context.measureText(text).width);
      }
      return known.get(key);
    };
  },

  _pen(context, size, weight, halo) {
    context.font = `${weight} ${size}px ${this.options.palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    context.lineJoin = "round";
    context.setLineDash([]);
    context.strokeStyle = this.options.palette.mHalo;
    context.lineWidth = halo;
  },

  _drawStreet(context, { rank, size, glyphs }) {
    const { palette } = this.options;
    this._pen(context, size, 400, 4.6);
    context.fillStyle = rank <= 2 ? palette.mText : palette.mStreetText;
    for (const paint of ["strokeText", "fillText"]) {
      for (const { text, x, y, angle } of glyphs) {
        context.save();
        context.translate(x, y);
        context.rotate(angle);
        context[paint](text, 0, size * 0.36);
        context.restore();
      }
    }
  },

  _drawCommunity(context, { text, x, y, size, spacing }) {
    const { palette } = this.options;
    this._pen(context, size, 700, 4.5);
    context.fillStyle = palette.gFixed;
    const letters = Array.from(text);
    const widths = letters.map((letter) => context.measureText(letter).width + spacing);
    const start = x - (widths.reduce((sum, width) => sum + width, 0) - spacing) / 2;
    for (const paint of ["strokeText", "fillText"]) {
      let across = start;
      letters.forEach((letter, i) => {
        context[paint](letter, across + (widths[i] - spacing) / 2, y + size * 0.36);
        across += widths[i];
      });
    }
  },

  _drawGrid(context, { kind, text, x, y, size, box }) {
    const { palette } = this.options;
    this._pen(context, size, 700, 4);
    if (kind === "pill") {
      const half = (box[3] - box[1]) / 2;
      context.beginPath();
      context.arc(box[0] + half, y, half, Math.PI / 2, (Math.PI * 3) / 2);
      context.arc(box[2] - half, y, half, -Math.PI / 2, Math.PI / 2);
      context.closePath();
      context.lineWidth = 4;
      context.strokeStyle = "#fff";
      context.stroke();
      context.fillStyle = palette.gSel;
      context.fill();
      context.fillStyle = "#fff";
      context.fillText(text, x, y + size * 0.36);
      return;
    }
    context.fillStyle = kind === "near" ? palette.gLabelNear : palette.gLabel;
    context.strokeText(text, x, y + size * 0.36);
    context.fillText(text, x, y + size * 0.36);
  },
});
