/* A canvas that lies on the map, follows it while it moves and is drawn again when it rests. */

const { L } = window;

export const MERCATOR_TILE = 256;

/** Longitude, latitude -> [0..1, 0..1] of the Web Mercator square, top left first. */
export function normalised(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/**
 * Subclasses give `draw(context, view)`; view: {scale, dx, dy, box}: a normalised point is at
 * x * scale + dx, and box is [left, top, right, bottom] of the canvas, both in layer px.
 */
export const CanvasLayer = L.Renderer.extend({
  options: { padding: 0.25, className: "" },

  initialize(options) {
    L.Util.setOptions(this, options);
    L.Util.stamp(this);
    this._layers = {};
  },

  redraw() {
    if (!this._map || this._frame) return this;
    this._frame = L.Util.requestAnimFrame(() => {
      this._frame = null;
      if (this._map) this._update();
    });
    return this;
  },

  view() {
    const origin = this._map.getPixelOrigin();
    return {
      scale: MERCATOR_TILE * Math.pow(2, this._map.getZoom()),
      dx: -origin.x,
      dy: -origin.y,
      zoom: this._map.getZoom(),
      box: [this._bounds.min.x, this._bounds.min.y, this._bounds.max.x, this._bounds.max.y],
    };
  },

  _initContainer() {
    const canvas = document.createElement("canvas");
    canvas.className = "map-layer " + this.options.className;
    canvas.setAttribute("aria-hidden", "true");
    this._container = canvas;
    this._context = canvas.getContext("2d");
  },

  _destroyContainer() {
    L.Util.cancelAnimFrame(this._frame);
    this._frame = null;
    this._container.remove();
    delete this._container;
    delete this._context;
  },

  _updatePaths() {},

  // Leaflet's own also places the canvas between two pixels, which blurs every line.
  _reset() {
    this._update();
  },

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const { min } = this._bounds;
    const size = this._bounds.getSize();
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const canvas = this._container;
    L.DomUtil.setPosition(canvas, min);
    canvas.width = Math.round(size.x * ratio);
    canvas.height = Math.round(size.y * ratio);
    canvas.style.width = size.x + "px";
    canvas.style.height = size.y + "px";
    this._context.setTransform(ratio, 0, 0, ratio, -min.x * ratio, -min.y * ratio);
    this.draw(this._context, this.view());
    this.fire("update");
  },
});
