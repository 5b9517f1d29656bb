/* Cells of the chosen grid: homes by address, shared out where no line could divide. Made at once,
   then moved by hand; which cell an address is in. */

import { say, sayCount } from "../../../geogrid/js/words.js";
import { asked } from "../asked.js";
import { button, gridChoice } from "../strip.js";
import { openDialog, textField } from "./dialog.js";
import { cellList, heldOf, labelled, moveBar } from "./cell_rows.js";

export function addCells(desk, panel) {
  new CellsPanel(desk, panel).start();
}

class CellsPanel {
  constructor(desk, panel) {
    Object.assign(this, { desk, panel, told: null, asking: 0 });
    this.chosen = new Map(); // key of a home -> {unit, floors}
    this.news = document.createElement("p");
    this.news.className = "errortext";
    this.news.setAttribute("role", "status");
    this.body = document.createElement("div");
  }

  start() {
    const { desk, panel } = this;
    panel.classList.add("cellpanel");
    panel.append(findForm(desk, (cell) => this._found(cell), this.news), this.news, this.body);
    const visible = () => !panel.hidden;
    desk.on("select", ({ lineage }) => visible() && lineage !== this.lineage && this.load());
    desk.on("changed", ({ shapes, ended }) => visible() && (shapes.has(this.lineage) || ended.has(this.lineage)) && this.load());
    document.getElementById("tab-cells").addEventListener("shown", () => this.load());
    this.load();
  }

  async load() {
    const { desk } = this;
    this.lineage = desk.selection.lineage;
    this.chosen.clear();
    const number = ++this.asking;
    if (!this.lineage) return this._nobody();
    await this._show(asked(desk, `${desk.config.urls.cells}?grid=${this.lineage}`), number);
  }

  async do(what, more = {}) {
    const { desk } = this;
    const number = ++this.asking;
    const done = await this._show(asked(desk, desk.config.urls.cells, { grid: this.lineage, do: what, ...more }), number);
    if (done) this.chosen.clear();
    if (done) this._draw();
    return done;
  }

  async _show(answer, number) {
    try {
      const told = await answer;
      if (number !== this.asking) return false;
      this.told = told;
      this.news.textContent = "";
      this._draw();
      return true;
    } catch (error) {
      if (number === this.asking) this.news.textContent = error.message;
      return false;
    }
  }

  _nobody() {
    this.told = null;
    const words = document.createElement("p");
    words.className = "muted";
    words.textContent = say("Cells share out the homes of one grid by entrance and floor. Choose a grid on the map or here.");
    this.body.replaceChildren(words, gridChoice(this.desk, say("Grid"), null, (lineage) => lineage && this.desk.select(lineage, { fit: true })));
  }

  _draw() {
    const { desk, told } = this;
    if (!told) return;
    const held = heldOf(this.body);
    const title = document.createElement("h2");
    title.textContent = say("Cells of %(name)s", { name: desk.nameOf(this.lineage) });
    const facts = document.createElement("p");
    facts.className = "small muted";
    facts.textContent = [
      sayCount("%(count)s cell", "%(count)s cells", told.cells.length),
      sayCount("%(count)s entrance", "%(count)s entrances", told.homes),
      sayCount("%(count)s household", "%(count)s households", told.households),
      say("at most %(limit)s in a cell", { limit: told.limit }),
    ].join(" · ");
    const parts = [title, facts];
    if (!told.homes) parts.push(noHomes());
    else if (desk.editable) parts.push(this._making());
    parts.push(...findings(told));
    const tick = (key, home, on) => {
      if (on) this.chosen.set(key, home);
      else this.chosen.delete(key);
      bar.show(this.chosen);
    };
    const bar = moveBar(told, desk.editable, (to, floors) => this._move(to, floors));
    bar.show(this.chosen);
    parts.push(cellList(told, { editable: desk.editable, chosen: this.chosen, tick, onRename: (cell) => this._rename(cell), onDelete: (cell) => this._delete(cell) }), bar.element);
    this.body.replaceChildren(...parts);
    held(this.body);
  }

  _making() {
    const { told } = this;
    const row = document.createElement("form");
    row.className = "movebar";
    const line = document.createElement("div");
    line.className = "row";
    const most = document.createElement("input");
    Object.assign(most, { type: "number", id: "cell-most", min: "1", max: "9999", value: String(told.limit) });
    const there = told.cells.length > 0;
    const make = button(there ? say("Make anew") : say("Make cells"), () => {}, { kind: there ? "" : "primary", name: "make" });
    make.type = "submit";
    line.append(labelled(say("Households per cell at most"), most), make);
    if (there) line.append(button(say("Delete all"), () => this._sure(say("Delete all cells of this grid?"), say("Delete all"), () => this._said("delete", {}, say("The cells are deleted."))), { kind: "plain", name: "delete-all" }));
    row.append(line);
    row.noValidate = true;
    row.addEventListener("submit", (event) => {
      event.preventDefault();
      const number = Number(most.value);
      if (!Number.isInteger(number) || number < 1) {
        this.news.textContent = say("Give a whole number above zero.");
        return most.focus();
      }
      const run = () => this._said("make", { most: number, anew: there }, say("The homes are shared out."));
      if (there) this._sure(say("Make the cells of this grid anew? Names and what was moved by hand go."), say("Make anew"), run);
      else run();
    });
    return row;
  }

  async _said(what, more, words) {
    if (await this.do(what, more)) this.desk.announce(words);
  }

  _move(to, floors) {
    const homes = [...this.chosen.values()].map((home) => (floors ? { ...home, floors } : home));
    this._said("move", { homes, to }, say("Moved."));
  }

  _rename(cell) {
    const name = textField("cell-name", say("Name"), { value: cell.name, most: 120, hint: say("Empty shows the code %(code)s again.", { code: cell.code }) });
    openDialog({
      title: say("Rename the cell %(code)s", { code: cell.code }),
      fields: [name.element],
      submit: say("Rename"),
      onSubmit: () => {
        this._said("rename", { cell: cell.lineage, name: name.value }, say("Renamed."));
        return true;
      },
    });
  }

  _delete(cell) {
    this._sure(say("Delete the cell %(name)s? Its homes are then in no cell.", { name: cell.name || cell.code }), say("Delete"), () => this._said("delete", { cells: [cell.lineage] }, say("The cell is deleted.")));
  }

  _sure(title, submit, run) {
    openDialog({ title, fields: [], submit, submitKind: "danger", onSubmit: () => (run(), true) });
  }

  _found(cell) {
    if (cell.grid) this.desk.select(cell.grid.lineage, { fit: true });
  }
}

function noHomes() {
  const box = document.createElement("div");
  box.className = "empty";
  const title = document.createElement("strong");
  title.textContent = say("No entrances are registered here.");
  const why = document.createElement("p");
  why.textContent = say("Import buildings with their entrances; then their homes can be shared out.");
  box.append(title, why);
  return box;
}

function findings({ findings: list }) {
  if (!list.length) return [];
  const box = document.createElement("details");
  box.open = list.length <= 5;
  const summary = document.createElement("summary");
  summary.textContent = sayCount("%(count)s finding", "%(count)s findings", list.length);
  const rows = document.createElement("ul");
  rows.className = "rows small";
  rows.append(...list.map(({ message }) => Object.assign(document.createElement("li"), { textContent: message })));
  box.append(summary, rows);
  return [box];
}

/** Which cell is this address in? */
function findForm(desk, found, news) {
  const form = document.createElement("form");
  form.className = "find";
  form.setAttribute("role", "search");
  const address = document.createElement("input");
  Object.assign(address, { type: "text", id: "cell-address", maxLength: 240, autocomplete: "off" });
  const line = document.createElement("div");
  line.className = "row";
  const floor = document.createElement("input");
  Object.assign(floor, { type: "number", id: "cell-floor", value: "1" });
  const send = button(say("Find"), () => {}, { symbol: "search", name: "find" });
  send.type = "submit";
  line.append(labelled(say("Floor"), floor), send);
  form.append(labelled(say("Which cell is this address in?"), address), line);
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!address.value.trim()) return address.focus();
    try {
      const { cell } = await asked(desk, `${desk.config.urls.cell_at}?address=${encodeURIComponent(address.value)}&floor=${Number(floor.value) || 1}`);
      const words = cell
        ? say("Cell %(cell)s in %(grid)s.", { cell: cell.name || cell.code, grid: cell.grid?.name ?? say("no grid") })
        : say("No cell of this draft has that address. Give it with its entrance, as it is registered.");
      news.textContent = words;
      if (cell) {
        found(cell);
        news.textContent = words;
      }
    } catch (error) {
      news.textContent = error.message;
    }
  });
  return form;
}
