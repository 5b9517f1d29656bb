/* Where a tile of ours lies in a shifted map: an affine map through its corners, and the tiles of
   theirs that it covers. No map and no picture in here.

   sourceOf({z, x, y}) -> {left, top, columns, rows,     the first tile of theirs, and how many
                           matrix: [a, b, c, d, e, f]}   canvas transform: px of their tiles put
                                                         together -> px of ours */

import { toGcj02 } from "./gcj02.js";

export const TILE = 256;

/** Place of GCJ-02 of a point of our map, both in px of the world at a zoom. */
export function shiftedPixel(x, y, zoom) {
  const world = TILE * 2 ** zoom;
  const longitude = (x / world - 0.5) * 360;
  const latitude = (Math.atan(Math.sinh((0.5 - y / world) * 2 * Math.PI)) * 180) / Math.PI;
  const [lon, lat] = toGcj02(longitude, latitude);
  const sine = Math.sin((lat * Math.PI) / 180);
  return [(lon / 360 + 0.5) * world, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world];
}

export function sourceOf({ z, x, y }) {
  const at = (u, v) => shiftedPixel(x * TILE + u, y * TILE + v, z);
  const origin = at(0, 0);
  const right = at(TILE, 0);
  const down = at(0, TILE);
  const corner = at(TILE, TILE);
  // The mean of opposite sides halves what an affine map leaves over in the fourth corner.
  const across = [0, 1].map((n) => (right[n] - origin[n] + corner[n] - down[n]) / (2 * TILE));
  const along = [0, 1].map((n) => (down[n] - origin[n] + corner[n] - right[n]) / (2 * TILE));
  const middle = [0, 1].map((n) => (origin[n] + right[n] + down[n] + corner[n]) / 4);
  const start = [0, 1].map((n) => middle[n] - (across[n] + along[n]) * (TILE / 2));
  const all = [origin, right, down, corner];
  const least = [0, 1].map((n) => Math.floor(Math.min(...all.map((one) => one[n])) / TILE));
  const most = [0, 1].map((n) => Math.floor((Math.max(...all.map((one) => one[n])) - 1e-6) / TILE));
  const off = [0, 1].map((n) => start[n] - least[n] * TILE);
  return {
    left: least[0],
    top: least[1],
    columns: most[0] - least[0] + 1,
    rows: most[1] - least[1] + 1,
    matrix: inverse([across[0], across[1], along[0], along[1], off[0], off[1]]),
  };
}

function inverse([a, b, c, d, e, f]) {
  const area = a * d - b * c;
  return [d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area];
}
