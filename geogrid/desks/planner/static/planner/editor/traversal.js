/* Stepping through the mesh by keyboard.

   nextVertex(mesh, lineage, vertex, by = 1) -> vertex   around the grid's rings, one after another;
                                                          its first (last) when `vertex` is not its own
   nextOnBorder(border, vertex, by = 1) -> vertex         stops at open ends, goes round closed borders
   nextBorder(mesh, lineage, border, by = 1) -> border    the borders of a grid in order
   nextGrid(mesh, lineage, by = 1) -> lineage             leaves by code; the first when null
   gridTowards(mesh, lineage, direction) -> lineage | null   neighbour to the "west" "south" "east" "north" */

import { bordersOf } from "./borders.js";

export function nextVertex(mesh, lineage, vertex, by = 1) {
  const all = [];
  for (const ring of mesh.grids.get(lineage)?.parts?.flat() ?? []) all.push(...ring);
  return stepped(all, all.indexOf(vertex), by) ?? -1;
}

export function nextOnBorder(border, vertex, by = 1) {
  const at = border.path.indexOf(vertex);
  if (border.closed || at < 0) return stepped(border.path, at, by);
  return border.path[Math.min(border.path.length - 1, Math.max(0, at + by))];
}

export function nextBorder(mesh, lineage, border, by = 1) {
  const all = bordersOf(mesh, lineage);
  const at = border ? all.findIndex((one) => one.path.join() === border.path.join()) : -1;
  return stepped(all, at, by) ?? null;
}

export function nextGrid(mesh, lineage, by = 1) {
  const all = mesh.leaves().sort((one, other) => compare(one.code ?? "", other.code ?? "") || compare(one.lineage, other.lineage));
  return stepped(all, all.findIndex((grid) => grid.lineage === lineage), by)?.lineage ?? null;
}

const TOWARDS = { west: [-1, 0], south: [0, -1], east: [1, 0], north: [0, 1] };

/** The neighbour that lies most in that direction, by the middles of their boxes. */
export function gridTowards(mesh, lineage, direction) {
  const [right, up] = TOWARDS[direction];
  const [x, y] = middle(mesh.grids.get(lineage));
  let best = null;
  for (const other of mesh.neighbourGrids(lineage)) {
    const [ox, oy] = middle(mesh.grids.get(other));
    const ahead = (ox - x) * right + (oy - y) * up;
    const straight = ahead / (Math.hypot(ox - x, oy - y) || 1);
    if (straight > 0.5 && (best === null || straight > best.straight)) best = { lineage: other, straight };
  }
  return best && best.lineage;
}

function middle(grid) {
  const [west, south, east, north] = grid.box;
  return [(west + east) / 2, (south + north) / 2];
}

function stepped(all, at, by) {
  if (!all.length) return undefined;
  if (at < 0) return by > 0 ? all[0] : all[all.length - 1];
  return all[(((at + by) % all.length) + all.length) % all.length];
}

function compare(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}
