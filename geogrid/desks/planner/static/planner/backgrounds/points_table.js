/* The table of points: what is typed goes into `points`, what is set by clicking shows up in it.

   new PointsTable(table, points); .show(residuals by index, worst index | -1) */

import { iconButton } from "../../geogrid/js/icons.js";
import { say } from "../../geogrid/js/words.js";

const COLUMNS = ["x", "y", "lon", "lat"];
const LABELS = [
  (number) => say("Point %(number)s, px from the left", { number }),
  (number) => say("Point %(number)s, px from the top", { number }),
  (number) => say("Point %(number)s, longitude", { number }),
  (number) => say("Point %(number)s, latitude", { number }),
];

export class PointsTable {
  constructor(table, points) {
    this.body = table.tBodies[0];
    this.points = points;
    this.body.replaceChildren();
    this.body.addEventListener("change", ({ target }) => {
      const row = target.closest("tr");
      points.change([...this.body.rows].indexOf(row), COLUMNS.indexOf(target.name), target.value.trim());
    });
    this.body.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-remove]");
      if (button) this._remove([...this.body.rows].indexOf(button.closest("tr")));
    });
  }

  show(residuals, worst) {
    const { rows } = this.points;
    while (this.body.rows.length < rows.length + 1) this.body.append(this._row(this.body.rows.length + 1));
    while (this.body.rows.length > rows.length + 1) this.body.lastElementChild.remove();
    [...this.body.rows].forEach((row, index) => {
      const cells = rows[index] ?? ["", "", "", ""];
      row.querySelectorAll("input").forEach((input, column) => {
        if (input.value !== cells[column]) input.value = cells[column];
      });
      const off = residuals.get(index);
      const cell = row.querySelector("[data-off]");
      cell.textContent = off === undefined ? "" : off.toFixed(2);
      row.classList.toggle("worst", index === worst);
      row.querySelector("[data-remove]").hidden = index >= rows.length;
    });
  }

  _remove(index) {
    this.points.remove(index);
    // The row is gone: the keyboard stays in the table.
    this.body.rows[Math.min(index, this.body.rows.length - 1)].querySelector("input").focus();
  }

  _row(number) {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = String(number);
    row.append(head);
    COLUMNS.forEach((name, column) => {
      const input = document.createElement("input");
      Object.assign(input, { name, className: "input", inputMode: "decimal", autocomplete: "off" });
      input.setAttribute("aria-label", LABELS[column](number));
      row.append(cellWith(input));
    });
    const off = document.createElement("td");
    off.className = "r num";
    off.dataset.off = "";
    const remove = iconButton("trash", say("Remove point %(number)s", { number }));
    remove.dataset.remove = "";
    row.append(off, cellWith(remove));
    return row;
  }
}

function cellWith(element) {
  const cell = document.createElement("td");
  cell.append(element);
  return cell;
}
