/* A picture on the map, moved, turned and tilted by one CSS matrix: panning costs nothing, zooming is
   the browser's own animation. The matrix is set through the CSSOM, as the policy of styles wants it.

   new UnderlayLayer({picture, matrix}, {pane, opacity}); .place(matrix) .setOpacity(0..1) */

import { cssOf, onScreen, toPlace } from "./placed.js";

const { L } = window;

export const UnderlayLayer = L.Layer.extend({
  options: { opacity: 0.6 },

  initialize(told, options) {
    this.told = told;
    this.matrix = told.matrix;
    L.setOptions(this, options);
  },

  getEvents() {
    return { zoom: this._move, viewreset: this._move, zoomanim: this._animate };
  },

  onAdd(map) {
    const image = document.createElement("img");
    image.className = "leaflet-image-layer underlay" + (map._zoomAnimated ? " leaflet-zoom-animated" : "");
    image.alt = "";
    image.draggable = false;
    image.addEventListener("load", () => this.fire("load"));
    image.addEventListener("error", () => this.fire("error"));
    // What the matrix is about: the picture may come in another size than the browser lays it out.
    image.style.width = `${this.told.width}px`;
    image.style.height = `${this.told.height}px`;
    image.src = this.told.picture;
    this.image = image;
    this.getPane().append(image);
    this.setOpacity(this.options.opacity);
    this._move();
  },

  onRemove() {
    this.image.remove();
    this.image = null;
  },

  setOpacity(share) {
    this.options.opacity = share;
    if (this.image) this.image.style.opacity = String(share);
    return this;
  },

  place(matrix) {
    this.matrix = matrix;
    if (this.image) this._move();
    return this;
  },

  getBounds() {
    const { width, height } = this.told;
    return L.latLngBounds([[0, 0], [width, 0], [width, height], [0, height]].map(([x, y]) => {
      const [lon, lat] = toPlace(this.matrix, x, y);
      return [lat, lon];
    }));
  },

  _move() {
    this._lay(this._map.getZoom(), this._map.getPixelOrigin());
  },

  _animate({ zoom, center }) {
    this._lay(zoom, this._map._getNewPixelOrigin(center, zoom));
  },

  _lay(zoom, origin) {
    this.image.hidden = !this.matrix;
    if (this.matrix) this.image.style.transform = cssOf(onScreen(this.matrix, zoom, origin));
  },
});
