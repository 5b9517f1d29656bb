/* A new area: levels filled from a preset without losing what was typed, and the outline's map. */

import { OutlineSketch } from "./outline_sketch.js";
import { openSketchMap } from "./sketch_page.js";

const rows = [...document.querySelectorAll("tr[data-level]")];
const presets = JSON.parse(document.getElementById("preset-rows").textContent);

for (const link of document.querySelectorAll("[data-preset]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    fill(presets[link.dataset.preset]);
  });
}

function fill(levels) {
  rows.forEach((row, number) => {
    const [zh, en, width, fixed] = levels[number] || ["", "", 3, false];
    const [nameZh, nameEn, digits, check] = row.querySelectorAll("input");
    nameZh.value = zh;
    nameEn.value = en;
    digits.value = width;
    check.checked = fixed;
  });
  rows[0].querySelector("input").focus();
}

const kind = document.getElementById("id_kind");
let touched = false;
for (const row of rows) row.addEventListener("input", () => { touched = true; });
kind.addEventListener("change", () => {
  const usual = { street: "street", county: "county", school: "school", town: "town" }[kind.value];
  if (usual && !touched) fill(presets[usual]);
  kind.focus();
});

const file = document.getElementById("id_file");
const filename = document.querySelector("[data-filename]");
const choose = filename.textContent;
file.addEventListener("change", () => {
  filename.textContent = file.files.length ? file.files[0].name : choose;
});

document.querySelector("[data-sketch]").hidden = false;
const { opened } = openSketchMap();
const sketch = new OutlineSketch(opened, {
  text: document.getElementById("id_outline"),
  tools: document.querySelector(".sketchtools"),
  said: document.getElementById("sketch-said"),
});
document.getElementById("map").sketch = sketch; // for tests and for whoever tries something out
