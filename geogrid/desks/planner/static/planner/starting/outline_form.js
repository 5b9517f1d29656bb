/* A form that asks for an outline: drawn on a map, typed, or out of a file. */

import { OutlineSketch } from "./outline_sketch.js";
import { openSketchMap } from "./sketch_page.js";

export function openOutlineForm() {
  const file = document.getElementById("id_file");
  const filename = document.querySelector("[data-filename]");
  const choose = filename.textContent;
  file.addEventListener("change", () => {
    filename.textContent = file.files.length ? file.files[0].name : choose;
  });

  document.querySelector("[data-sketch]").hidden = false;
  const { opened } = openSketchMap();
  // On the element for tests and for whoever tries something out.
  document.getElementById("map").sketch = new OutlineSketch(opened, {
    text: document.getElementById("id_outline"),
    tools: document.querySelector(".sketchtools"),
    said: document.getElementById("sketch-said"),
  });
}
