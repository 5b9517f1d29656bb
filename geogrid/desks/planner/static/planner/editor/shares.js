/* Which side of a line through two grids goes to which: like the server, each side to the grid of which
   it holds the larger share.

   shared(sides, grids, rings, line) -> [index of the first grid's side, certain]
       sides: two lists of {x, y, from}; grids: two lineages, rings: theirs as points;
       line [[x, y] ...] between the sides */

import { insidePoints } from "./rings.js";

const ROWS = 24;
const CLEAR = 0.1; // shares that differ by less are the server's to tell apart

export function shared(sides, grids, rings, line) {
  const places = middles(line);
  const within = places.filter(([x, y]) => insidePoints(x, y, rings[0])).length;
  // A line within one grid leaves the other whole, on one side.
  if (within === 0) return [sideOf(sides, grids[0]), true];
  if (within === places.length) return [1 - sideOf(sides, grids[1]), true];
  const first = sides[0].flatMap(({ x, y }) => [x, y]);
  const [one, other] = rings.map((ring) => shareOf(first, ring));
  return [one > other ? 0 : 1, Math.abs(one - other) > CLEAR];
}

function middles(line) {
  return line.slice(1).map(([x, y], i) => [(line[i][0] + x) / 2, (line[i][1] + y) / 2]);
}

/** The side that has a grid's own borders. */
function sideOf(sides, lineage) {
  const [first, second] = sides.map((side) => side.filter(({ from }) => from === lineage).length);
  return first > second ? 0 : 1;
}

/** What part of a grid lies in a ring, measured along parallels. */
function shareOf(ring, grid) {
  let [south, north] = [Infinity, -Infinity];
  for (let i = 1; i < grid.length; i += 2) {
    south = Math.min(south, grid[i]);
    north = Math.max(north, grid[i]);
  }
  let [all, inside] = [0, 0];
  for (let row = 0; row < ROWS; row++) {
    const y = south + ((row + 0.5) / ROWS) * (north - south);
    const own = crossedAt(grid, y);
    all += overlap(own, [-Infinity, Infinity]);
    inside += overlap(own, crossedAt(ring, y));
  }
  return all ? inside / all : 0;
}

/** Where a parallel goes into a ring and out of it, from west to east. */
function crossedAt(points, y) {
  const places = [];
  for (let i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
    const [low, high] = [points[i + 1], points[j + 1]];
    if (low > y !== high > y) places.push(points[i] + ((points[j] - points[i]) * (y - low)) / (high - low));
  }
  return places.sort((one, other) => one - other);
}

function overlap(one, other) {
  let length = 0;
  for (let i = 0, j = 0; i + 1 < one.length && j + 1 < other.length;) {
    length += Math.max(0, Math.min(one[i + 1], other[j + 1]) - Math.max(one[i], other[j]));
    if (one[i + 1] < other[j + 1]) i += 2;
    else j += 2;
  }
  return length;
}
