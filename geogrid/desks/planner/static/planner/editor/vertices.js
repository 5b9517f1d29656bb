/* Lattice points by number: a point exists once, and keeps its number as long as the page is open,
   also while no border runs through it. A vertex that moves is another point.

   new VertexTable()   .id(x, y) -> number, made if new   .find(x, y) -> number or -1
   .x(id) .y(id) whole steps   .size */

const EMPTY = -1;

export class VertexTable {
  constructor(expected = 4096) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(expected, 16)));
    this.size = 0;
    this.xs = new Int32Array(places);
    this.ys = new Int32Array(places);
    this._slots = new Int32Array(2 * places).fill(EMPTY);
  }

  x(id) {
    return this.xs[id];
  }

  y(id) {
    return this.ys[id];
  }

  find(x, y) {
    return this._slots[this._slot(x, y)];
  }

  id(x, y) {
    const slot = this._slot(x, y);
    const known = this._slots[slot];
    if (known !== EMPTY) return known;
    const id = this.size;
    this.xs[id] = x;
    this.ys[id] = y;
    this._slots[slot] = id;
    this.size = id + 1;
    if (this.size === this.xs.length) this._grow();
    return id;
  }

  /** Where this point is, or would go: open addressing, at most half full. */
  _slot(x, y) {
    const mask = this._slots.length - 1;
    let hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const id = this._slots[slot];
      if (id === EMPTY || (this.xs[id] === x && this.ys[id] === y)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  _grow() {
    this.xs = grown(this.xs);
    this.ys = grown(this.ys);
    this._slots = new Int32Array(4 * this.size).fill(EMPTY);
    for (let id = 0; id < this.size; id++) this._slots[this._slot(this.xs[id], this.ys[id])] = id;
  }
}

function grown(numbers) {
  const larger = new Int32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
