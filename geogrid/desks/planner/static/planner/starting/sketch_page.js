/* Opens the map of a page on which an outline is drawn, with the neighbours' outlines for a look. */

import { openMap, readConfig } from "../../geogrid/js/map.js";

const { L } = window;
const FURTHEST_ZOOM = 3; // a new area can lie anywhere

/** {opened, config}; the map can be moved to wherever the installation accepts an area. */
export function openSketchMap() {
  const config = readConfig();
  const opened = openMap(document.getElementById("map"), config);
  opened.map.setMinZoom(FURTHEST_ZOOM);
  const { palette } = opened;
  const style = { interactive: false, pane: "geogrid-grids", renderer: L.svg({ pane: "geogrid-grids" }), fill: false };
  for (const { shape } of config.others || []) {
    L.geoJSON(shape, { style: { ...style, color: palette.gFixed, weight: 2, dashArray: "6 5" } }).addTo(opened.map);
  }
  return { opened, config };
}

/** Draw a shape that stays, such as the outline read from a file. */
export function drawShape(opened, shape) {
  const pane = "geogrid-draft";
  const layer = L.geoJSON(shape, {
    style: { interactive: false, pane, renderer: L.svg({ pane }), color: opened.palette.draft, weight: 3, fillOpacity: 0.12 },
  }).addTo(opened.map);
  opened.fit(layer.getBounds(), { animate: false });
  return layer;
}
