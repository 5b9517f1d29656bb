/* The grid that is selected: its figures, and what can be done with it without the map. */

import { icon, iconButton } from "../../../geogrid/js/icons.js";
import { say } from "../../../geogrid/js/words.js";
import { balanceOf } from "../balance.js";
import { areaWords } from "../naming.js";

export function addChosen(desk, box) {
  const show = () => {
    const grid = desk.mesh.grids.get(desk.selection.lineage);
    if (box.hidden && !grid) return;
    const held = box.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    box.hidden = !grid;
    if (!grid) return;
    box.replaceChildren(head(desk, grid), facts(desk, grid), ...acts(desk, grid));
    if (held) box.querySelector(`[data-act="${held}"]`)?.focus();
  };
  let shown = null;
  desk.on("select", () => {
    if (shown === desk.selection.lineage) return;
    shown = desk.selection.lineage;
    show();
  });
  desk.on("changed", (touched) => {
    const { lineage } = desk.selection;
    if (touched.shapes.has(lineage) || touched.attributes.has(lineage)) show();
  });
}

function head(desk, grid) {
  const row = document.createElement("div");
  row.className = "head";
  const words = document.createElement("div");
  const title = document.createElement("h2");
  title.textContent = grid.name || grid.code;
  const code = document.createElement("p");
  code.className = "xs muted num";
  code.textContent = [desk.mesh.grids.get(grid.parent)?.name, grid.code].filter(Boolean).join(" · ");
  words.append(title, code);
  const zoom = iconButton("search", say("Zoom to the grid"));
  zoom.dataset.act = "zoom";
  zoom.addEventListener("click", () => desk.fit(grid.lineage));
  const close = iconButton("close", say("Choose nothing"));
  close.dataset.act = "close";
  close.addEventListener("click", () => {
    desk.select(null);
    desk.map.getContainer().focus({ preventScroll: true });
  });
  row.append(words, zoom, close);
  return row;
}

function facts(desk, grid) {
  const list = document.createElement("p");
  list.className = "facts";
  const add = (words, value, className = "") => {
    const one = document.createElement("span");
    const figure = document.createElement("b");
    figure.textContent = value;
    one.className = className;
    one.append(`${words} `, figure);
    list.append(one);
  };
  if (grid.kind === "unassigned") add(say("Kind"), say("unassigned"));
  if (grid.kind === "dedicated") add(say("Kind"), say("dedicated"));
  if (grid.dwellings != null) {
    const { words, side } = balanceOf(grid.dwellings, desk.config.range);
    add(say("Dwellings"), `${grid.dwellings}${grid.kind === "basic" ? ` · ${words}` : ""}`, `balance-${side}`);
  }
  if (grid.loads) {
    add(say("Buildings"), grid.loads.buildings);
    add(say("Area"), areaWords(grid.loads.area_m2));
  }
  if (grid.pieces_reason) add(say("Enclave"), grid.pieces_reason);
  if (grid.range_reason) add(say("Out of range because"), grid.range_reason);
  if (grid.locked) add(say("Locked"), grid.lock_reason || say("its border stays"));
  return list;
}

function acts(desk, grid) {
  if (!desk.editable) return [];
  if (desk.mesh.foreign.has(grid.lineage)) {
    const words = document.createElement("p");
    words.className = "muted small";
    words.textContent = say("It lies outside of your part: ask who draws there.");
    return [words];
  }
  const row = document.createElement("div");
  row.className = "acts";
  const add = (act, symbol, word) => {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "btn";
    one.dataset.act = act;
    one.append(icon(symbol), document.createTextNode(word));
    one.addEventListener("click", () => desk.openForm?.(grid.lineage, act));
    row.append(one);
  };
  add("describe", "tag", say("Rename"));
  add("merge", "merge", say("Merge"));
  add("hand", "hand", say("Hand over"));
  add("lock", grid.locked ? "key" : "lock", grid.locked ? say("Unlock") : say("Lock"));
  add("more", "list", say("More"));
  return [row];
}
