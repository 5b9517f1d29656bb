/* Shapes as the server writes them: rings of steps in millionths of a degree. Pure. */

const MICRO = 1e6;

/** [[ [lat, lon], ... ], ...] of a shape written as [[dx, dy, dx, dy ...], ...] from an origin. */
export function ringsOf(shape, [west, south]) {
  return shape.map((steps) => {
    const ring = [];
    let x = 0;
    let y = 0;
    for (let at = 0; at < steps.length; at += 2) {
      x += steps[at];
      y += steps[at + 1];
      ring.push([south + y / MICRO, west + x / MICRO]);
    }
    return ring;
  });
}

/** [[south, west], [north, east]] of rings; null for none. */
export function boxOf(rings) {
  let box = null;
  for (const ring of rings) {
    for (const [lat, lon] of ring) {
      if (!box) box = [[lat, lon], [lat, lon]];
      box[0] = [Math.min(box[0][0], lat), Math.min(box[0][1], lon)];
      box[1] = [Math.max(box[1][0], lat), Math.max(box[1][1], lon)];
    }
  }
  return box;
}
