/* The present outline, to be changed point by point. */

import { OutlineSketch } from "./outline_sketch.js";
import { openSketchMap } from "./sketch_page.js";

const file = document.getElementById("id_file");
const filename = document.querySelector("[data-filename]");
const choose = filename.textContent;
file.addEventListener("change", () => {
  filename.textContent = file.files.length ? file.files[0].name : choose;
});

document.querySelector("[data-sketch]").hidden = false;
const { opened } = openSketchMap();
document.getElementById("map").sketch = new OutlineSketch(opened, {
  text: document.getElementById("id_outline"),
  tools: document.querySelector(".sketchtools"),
  said: document.getElementById("sketch-said"),
});
