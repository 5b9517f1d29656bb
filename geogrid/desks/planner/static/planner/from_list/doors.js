/* Doors as dots in the colour of the grid that lists them, hollow where nobody does. */

const { L } = window;
const COLOURS = ["--info", "--h-high2", "--draft", "--ok", "--danger", "--ink-3"];
const NOBODY = "--ink-2";

/** The map's six colours out of the page's tokens, and that of nobody. */
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return { of: COLOURS.map(read), nobody: read(NOBODY), paper: read("--surface") };
}

/** The grids' ground, lightly in their colours. */
export function tintOf(collection, colours) {
  return L.geoJSON(collection, {
    pane: "listed",
    interactive: false,
    renderer: L.canvas({ pane: "listed" }),
    style: ({ properties }) => ({
      stroke: false,
      fillColor: properties.colour == null ? colours.nobody : colours.of[properties.colour],
      fillOpacity: properties.colour == null ? 0.22 : 0.12,
    }),
  });
}

export const DoorLayer = L.Layer.extend({
  initialize(options) {
    L.setOptions(this, options);
    this._renderer = L.canvas({ pane: options.pane, padding: 0.3 });
    this._dots = L.layerGroup();
    this._mark = null;
  },

  onAdd(map) {
    this._map = map;
    this._dots.addTo(map);
    map.on("zoomend", this._resize, this);
  },

  onRemove(map) {
    map.off("zoomend", this._resize, this);
    this._dots.remove();
  },

  /** `doors`: [longitude, latitude, grid or -1]; `features` tell each grid's colour. */
  show(doors, features) {
    const { colours, pane } = this.options;
    const colour = new Map(features.map(({ properties }) => [properties.grid, properties.colour]));
    this._dots.clearLayers();
    const radius = this._radius();
    for (const [lon, lat, grid] of doors) {
      const listed = grid >= 0 && colour.get(grid) != null;
      const own = listed ? colours.of[colour.get(grid)] : colours.nobody;
      this._dots.addLayer(L.circleMarker([lat, lon], {
        renderer: this._renderer, pane, interactive: false, radius, weight: listed ? 1 : 1.5,
        color: listed ? colours.paper : own, fillColor: listed ? own : colours.paper, fillOpacity: 1,
      }));
    }
  },

  /** A ring around what was asked for. */
  ring([west, south, east, north]) {
    if (this._mark) this._mark.remove();
    const bounds = L.latLngBounds([[south, west], [north, east]]);
    const wide = bounds.getSouthWest().distanceTo(bounds.getNorthEast());
    const { colours, pane } = this.options;
    const look = { renderer: this._renderer, pane, interactive: false, color: colours.of[2], weight: 3, fill: false };
    this._mark = L.circle(bounds.getCenter(), { ...look, radius: Math.max(wide / 2 + 12, 20) }).addTo(this._map);
  },

  _radius() {
    const zoom = this._map.getZoom();
    return zoom >= 18 ? 6 : zoom >= 16 ? 4.5 : zoom >= 15 ? 3.5 : 2.5;
  },

  _resize() {
    const radius = this._radius();
    this._dots.eachLayer((dot) => dot.setRadius(radius));
  },
});
