/* A new area: levels filled from a preset without losing what was typed, and the outline's map. */

import { openOutlineForm } from "./outline_form.js";

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

openOutlineForm();
