/* The office's two maps: all cases of the list, and one case with its grid and the way to the next. */

import { PlaceLayer } from "../geogrid/js/badges.js";
import { GridLayer } from "../geogrid/js/grids.js";
import { openMap, readConfig } from "../geogrid/js/map.js";
import { metres } from "../geogrid/js/words.js";

const { L, gettext } = window;

let collection = null;
const grids = async (config) => {
  if (!collection) collection = fetch(config.grids_url).then((answer) => answer.json());
  return collection;
};

export class ListMap {
  constructor(config, onChoose) {
    this.url = config.features;
    const opened = openMap(document.getElementById("map"));
    this.opened = opened;
    this.places = new PlaceLayer({ keep: true, size: 26, onChoose: ({ id }) => onChoose(id) }).addTo(opened.map);
    grids(opened.config).then((all) => new GridLayer(all).addTo(opened.map));
    this.refresh(location.search);
  }

  /* Only at first: later the map belongs to whoever moves it. */
  fitOnce(points) {
    if (this.fitted || points.length < 2) return;
    this.fitted = true;
    this.opened.map.fitBounds(L.latLngBounds(points), { padding: [36, 36], maxZoom: 16, animate: false });
  }

  async refresh(query) {
    const answer = await fetch(this.url + query);
    if (!answer.ok) return;
    const found = await answer.json();
    this.places.setData(found);
    this.fitOnce(found.features.map(({ geometry }) => [geometry.coordinates[1], geometry.coordinates[0]]));
  }
}

export class CaseMap {
  constructor(panel) {
    this.element = panel.querySelector("#case-map");
    const spot = panel.querySelector("#case-spot");
    this.spot = spot ? JSON.parse(spot.textContent) : null;
  }

  start() {
    if (!this.element || !this.spot) return;
    this.draw().catch((problem) => console.warn(problem)); // the sentence below says the same
  }

  async draw() {
    const config = readConfig();
    const label = gettext("Where it is, and the nearest other grid");
    const { point, way, accuracy, grid } = this.spot;
    this.element.hidden = false;
    const opened = openMap(this.element, { ...config, label, controls: false, locate: false });
    opened.map.setView(point, 18, { animate: false });
    if (way) opened.map.fitBounds(L.latLngBounds([point, ...way]).pad(0.6), { maxZoom: 18, animate: false });
    const layer = new GridLayer(await grids(config)).addTo(opened.map);
    if (grid) layer.select(grid);
    if (way) this.drawWay(opened);
    const red = opened.palette.danger;
    if (accuracy) L.circle(point, { radius: accuracy, color: red, weight: 1, fillOpacity: 0.14, interactive: false }).addTo(opened.map);
    L.circleMarker(point, { radius: 7, color: "#fff", weight: 2.5, fillColor: red, fillOpacity: 1, interactive: false }).addTo(opened.map);
  }

  drawWay({ map }) {
    const { way, metres: length } = this.spot;
    L.polyline(way, { color: "#fff", weight: 5, interactive: false }).addTo(map);
    L.polyline(way, { color: "#16211F", weight: 1.75, dashArray: "4 3", interactive: false })
      .addTo(map)
      .bindTooltip(textNode(metres(length)), { permanent: true, direction: "top", offset: [0, -2], className: "way-label" })
      .openTooltip();
  }
}

function textNode(words) {
  const node = document.createElement("span");
  node.textContent = words;
  return node;
}
