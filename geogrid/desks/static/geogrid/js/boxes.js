/* Which part of the picture is taken. Pure: boxes are [left, top, right, bottom] in px. */

const CELL = 64;

export class Taken {
  /** @param {number[]} frame the picture; a label outside of it is refused */
  constructor(frame) {
    this.frame = frame;
    this.cells = new Map();
  }

  /** Whether the box lies inside the frame and meets nothing taken. */
  free(box) {
    const [left, top, right, bottom] = this.frame;
    if (box[0] < left || box[1] < top || box[2] > right || box[3] > bottom) return false;
    return !this.hits(box);
  }

  hits(box) {
    for (const key of cellsOf(box)) {
      const there = this.cells.get(key);
      if (there && there.some((other) => meet(box, other))) return true;
    }
    return false;
  }

  take(box) {
    for (const key of cellsOf(box)) {
      const there = this.cells.get(key);
      if (there) there.push(box);
      else this.cells.set(key, [box]);
    }
  }

  /** Take a line as small boxes of `half` px around it, a step apart. */
  takeLine(points, half) {
    for (let i = 1; i < points.length; i++) {
      const [x0, y0] = points[i - 1];
      const [x1, y1] = points[i];
      const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / (half * 1.6)));
      for (let j = 0; j <= steps; j++) {
        const x = x0 + ((x1 - x0) * j) / steps;
        const y = y0 + ((y1 - y0) * j) / steps;
        if (this.near(x, y)) this.take([x - half, y - half, x + half, y + half]);
      }
    }
  }

  near(x, y) {
    const [left, top, right, bottom] = this.frame;
    return x > left - CELL && x < right + CELL && y > top - CELL && y < bottom + CELL;
  }
}

function meet(one, other) {
  return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
}

function* cellsOf(box) {
  for (let x = Math.floor(box[0] / CELL); x <= Math.floor(box[2] / CELL); x++) {
    for (let y = Math.floor(box[1] / CELL); y <= Math.floor(box[3] / CELL); y++) {
      yield x * 100003 + y;
    }
  }
}
