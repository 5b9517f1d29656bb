/* Which side of a line through two grids goes to which: like the server, each side to the grid of which
   it holds the larger share.

   shared(sides, grids, rings, line) -> [index of the first grid's side, certain]
       sides: two lists of {x, y, from}; grids: two lineages, rings: theirs as points;
       line [[x, y] ...] between the sides */

import { insidePoints } from "./rings.js";

const SAMPLES = 24; // in each direction
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

/** What part of a grid lies in a ring, by samples. */
function shareOf(ring, grid) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < grid.length; i += 2) {
    west = Math.min(west, grid[i]);
    east = Math.max(east, grid[i]);
    south = Math.min(south, grid[i + 1]);
    north = Math.max(north, grid[i + 1]);
  }
  let [all, inside] = [0, 0];
  for (let row = 0; row < SAMPLES; row++) {
    const y = south + ((row + 0.5) / SAMPLES) * (north - south);
    for (let column = 0; column < SAMPLES; column++) {
      const x = west + ((column + 0.5) / SAMPLES) * (east - west);
      if (!insidePoints(x, y, grid)) continue;
      all += 1;
      if (insidePoints(x, y, ring)) inside += 1;
    }
  }
  return all ? inside / all : 0;
}
