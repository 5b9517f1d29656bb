/* Cells as lists of homes with a box to tick each, and the bar that moves what is ticked.

   cellList(told, {editable, chosen, tick(key, home, on), onRename(cell), onDelete(cell)}) -> element
   moveBar(told, editable, onMove(to | null, floors | null)) -> {element, show(chosen)}
   floorWords([from, to]) half-open, null for no limit      heldOf(box) -> (box) => gives the focus back */

import { iconButton } from "../../../geogrid/js/icons.js";
import { say, sayCount } from "../../../geogrid/js/words.js";
import { button } from "../strip.js";

export function floorWords([from, to]) {
  if (from === null && to === null) return "";
  if (from === null) return say("up to floor %(to)s", { to: to - 1 });
  if (to === null) return say("floor %(from)s and above", { from });
  return to - from === 1 ? say("floor %(from)s", { from }) : say("floors %(from)s–%(to)s", { from, to: to - 1 });
}

export function cellList(told, { editable, chosen, tick, onRename, onDelete }) {
  const box = document.createElement("div");
  for (const cell of told.cells) {
    const part = document.createElement("section");
    part.className = "cell";
    part.dataset.cell = cell.lineage;
    const title = document.createElement("h3");
    title.textContent = cell.name ? `${cell.name} · ${cell.code}` : cell.code;
    const size = document.createElement("span");
    size.className = `num small nw${cell.households > told.limit ? " over" : ""}`;
    size.textContent = sayCount("%(count)s household", "%(count)s households", cell.households);
    const head = document.createElement("div");
    head.className = "head";
    head.append(title, size);
    if (editable) head.append(act("tag", say("Rename %(name)s", { name: cell.name || cell.code }), () => onRename(cell)), act("trash", say("Delete %(name)s", { name: cell.name || cell.code }), () => onDelete(cell)));
    part.append(head, homesOf(cell.homes, { editable, chosen, tick }));
    box.append(part);
  }
  // Without any cell the homes are not missing from one.
  const free = told.free.flatMap((home) => home.floors.map((floors) => ({ ...home, floors, households: home.floors.length > 1 ? null : home.households })));
  if (free.length) {
    const part = document.createElement("section");
    part.className = "cell free";
    const title = document.createElement("h3");
    title.textContent = sayCount("%(count)s entrance in no cell", "%(count)s entrances in no cell", free.length);
    part.append(title, homesOf(free, { editable, chosen, tick }));
    box.append(part);
  }
  return box;
}

function act(symbol, words, run) {
  const one = iconButton(symbol, words);
  one.addEventListener("click", run);
  return one;
}

function homesOf(homes, { editable, chosen, tick }) {
  const list = document.createElement("ul");
  list.className = "homes";
  for (const home of homes) {
    const row = document.createElement("li");
    const key = `${home.unit}:${home.floors}`;
    const words = document.createElement("span");
    words.textContent = [home.address, home.entrance, floorWords(home.floors)].filter(Boolean).join(" ");
    const size = document.createElement("span");
    size.className = "num";
    size.textContent = home.households ?? "";
    const holder = document.createElement(editable && home.unit !== null ? "label" : "div");
    if (editable && home.unit !== null) {
      const input = document.createElement("input");
      input.type = "checkbox";
      input.checked = chosen.has(key);
      input.dataset.key = key;
      input.addEventListener("change", () => tick(key, { unit: home.unit, floors: home.floors }, input.checked));
      holder.append(input);
    } else holder.className = "lost";
    holder.append(words, size);
    row.append(holder);
    list.append(row);
  }
  return list;
}

export function moveBar(told, editable, onMove) {
  const form = document.createElement("form");
  form.className = "movebar";
  form.noValidate = true;
  form.hidden = true;
  const title = document.createElement("p");
  title.setAttribute("role", "status");
  const select = document.createElement("select");
  select.className = "select";
  select.id = "cell-target";
  for (const cell of told.cells) select.append(new Option(`${cell.name || cell.code} (${cell.households})`, cell.lineage));
  select.append(new Option(say("a new cell"), ""));
  const to = labelled(say("Put into"), select);
  const [from, upto] = ["cell-from", "cell-upto"].map((id) => Object.assign(document.createElement("input"), { type: "number", id }));
  const floors = document.createElement("div");
  floors.className = "row";
  floors.append(labelled(say("Only from floor"), from), labelled(say("to floor"), upto));
  form.append(title, to, floors, Object.assign(button(say("Move"), () => {}, { kind: "primary", name: "move" }), { type: "submit" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const limit = ({ value }, more) => (value === "" ? null : Math.trunc(Number(value)) + more);
    const chosen = floors.hidden ? [null, null] : [limit(from, 0), limit(upto, 1)];
    if (chosen[0] !== null && chosen[1] !== null && chosen[0] >= chosen[1]) return from.focus();
    onMove(select.value || null, chosen[0] === null && chosen[1] === null ? null : chosen);
  });
  return {
    element: form,
    show: (ticked) => {
      form.hidden = !editable || !ticked.size;
      title.textContent = sayCount("Move %(count)s entrance", "Move %(count)s entrances", ticked.size);
      floors.hidden = ticked.size !== 1;
    },
  };
}

export function labelled(words, input) {
  const field = document.createElement("div");
  field.className = "formfield";
  const label = document.createElement("label");
  label.htmlFor = input.id;
  label.textContent = words;
  field.append(label, input);
  return field;
}

export function heldOf(box) {
  const held = box.contains(document.activeElement) ? document.activeElement : null;
  const key = held?.dataset.key;
  const name = held?.dataset.action;
  return (again) => {
    if (!held) return;
    const target = key ? again.querySelector(`[data-key="${key}"]`) : name ? again.querySelector(`[data-action="${name}"]`) : null;
    (target ?? again.querySelector("input, button, select"))?.focus({ preventScroll: true });
  };
}
