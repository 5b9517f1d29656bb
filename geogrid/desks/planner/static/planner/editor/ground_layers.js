/* The ground below the grids, as the layers menu asks for it: blocks, buildings with their dwellings,
   house numbers, grids of neighbouring areas on one canvas, places as badges. Loaded for what the map
   shows and a little around it, and kept until the map leaves that.

   new GroundLayers(desk, menu)   .show(name, on) */

import { PlaceLayer } from "../../geogrid/js/badges.js";
import { CanvasLayer } from "../../geogrid/js/canvas_layer.js";
import { say, sayCount } from "../../geogrid/js/words.js";
import { groundOf } from "./ground_list.js";
import { linePath, strokes } from "./paint.js";
import { pointToSteps } from "./lattice.js";
import { simple } from "./refusal_drawing.js";

const AROUND = 0.3; // of the map's size, loaded on each side
const ORDER = ["neighbours", "blocks", "buildings", "addresses"];
const WORDS_FROM_PX = 26; // a footprint this wide holds a number

export class GroundLayers {
  constructor(desk, menu) {
    Object.assign(this, { desk, menu });
    this.kinds = new Map(groundOf(desk).map((one) => [one.name, { ...one, on: false, features: [], box: null, asked: 0 }]));
    this.canvas = new GroundCanvas({ pane: "geogrid-ground", palette: desk.palette, layers: this, desk }).addTo(desk.map);
    this.places = new PlaceLayer().addTo(desk.map);
    desk.map.on("moveend", () => this._read());
  }

  show(name, on) {
    this.kinds.get(name).on = on;
    this._read();
    this._draw();
  }

  _read() {
    for (const kind of this.kinds.values()) {
      if (!kind.on) this.menu.note(kind.name, "");
      else if (this.desk.map.getZoom() < kind.from) this.menu.note(kind.name, say("zoom in to see them"));
      else if (kind.box?.contains(this.desk.map.getBounds())) this._note(kind);
      else this._load(kind);
    }
  }

  async _load(kind) {
    const bounds = this.desk.map.getBounds().pad(AROUND);
    const bbox = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((one) => one.toFixed(7)).join(",");
    const asked = ++kind.asked;
    const url = kind.source === "feed" ? `/feed/${kind.name}.geojson?bbox=${bbox}` : `${this.desk.config.urls.ground}?layer=${kind.name}&bbox=${bbox}`;
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.message);
      if (asked !== kind.asked) return; // the map has moved on
      kind.features = kind.source === "feed" ? told.features : told.features.map(prepared);
      kind.truncated = Boolean(told.truncated);
      kind.box = kind.truncated ? this.desk.map.getBounds() : bounds;
      this._note(kind);
    } catch (error) {
      this.menu.note(kind.name, error.message || say("The ground cannot be loaded without network."));
    }
    this._draw();
  }

  _note(kind) {
    const count = kind.features.length;
    this.menu.note(kind.name, kind.truncated ? say("more than can be shown: zoom in")
      : count ? sayCount("%(count)s here", "%(count)s here", count) : say("none here"));
  }

  shown(name) {
    const kind = this.kinds.get(name);
    return kind.on && this.desk.map.getZoom() >= kind.from ? kind.features : [];
  }

  _draw() {
    this.canvas.redraw();
    const features = [...this.kinds.values()].filter((kind) => kind.source === "feed").flatMap((kind) => this.shown(kind.name));
    if (features.length || this._badges) this.places.setData({ features });
    this._badges = features.length;
  }
}

const GroundCanvas = CanvasLayer.extend({
  options: { className: "map-ground", padding: 0.1 },

  draw(context, view) {
    const { layers, desk, palette } = this.options;
    const [left, top, right, bottom] = view.box;
    context.clearRect(left, top, right - left, bottom - top);
    context.lineJoin = "round";
    desk.projection.refresh();
    for (const name of ORDER) {
      for (const one of layers.shown(name)) DRAW[name](context, view, { desk, palette, one, places: placed(one, view, desk) });
    }
  },
});

const DRAW = {
  neighbours(context, view, { palette, one, places }) {
    for (const { path } of places) strokes(context, path, [[3, "#fff"], [1.5, palette.mDim, [6, 4]]]);
    words(context, middle(places), one.properties.name, { palette, colour: palette.mText, size: 12, room: wide(places) * 0.9 });
  },
  blocks(context, view, { palette, one, places }) {
    for (const { path } of places) strokes(context, path, [[1.4, palette.info, [3, 3]]]);
    const { dwellings } = one.properties;
    if (dwellings && wide(places) > 2 * WORDS_FROM_PX) words(context, middle(places), dwellings, { palette, colour: palette.info, size: 12 });
  },
  buildings(context, view, { palette, one, places }) {
    for (const { path, type } of places) if (type !== "Point") strokes(context, path, [[1, palette.info]]);
    const { dwellings } = one.properties;
    if (dwellings && wide(places) > WORDS_FROM_PX) words(context, middle(places), dwellings, { palette, colour: palette.ink, size: 11 });
  },
  addresses(context, view, { palette, one, places }) {
    words(context, middle(places), one.properties.house, { palette, colour: palette.mText, size: 11 });
  },
};

function prepared({ geometry, properties }) {
  const shapes = simple(geometry).map(({ type, coordinates }) => ({
    type,
    rings: (type === "Point" ? [[coordinates]] : type === "LineString" ? [coordinates] : coordinates).map((points) => points.map(pointToSteps)),
  }));
  return { properties, shapes, point: properties.point ? pointToSteps(properties.point) : null };
}

/** Its shapes on the screen, none of those outside of it. */
function placed({ shapes, point }, view, { projection }) {
  const [left, top, right, bottom] = view.box;
  const found = [];
  for (const { type, rings } of shapes) {
    const places = rings.map((points) => points.map((one) => projection.place(one, view)));
    const xs = places[0].map(([x]) => x);
    const ys = places[0].map(([, y]) => y);
    const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    if (box[2] < left || box[0] > right || box[3] < top || box[1] > bottom) continue;
    const path = new Path2D();
    for (const points of places) path.addPath(linePath(points, type === "Polygon"));
    found.push({ type, path, box, inner: point && projection.place(point, view) });
  }
  return found;
}

function middle([first]) {
  if (!first) return null;
  return first.inner ?? [(first.box[0] + first.box[2]) / 2, (first.box[1] + first.box[3]) / 2];
}

function wide([first]) {
  return first ? first.box[2] - first.box[0] : 0;
}

function words(context, place, text, { palette, colour, size, room = Infinity }) {
  if (!place || !text) return;
  context.font = `600 ${size}px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  if (room < Infinity && context.measureText(String(text)).width > room) return;
  context.lineWidth = 3;
  context.strokeStyle = "rgba(255, 255, 255, .9)";
  context.strokeText(String(text), place[0], place[1]);
  context.fillStyle = colour;
  context.fillText(String(text), place[0], place[1]);
}
