/* The land of two neighbours together, as one loop around both, and lines across it.

   landAround(mesh, {one, other, path}) -> Land | null    path: vertices of their common border
   Land: {loop: [{vertex, x, y, from}], points: x, y, x, y ... as it was, rings: [one's, other's]};
       `from` tells whose border it was (null: put in), `vertex` is null for points put in
   acrossLand(land, line) -> [x, y][] | null    the longest stretch of a line from border to border
   putInto(land, [x, y]) -> {edge: [a, b] | null} | null   makes it a vertex of the loop; null: not on it
   partedBy(land, line) -> [entries, entries]   both sides of a line whose ends are in the loop */

import { Cells } from "./cells.js";
import { nearestOnSegment, side } from "./geometry.js";
import { pointsIn } from "./ring_edits.js";
import { insidePoints } from "./rings.js";

const ON_BORDER = 0.75; // steps; a rounded crossing lies at most 0.71 off
const HALF_CELL = 0.5 - 1e-3; // a breath less than the server's, whose rounding we do not repeat

export function landAround(mesh, { one, other, path }) {
  const chains = [one, other].map((lineage) => restOfRing(mesh, lineage, path));
  if (chains.includes(null)) return null;
  const entry = (from) => (vertex) => ({ vertex, x: mesh.x(vertex), y: mesh.y(vertex), from });
  // One's from the path's end back to its start, the other's from there to the end.
  const [back, forth] = [chains[0].rest, chains[1].rest.slice().reverse()];
  const loop = [...back.slice(0, -1).map(entry(one)), ...forth.slice(0, -1).map(entry(other))];
  const points = pointsIn(mesh, loop.map((each) => each.vertex));
  return { loop, points, rings: chains.map((chain) => chain.ring) };
}

/** The ring that holds the path, and what is left of it from the path's end to its start. */
function restOfRing(mesh, lineage, path) {
  for (const ring of mesh.grids.get(lineage)?.parts?.flat() ?? []) {
    const start = ring.indexOf(path[0]);
    if (start < 0) continue;
    const turned = [...ring.slice(start), ...ring.slice(0, start)];
    for (const way of [turned, [turned[0], ...turned.slice(1).reverse()]]) {
      if (path.every((vertex, i) => way[i] === vertex)) return { ring, rest: [...way.slice(path.length - 1), way[0]] };
    }
  }
  return null;
}

export function acrossLand({ loop, points }, line) {
  const met = crossings(loop, line);
  const startsInside = insidePoints(line[0][0], line[0][1], points);
  let best = null;
  for (let i = startsInside ? 1 : 0; i + 1 < met.length; i += 2) {
    const [from, to] = [met[i], met[i + 1]];
    const inner = line.filter((_, n) => n > from.at && n < to.at);
    const ends = [latticePoint(from, points), latticePoint(to, points)];
    const stretch = withoutTwins([ends[0], ...inner.map((point) => point.map(Math.round)), ends[1]]);
    const length = lengthOf(stretch);
    if (stretch.length > 1 && length > (best?.length ?? 0)) best = { stretch, length };
  }
  return best && best.stretch;
}

function crossings(loop, line) {
  const met = [];
  const edges = new Cells(boxOf(loop), loop.map(({ x, y }, i) => [x, y, loop[(i + 1) % loop.length].x, loop[(i + 1) % loop.length].y]));
  for (let i = 1; i < line.length; i++) {
    const [[ax, ay], [bx, by]] = [line[i - 1], line[i]];
    edges.near([ax, ay, bx, by], 0, (index) => {
      const edge = edges.segments[index];
      const t = whereMet(ax, ay, bx, by, edge);
      if (t !== null) met.push({ at: i - 1 + t, edge, x: ax + t * (bx - ax), y: ay + t * (by - ay) });
    });
  }
  return met.sort((one, other) => one.at - other.at);
}

/** The lattice point for a crossing. One beyond the border would be cut off by the server, and its own
    crossing rounded anew: so a point on this side of it, whose cell the border runs through. */
function latticePoint({ x, y, edge }, points) {
  const near = [];
  for (const dx of [0, -1, 1]) for (const dy of [0, -1, 1]) near.push([Math.round(x) + dx, Math.round(y) + dy]);
  near.sort((one, other) => Math.hypot(one[0] - x, one[1] - y) - Math.hypot(other[0] - x, other[1] - y));
  const [ax, ay, bx, by] = edge;
  const fits = ([px, py]) => throughCell(ax - px, ay - py, bx - px, by - py)
    && (side(ax, ay, bx, by, px, py) === 0 || insidePoints(px, py, points));
  return near.find(fits) ?? near[0];
}

/** Whether a segment runs well through the lattice cell around the origin. */
function throughCell(ax, ay, bx, by) {
  let [from, to] = [0, 1];
  for (const [start, delta] of [[ax, bx - ax], [ay, by - ay]]) {
    if (delta === 0) {
      if (Math.abs(start) >= HALF_CELL) return false;
      continue;
    }
    const [one, other] = [(-HALF_CELL - start) / delta, (HALF_CELL - start) / delta];
    from = Math.max(from, Math.min(one, other));
    to = Math.min(to, Math.max(one, other));
  }
  return from < to;
}

/** Where a segment meets an edge, as a share of its length. An edge owns its lower side, a segment its
    start: so the number of crossings tells inside from outside. */
function whereMet(ax, ay, bx, by, [cx, cy, dx, dy]) {
  if (side(ax, ay, bx, by, cx, cy) >= 0 === side(ax, ay, bx, by, dx, dy) >= 0) return null;
  const [start, end] = [side(cx, cy, dx, dy, ax, ay), side(cx, cy, dx, dy, bx, by)];
  const t = start / (start - end);
  return t >= 0 && t < 1 ? t : null;
}

export function putInto({ loop }, [x, y]) {
  if (loop.some((entry) => entry.x === x && entry.y === y)) return { edge: null };
  let best = null;
  loop.forEach((a, i) => {
    const b = loop[(i + 1) % loop.length];
    const { distance } = nearestOnSegment(x, y, a.x, a.y, b.x, b.y);
    if (distance < (best?.distance ?? ON_BORDER)) best = { i, a, b, distance };
  });
  if (best === null || best.a.vertex === null || best.b.vertex === null) return null;
  loop.splice(best.i + 1, 0, { vertex: null, x, y, from: null });
  return { edge: [best.a.vertex, best.b.vertex] };
}

export function partedBy({ loop }, line) {
  const index = ([x, y]) => loop.findIndex((entry) => entry.x === x && entry.y === y);
  const inner = line.slice(1, -1).map(([x, y]) => ({ vertex: null, x, y, from: null }));
  const between = (from, to) => (from <= to ? loop.slice(from, to + 1) : [...loop.slice(from), ...loop.slice(0, to + 1)]);
  const [start, end] = [index(line[0]), index(line[line.length - 1])];
  return [[...between(end, start), ...inner], [...between(start, end), ...inner.slice().reverse()]];
}

function boxOf(entries) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of entries) {
    west = Math.min(west, x);
    south = Math.min(south, y);
    east = Math.max(east, x);
    north = Math.max(north, y);
  }
  return [west, south, east, north];
}

function withoutTwins(line) {
  return line.filter(([x, y], i) => i === 0 || x !== line[i - 1][0] || y !== line[i - 1][1]);
}

function lengthOf(line) {
  let length = 0;
  for (let i = 1; i < line.length; i++) length += Math.hypot(line[i][0] - line[i - 1][0], line[i][1] - line[i - 1][1]);
  return length;
}
