/* Which figures the table shows: at most three at a time, so that it never runs out of the panel.
   Remembered in this browser.

   columnChoice(changed(names)) -> {element, names} */

import { say } from "../../../geogrid/js/words.js";
import { COLUMNS } from "../columns.js";
import { MOST, kept } from "../figures.js";

const KEY = "geogrid.balance.columns";

export function columnChoice(changed) {
  let names = kept(remembered());
  const box = document.createElement("details");
  box.className = "columnchoice";
  const summary = document.createElement("summary");
  summary.textContent = say("Columns");
  const set = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = say("At most %(most)s at a time", { most: MOST });
  set.append(legend);
  const inputs = COLUMNS.map(({ name, word }) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "checkbox";
    input.value = name;
    label.append(input, document.createTextNode(word()));
    set.append(label);
    return input;
  });
  const show = () => {
    for (const input of inputs) {
      input.checked = names.includes(input.value);
      const barred = !input.checked && names.length >= MOST;
      input.setAttribute("aria-disabled", String(barred)); // still to be reached by Tab
      input.closest("label").classList.toggle("barred", barred);
    }
  };
  set.addEventListener("click", (event) => {
    const input = event.target.closest("input");
    const last = input && !input.checked && names.length === 1;
    if (input && (last || (input.checked && names.length >= MOST))) event.preventDefault();
  });
  set.addEventListener("change", ({ target }) => {
    names = COLUMNS.map(({ name }) => name).filter((name) => (name === target.value ? target.checked : names.includes(name)));
    remember(names);
    show();
    changed(names);
  });
  box.append(summary, set);
  show();
  return { element: box, get names() { return names; } };
}

function remembered() {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(names) {
  try {
    window.localStorage.setItem(KEY, names.join(","));
  } catch { /* nothing is kept, then */ }
}
