/* Where a box stands so that it hides neither what it is about nor what else has to be read. Pure.

   beside(frame {x, y}, box {x, y}, about, keepOff[]) -> [left, top]     rectangles: [left, top, right, bottom];
   about null: at the right, on top */

const APART_PX = 34;
const EDGE_PX = 12;
const HELD_FREE = 3; // hiding what is to be read is that much worse than hiding a part of the shape

export function beside(frame, box, about, keepOff = []) {
  const right = frame.x - box.x - EDGE_PX;
  const low = frame.y - box.y - EDGE_PX;
  const held = ([x, y]) => [Math.round(Math.max(EDGE_PX, Math.min(x, right))), Math.round(Math.max(EDGE_PX, Math.min(y, low)))];
  const under = Math.max(EDGE_PX, ...keepOff.filter(([, top]) => top < 80).map(([, , , bottom]) => bottom + EDGE_PX));
  const corners = [[right, under], [EDGE_PX, under], [right, low], [EDGE_PX, low]];
  const [west, north, east, south] = about ?? [0, 0, 0, 0];
  const x = (west + east - box.x) / 2;
  const y = (north + south - box.y) / 2;
  const next = [[east + APART_PX, y], [west - APART_PX - box.x, y], [x, south + APART_PX], [x, north - APART_PX - box.y]];
  let best = null;
  for (const one of [...(about ? next : []), ...corners].map(held)) {
    const taken = [...one, one[0] + box.x, one[1] + box.y];
    const hidden = (about ? overlap(taken, about.map((side, i) => side + (i < 2 ? -EDGE_PX : EDGE_PX))) : 0)
      + keepOff.reduce((sum, other) => sum + HELD_FREE * overlap(taken, other), 0);
    if (!best || hidden < best.hidden) best = { one, hidden };
  }
  return best.one;
}

function overlap(a, b) {
  return Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
}
