/* Segments sorted into square cells, to find those near another without looking at all.

   new Cells(box, segments)    segments: [ax, ay, bx, by][]; box [w, s, e, n] around those that matter
   .near(segment, gap, visit)  visit(index) once for each whose box comes within `gap` of the segment's */

const ACROSS = 48;
const END = -1;

export class Cells {
  constructor([west, south, east, north], segments) {
    this.segments = segments;
    this.west = west;
    this.south = south;
    this.size = Math.max(east - west, north - south, 1) / ACROSS;
    this.first = new Int32Array(ACROSS * ACROSS).fill(END); // by cell: a chain of entries
    this.next = [];
    this.index = [];
    this.seen = new Int32Array(segments.length).fill(END);
    this.turn = 0;
    segments.forEach((segment, index) => this._enter(segment, index));
  }

  _enter(segment, index) {
    const [left, low, right, high] = this._range(segment, 0);
    for (let row = low; row <= high; row++) {
      for (let cell = row * ACROSS + left; cell <= row * ACROSS + right; cell++) {
        this.next.push(this.first[cell]);
        this.first[cell] = this.index.push(index) - 1;
      }
    }
  }

  near(segment, gap, visit) {
    const turn = this.turn++;
    const [left, low, right, high] = this._range(segment, gap);
    for (let row = low; row <= high; row++) {
      for (let cell = row * ACROSS + left; cell <= row * ACROSS + right; cell++) {
        for (let entry = this.first[cell]; entry !== END; entry = this.next[entry]) {
          const index = this.index[entry];
          if (this.seen[index] === turn) continue;
          this.seen[index] = turn;
          if (!apart(segment, this.segments[index], gap)) visit(index);
        }
      }
    }
  }

  /** Cells that a segment's box meets; what lies beyond the box is taken for its rim. */
  _range(segment, gap) {
    const [ax, ay, bx, by] = segment;
    return [
      this._line(Math.min(ax, bx) - gap - this.west),
      this._line(Math.min(ay, by) - gap - this.south),
      this._line(Math.max(ax, bx) + gap - this.west),
      this._line(Math.max(ay, by) + gap - this.south),
    ];
  }

  _line(offset) {
    return Math.min(ACROSS - 1, Math.max(0, Math.floor(offset / this.size)));
  }
}

function apart(one, other, gap) {
  return Math.max(one[0], one[2]) + gap < Math.min(other[0], other[2])
    || Math.min(one[0], one[2]) - gap > Math.max(other[0], other[2])
    || Math.max(one[1], one[3]) + gap < Math.min(other[1], other[3])
    || Math.min(one[1], one[3]) - gap > Math.max(other[1], other[3]);
}
