/* Compounds with households: those there are with their figures, and the one being drawn. */

import { syncList } from "../../geogrid/js/list_sync.js";
import { say } from "../../geogrid/js/words.js";
import { OutlineSketch } from "./outline_sketch.js";
import { openSketchMap } from "./sketch_page.js";

const { L } = window;
document.querySelector("[data-sketch]").hidden = false;
const { opened, config } = openSketchMap(); // after that: a hidden map has no size to fit into

const { map, palette } = opened;
const pane = "geogrid-grids";
const renderer = L.svg({ pane });
const quiet = { interactive: false, pane, renderer };

if (config.area) {
  L.geoJSON(config.area, { style: { ...quiet, color: palette.gFixed, weight: 3, fill: false } }).addTo(map);
}
const shown = new Map();
for (const { key, name, households, total, shape } of config.homes) {
  const style = { ...quiet, color: total ? palette.info : palette.gLeaf, weight: 2, fillOpacity: 0.16 };
  const layer = L.geoJSON(shape, {
    style,
    pointToLayer: (feature, latlng) => L.circleMarker(latlng, { ...style, radius: 9 }),
  }).addTo(map);
  const words = document.createElement("span"); // an element: Leaflet takes a string for HTML
  words.textContent = config.homes.length < 12 ? `${name} ${households}` : String(households);
  layer.bindTooltip(words, { permanent: config.homes.length < 60, direction: "center", className: "homelabel" });
  shown.set(key, layer);
}

const list = document.querySelector(".homelist");
if (list) {
  syncList(list, {
    attribute: "home",
    onHover: (key) => {
      for (const [one, layer] of shown) layer.setStyle({ weight: one === key ? 5 : 2 });
    },
  });
}

document.querySelector('[data-act="piece"]').hidden = true;
const sketch = new OutlineSketch(opened, {
  text: document.getElementById("id_points"),
  tools: document.querySelector(".sketchtools"),
  said: document.getElementById("sketch-said"),
  single: true,
  onChange: (pieces) => {
    const count = pieces.flat().length;
    document.getElementById("sketch-how").textContent = count === 1
      ? say("One point is enough for a house; more points draw the outline of a compound.")
      : say("Click from corner to corner, or once for a point. Drag a point to move it; the text field holds the same points.");
  },
});
document.getElementById("map").sketch = sketch;
