/* All grids as a table, equal to the map: figures against the range, sortable, each row leads to its
   grid and to what can be done with it without a pointer. */

import { icon, iconButton } from "../../../geogrid/js/icons.js";
import { syncList } from "../../../geogrid/js/list_sync.js";
import { say } from "../../../geogrid/js/words.js";
import { balanceOf } from "../balance.js";
import { areaWords } from "../naming.js";
import { addBalanceHead } from "./balance_head.js";
import { rangeStrip } from "./range_strip.js";

const COLUMNS = [
  ["code", () => say("Grid"), (grid) => grid.code],
  ["dwellings", () => say("Dwellings"), (grid) => grid.dwellings ?? -1],
  ["delta", () => say("Change"), (grid) => deltaOf(grid) ?? 0],
  ["range", (range) => `${range.least}–${range.most}`, (grid) => grid.dwellings ?? -1],
  ["buildings", () => say("Buildings"), (grid) => grid.loads?.buildings ?? -1],
  ["area", () => say("Area"), (grid) => grid.loads?.area_m2 ?? -1],
];

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
  panel.append(...head.elements, region);

  const sort = { column: "code", descending: false };
  const body = document.createElement("tbody");
  const headings = headingRow(desk, sort, () => order());
  table.append(headings, body);
  const rows = new Map();

  const order = () => {
    const key = COLUMNS.find(([name]) => name === sort.column)[2];
    const sign = sort.descending ? -1 : 1;
    const grids = desk.mesh.leaves().sort((one, other) => {
      const [a, b] = [key(one), key(other)];
      return a < b ? -sign : a > b ? sign : one.code < other.code ? -1 : 1;
    });
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
    const row = rowOf(desk, grid);
    if (old) old.replaceWith(row);
    rows.set(lineage, row);
  };
  for (const grid of desk.mesh.leaves()) write(grid.lineage);
  order();

  const sync = syncList(body, {
    attribute: "lineage",
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
  desk.on("select", ({ lineage }) => {
    const { scrollLeft } = region;
    sync.current(lineage);
    region.scrollLeft = scrollLeft; // rows are wider than the panel: names stay in sight
  });
  desk.on("changed", (touched) => {
    const lineages = new Set([...touched.attributes, ...touched.made, ...touched.ended]);
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

function headingRow(desk, sort, changed) {
  const head = document.createElement("thead");
  const row = document.createElement("tr");
  for (const [name, word] of COLUMNS) {
    const cell = document.createElement("th");
    cell.scope = "col";
    if (name !== "code" && name !== "range") cell.className = "r";
    const press = document.createElement("button");
    press.type = "button";
    press.className = "sort num";
    press.textContent = word(desk.config.range);
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
  row.firstElementChild.setAttribute("aria-sort", "ascending");
  const last = document.createElement("td");
  last.className = "act";
  row.append(last);
  head.append(row);
  return head;
}

function rowOf(desk, grid) {
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
  const change = deltaOf(grid);
  const cells = [
    figure(grid.dwellings ?? "–"),
    figure(change ? (change > 0 ? `+${change}` : `−${-change}`) : "", "delta"),
    stripCell(desk, grid),
    figure(grid.loads?.buildings ?? ""),
    figure(areaWords(grid.loads?.area_m2)),
  ];
  row.append(name, ...cells);
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

function deltaOf(grid) {
  return grid.dwellings == null || grid.dwellings_before == null ? null : grid.dwellings - grid.dwellings_before;
}

function figure(value, className = "") {
  const cell = document.createElement("td");
  cell.className = `r num nw ${className}`.trim();
  cell.textContent = value;
  return cell;
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

function stripCell(desk, grid) {
  const cell = document.createElement("td");
  cell.className = "strip-cell";
  if (grid.dwellings == null || grid.kind !== "basic") return cell;
  const balance = balanceOf(grid.dwellings, desk.config.range);
  const word = document.createElement("span");
  word.className = `balanceword ${balance.side}`;
  word.textContent = balance.words;
  cell.append(rangeStrip(balance), word);
  return cell;
}
