/* All grids as a table, equal to the map: figures against the range, sortable, each row leads to its
   grid and to what can be done with it without a pointer. */

import { icon, iconButton } from "../../../geogrid/js/icons.js";
import { syncList } from "../../../geogrid/js/list_sync.js";
import { say } from "../../../geogrid/js/words.js";
import { balanceOf } from "../balance.js";
import { column } from "../columns.js";
import { inRule } from "../figures.js";
import { addBalanceHead } from "./balance_head.js";
import { columnChoice } from "./column_choice.js";
import { rangeStrip } from "./range_strip.js";

export function addGridTable(desk, panel) {
  const head = addBalanceHead(desk);
  const table = document.createElement("table");
  table.className = "gridtable";
  const region = document.createElement("div");
  region.className = "gridtable-box";
  region.tabIndex = 0;
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", say("Grids of the draft"));
  region.append(table);
  const sort = { column: "code", descending: false };
  const body = document.createElement("tbody");
  const rows = new Map();
  const choice = columnChoice(() => {
    if (sort.column !== "code" && !choice.names.includes(sort.column)) Object.assign(sort, { column: "code", descending: false });
    table.tHead.replaceWith(headingRow(choice.names, sort, order));
    for (const grid of desk.mesh.leaves()) write(grid.lineage);
    order();
    markCurrent(rows, desk.selection.lineage);
  });
  panel.append(...head.elements, choice.element, region);
  table.append(document.createElement("thead"), body);

  const order = () => {
    const value = sort.column === "code" ? (grid) => grid.code : column(sort.column).value;
    const sign = sort.descending ? -1 : 1;
    const keyed = desk.mesh.leaves().map((grid) => [value(grid, desk.mesh) ?? -Infinity, grid]);
    const grids = keyed.sort(([a, one], [b, other]) => (a < b ? -sign : a > b ? sign : one.code < other.code ? -1 : 1)).map(([, grid]) => grid);
    body.append(...grids.map((grid) => rows.get(grid.lineage)).filter(Boolean));
  };
  const write = (lineage) => {
    const grid = desk.mesh.grids.get(lineage);
    const old = rows.get(lineage);
    if (!grid?.parts) {
      old?.remove();
      rows.delete(lineage);
      return;
    }
    const row = rowOf(desk, grid, choice.names);
    if (old) old.replaceWith(row);
    rows.set(lineage, row);
  };
  table.tHead.replaceWith(headingRow(choice.names, sort, order));
  for (const grid of desk.mesh.leaves()) write(grid.lineage);
  order();

  const sync = syncList(body, {
    attribute: "lineage",
    inBox: true,
    onHover: (lineage) => {
      desk.hovered = lineage;
      desk.repaint();
    },
    onChoose: (lineage, event) => {
      if (event.target.closest("[data-more]")) return false;
      desk.select(lineage, { fit: true });
      desk.announce(desk.describe(lineage));
      return true;
    },
  });
  desk.on("select", ({ lineage }) => sync.current(lineage));
  desk.on("changed", (touched) => {
    const lineages = new Set([...touched.attributes, ...touched.made, ...touched.ended, ...touched.shapes]);
    if (!lineages.size) return;
    const held = document.activeElement?.closest?.(".gridtable tr")?.dataset.lineage;
    const inside = held && (document.activeElement.closest("[data-more]") ? "[data-more]" : ".gridlink");
    for (const lineage of lineages) write(lineage);
    order();
    markCurrent(rows, desk.selection.lineage);
    if (held) rows.get(held)?.querySelector(inside)?.focus({ preventScroll: true });
    head.update();
  });
}

function markCurrent(rows, lineage) {
  const row = rows.get(lineage);
  if (row) row.setAttribute("aria-current", "true");
}

function headingRow(names, sort, changed) {
  const head = document.createElement("thead");
  const row = document.createElement("tr");
  for (const name of ["code", ...names]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    if (name !== "code") cell.className = "r";
    if (name === sort.column) cell.setAttribute("aria-sort", sort.descending ? "descending" : "ascending");
    const press = document.createElement("button");
    press.type = "button";
    press.className = "sort num";
    press.dataset.column = name;
    press.textContent = name === "code" ? say("Grid") : column(name).word();
    press.addEventListener("click", () => {
      sort.descending = sort.column === name ? !sort.descending : name !== "code";
      sort.column = name;
      for (const one of row.children) one.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", sort.descending ? "descending" : "ascending");
      changed();
    });
    cell.append(press);
    row.append(cell);
  }
  const last = document.createElement("td");
  last.className = "act";
  row.append(last);
  head.append(row);
  return head;
}

function rowOf(desk, grid, names) {
  const row = document.createElement("tr");
  row.dataset.lineage = grid.lineage;
  const name = document.createElement("th");
  name.scope = "row";
  const link = document.createElement("button");
  link.type = "button";
  link.className = "gridlink";
  link.textContent = grid.name || grid.label || grid.code;
  const code = document.createElement("small");
  code.className = "num";
  code.textContent = grid.code;
  name.append(link, code);
  if (grid.kind !== "basic") name.append(chipOf(grid.kind));
  if (grid.locked) name.append(lockSign());
  if (grid.range_reason) name.append(reasonOf(grid));
  row.append(name, ...names.map((one) => cellOf(desk, grid, one)));
  const last = document.createElement("td");
  last.className = "act";
  if (desk.editable) {
    const more = iconButton("edit", say("Change %(name)s without the map", { name: grid.name || grid.code }));
    more.dataset.more = "";
    more.addEventListener("click", () => desk.openForm?.(grid.lineage, "more"));
    last.append(more);
  }
  row.append(last);
  return row;
}

function cellOf(desk, grid, name) {
  const { value, words } = column(name);
  const figure = value(grid, desk.mesh);
  const cell = document.createElement("td");
  cell.className = `r num nw${name === "delta" ? " delta" : ""}`;
  cell.textContent = words(figure);
  if (name === "dwellings" && inRule(grid)) cell.append(...standing(grid, desk.config.range));
  return cell;
}

/** Where the number stands in the range, drawn and in words. */
function standing(grid, range) {
  const balance = balanceOf(grid.dwellings, range);
  const strip = rangeStrip(balance);
  strip.classList.add("standing");
  const word = document.createElement("span");
  word.className = `balanceword ${balance.side}`;
  word.textContent = balance.words;
  return [strip, word];
}

function reasonOf(grid) {
  const words = document.createElement("small");
  words.className = "reason";
  words.textContent = say("Reason: %(reason)s", { reason: grid.range_reason });
  return words;
}

function chipOf(kind) {
  const chip = document.createElement("span");
  chip.className = "chip";
  chip.textContent = kind === "unassigned" ? say("unassigned") : say("dedicated");
  return chip;
}

function lockSign() {
  const sign = document.createElement("span");
  sign.className = "locked";
  sign.setAttribute("role", "img");
  sign.setAttribute("aria-label", say("locked"));
  sign.append(icon("lock", "s"));
  return sign;
}
