/* A background as a Leaflet layer. Tiles that are declared GCJ-02 are shifted: each of ours is drawn
   from the up to four of theirs that it covers, put together first, so that no seam shows.

   tileLayer({tiles, datum, min_zoom, max_zoom, bounds}, {pane, opacity}) -> L.GridLayer
   fires "tileerror" like Leaflet's own, with `url` of what did not come */

import { loaded } from "./few_at_once.js";
import { TILE, sourceOf } from "./shifted_tiles.js";

const { L } = window;
const CLOSEST_ZOOM = 22;

export function tileLayer(told, options = {}) {
  const box = told.bounds && told.datum !== "gcj02" ? { bounds: boundsOf(told.bounds) } : {};
  const all = {
    minZoom: told.min_zoom, maxNativeZoom: told.max_zoom, maxZoom: CLOSEST_ZOOM, noWrap: true,
    tileSize: TILE, keepBuffer: 1, className: "background-tiles", ...box, ...options,
  };
  return new (told.datum === "gcj02" ? Shifted : Plain)(told.tiles, all);
}

function boundsOf([west, south, east, north]) {
  return L.latLngBounds([[south, west], [north, east]]);
}

const Plain = L.GridLayer.extend({
  initialize(url, options) {
    this._url = url;
    L.setOptions(this, options);
    this._gone = new WeakSet();
    this.on("tileunload", ({ tile }) => this._gone.add(tile));
  },

  createTile({ z, x, y }, done) {
    const image = new Image();
    image.alt = "";
    const unwanted = () => this._gone.has(image);
    loaded(L.Util.template(this._url, { z, x, y }), { image, unwanted })
      .then(() => done(null, image), (problem) => done(problem, image));
    return image;
  },
});

const Shifted = L.GridLayer.extend({
  initialize(url, options) {
    this._url = url;
    L.setOptions(this, options);
  },

  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    canvas.width = TILE;
    canvas.height = TILE;
    canvas.setAttribute("role", "presentation");
    const source = sourceOf(coords);
    this._fetched(coords.z, source).then(({ pictures, failed }) => {
      this._draw(canvas, source, pictures);
      if (failed) this.fire("tileerror", { tile: canvas, coords, url: failed });
      done(null, canvas);
    });
    return canvas;
  },

  /** All tiles of theirs; what does not come stays empty. */
  async _fetched(zoom, { left, top, columns, rows }) {
    const pictures = [];
    let failed = null;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const url = L.Util.template(this._url, { z: zoom, x: left + column, y: top + row });
        pictures.push(loaded(url).then((image) => ({ image, column, row }), () => {
          failed = url;
          return null;
        }));
      }
    }
    return { pictures: (await Promise.all(pictures)).filter(Boolean), failed };
  },

  _draw(canvas, { columns, rows, matrix }, pictures) {
    const together = document.createElement("canvas");
    together.width = columns * TILE;
    together.height = rows * TILE;
    const whole = together.getContext("2d");
    for (const { image, column, row } of pictures) whole.drawImage(image, column * TILE, row * TILE, TILE, TILE);
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = true;
    context.setTransform(...matrix);
    context.drawImage(together, 0, 0);
  },
});
