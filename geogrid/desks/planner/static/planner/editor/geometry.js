/* Plane geometry on whole lattice steps. Products of differences stay below 2^53 for places up to six
   degrees apart, so sides and crossings are exact.

   side(ax, ay, bx, by, px, py) -> >0 left of a->b, <0 right, 0 on the line
   crosses(ax, ay, bx, by, cx, cy, dx, dy) -> whether the segments have any point in common
   nearestOnSegment(px, py, ax, ay, bx, by, across, along) -> {x, y, t, distance}; axes weighted
   segmentDistance(a.., b.., c.., d.., across, along) -> number
   cutsCell(ax, ay, bx, by, vx, vy) -> whether the segment runs through the vertex' lattice cell */

export function side(ax, ay, bx, by, px, py) {
  return (bx - ax) * (py - ay) - (by - ay) * (px - ax);
}

function within(a, b, p) {
  return a < b ? a <= p && p <= b : b <= p && p <= a;
}

export function crosses(ax, ay, bx, by, cx, cy, dx, dy) {
  const c = Math.sign(side(ax, ay, bx, by, cx, cy));
  const d = Math.sign(side(ax, ay, bx, by, dx, dy));
  const a = Math.sign(side(cx, cy, dx, dy, ax, ay));
  const b = Math.sign(side(cx, cy, dx, dy, bx, by));
  if (c * d < 0 && a * b < 0) return true;
  if (c === 0 && within(ax, bx, cx) && within(ay, by, cy)) return true;
  if (d === 0 && within(ax, bx, dx) && within(ay, by, dy)) return true;
  if (a === 0 && within(cx, dx, ax) && within(cy, dy, ay)) return true;
  return b === 0 && within(cx, dx, bx) && within(cy, dy, by);
}

/** The nearest point of a segment; `across` and `along` turn steps into the unit of `distance`. */
export function nearestOnSegment(px, py, ax, ay, bx, by, across = 1, along = 1) {
  const ux = (bx - ax) * across;
  const uy = (by - ay) * along;
  const length = ux * ux + uy * uy;
  const along_it = length && ((px - ax) * across * ux + (py - ay) * along * uy) / length;
  const t = Math.min(1, Math.max(0, along_it));
  const x = ax + t * (bx - ax);
  const y = ay + t * (by - ay);
  return { x, y, t, distance: Math.hypot((px - x) * across, (py - y) * along) };
}

export function segmentDistance(ax, ay, bx, by, cx, cy, dx, dy, across = 1, along = 1) {
  if (crosses(ax, ay, bx, by, cx, cy, dx, dy)) return 0;
  return Math.min(
    nearestOnSegment(ax, ay, cx, cy, dx, dy, across, along).distance,
    nearestOnSegment(bx, by, cx, cy, dx, dy, across, along).distance,
    nearestOnSegment(cx, cy, ax, ay, bx, by, across, along).distance,
    nearestOnSegment(dx, dy, ax, ay, bx, by, across, along).distance,
  );
}

const HALF_CELL = 0.5 + 1e-3; // a breath more than the server asks, like its own check

/** Whether a segment passes the square of one step around a vertex: the server calls it too close. */
export function cutsCell(ax, ay, bx, by, vx, vy) {
  let from = 0;
  let to = 1;
  for (const [start, delta] of [[ax - vx, bx - ax], [ay - vy, by - ay]]) {
    if (delta === 0) {
      if (Math.abs(start) > HALF_CELL) return false;
      continue;
    }
    const one = (-HALF_CELL - start) / delta;
    const other = (HALF_CELL - start) / delta;
    from = Math.max(from, Math.min(one, other));
    to = Math.min(to, Math.max(one, other));
  }
  return from <= to;
}
