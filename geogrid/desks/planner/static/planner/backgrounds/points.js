/* The points that place a picture, while they are set: each has a pixel, a place, or both. Pure.

   new Points([[x, y, lon, lat] ...])  strings or numbers; "" is not said
   .set("pixel" | "place", [a, b]) -> index   the point that still lacks it, else a new one
   .change(index, column, value)   .move(index, part, [a, b])   .remove(index)
   .undo() .redo() .canUndo .canRedo     .complete() -> [[x, y, lon, lat, index] ...]
   .waiting("pixel" | "place") -> whether a point lacks it     .on(handler) after every change */

const PARTS = { pixel: [0, 1], place: [2, 3] };
const DIGITS = [1, 1, 7, 7];

export class Points {
  constructor(rows = []) {
    this.rows = rows.map((row) => row.map(String));
    this._past = [];
    this._ahead = [];
    this._handlers = [];
  }

  on(handler) {
    this._handlers.push(handler);
  }

  set(part, values) {
    const other = part === "pixel" ? "place" : "pixel";
    let index = this.rows.findIndex((row) => !has(row, part));
    // A second click before the other half is set corrects the first one.
    if (index < 0) index = this.rows.findIndex((row) => !has(row, other));
    this._step(() => {
      if (index < 0) index = this.rows.push(["", "", "", ""]) - 1;
      this._write(index, part, values);
    });
    return index;
  }

  move(index, part, values) {
    this._step(() => this._write(index, part, values));
  }

  change(index, column, value) {
    if ((this.rows[index]?.[column] ?? "") === value) return;
    this._step(() => {
      while (this.rows.length <= index) this.rows.push(["", "", "", ""]);
      this.rows[index][column] = value;
      this.rows = this.rows.filter((row) => row.some(Boolean));
    });
  }

  remove(index) {
    this._step(() => this.rows.splice(index, 1));
  }

  undo() {
    this._travel(this._past, this._ahead);
  }

  redo() {
    this._travel(this._ahead, this._past);
  }

  get canUndo() {
    return this._past.length > 0;
  }

  get canRedo() {
    return this._ahead.length > 0;
  }

  waiting(part) {
    return this.rows.some((row) => !has(row, part));
  }

  complete() {
    return this.rows.map((row, index) => [...row.map(Number), index])
      .filter((row, index) => this.rows[index].every((one) => one.trim() !== "") && row.every(Number.isFinite));
  }

  _write(index, part, values) {
    PARTS[part].forEach((column, n) => {
      this.rows[index][column] = values[n].toFixed(DIGITS[column]);
    });
  }

  _step(act) {
    this._past.push(JSON.stringify(this.rows));
    this._ahead = [];
    act();
    this._tell();
  }

  _travel(from, to) {
    if (!from.length) return;
    to.push(JSON.stringify(this.rows));
    this.rows = JSON.parse(from.pop());
    this._tell();
  }

  _tell() {
    for (const handler of this._handlers) handler();
  }
}

export function has(row, part) {
  return PARTS[part].every((column) => row[column] !== "");
}
