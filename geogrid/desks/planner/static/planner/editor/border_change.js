/* A border between two grids laid anew: moved as a whole, straightened, drawn by hand. Both keep their
   land together; where the new line ends on a third grid's border, that one gains a vertex.

   moveBorder(mesh, border, dx, dy, {ends: "slide" | "stay"}) -> change | null
       slide: the ends run along the borders they stand on, where these can be reached; stay: they stay
   straightenBorder(mesh, border) -> change | null
   drawBorder(mesh, border, [[x, y] ...]) -> change | null    a line drawn across both grids
   change.line [[x, y] ...] is what the command move_border sends; null: it would not part the two
   reshapeBorder(mesh, change) -> Reshaped | null    see changes.js */

import { acrossLand, landAround, partedBy, putInto } from "./loops.js";
import { pointsIn, withPoint } from "./ring_edits.js";
import { twiceArea } from "./rings.js";
import { shared } from "./shares.js";

const REACH = 4; // how far an end looks for a border to stand on, in lengths of the move

export function moveBorder(mesh, border, dx, dy, { ends = "slide" } = {}) {
  if (border.other === null) return null;
  const path = places(mesh, border.path);
  const moved = path.map(([x, y]) => [x + dx, y + dy]);
  if (border.closed) return borderChange(border, path, moved);
  const slid = ends === "slide" ? slidLine(mesh, border, moved, REACH * Math.hypot(dx, dy)) : null;
  if (slid) return borderChange(border, path, slid);
  if (path.length < 3) return null;
  return borderChange(border, path, [path[0], ...moved.slice(1, -1), path[path.length - 1]]);
}

export function straightenBorder(mesh, border) {
  if (border.other === null || border.closed || border.path.length < 3) return null;
  const path = places(mesh, border.path);
  return borderChange(border, path, [path[0], path[path.length - 1]]);
}

export function drawBorder(mesh, border, points) {
  if (border.other === null || border.closed || points.length < 2) return null;
  const land = landAround(mesh, border);
  const line = land && acrossLand(land, points);
  return line && borderChange(border, places(mesh, border.path), line);
}

function borderChange({ one, other, closed }, path, line) {
  return { kind: "border", one, other, closed, path, line };
}

function slidLine(mesh, border, moved, reach) {
  const land = landAround(mesh, border);
  if (land === null) return null;
  const last = moved.length - 1;
  const [before, after] = [beyond(moved[1], moved[0], reach), beyond(moved[last - 1], moved[last], reach)];
  return acrossLand(land, [before, ...moved, after]);
}

function beyond([fromX, fromY], [x, y], reach) {
  const length = Math.hypot(x - fromX, y - fromY) || 1;
  return [x + ((x - fromX) / length) * reach, y + ((y - fromY) / length) * reach];
}

export function reshapeBorder(mesh, { one, other, closed, path, line }) {
  const vertices = path.map(([x, y]) => mesh.vertexAt(x, y));
  if (vertices.includes(-1) || !mesh.isEdge(vertices[0], vertices[1])) return null;
  if (closed) return reshapeShore(mesh, one, other, vertices, line);
  const land = landAround(mesh, { one, other, path: vertices });
  if (land === null) return null;
  const shapes = new Map();
  const gone = edgesOf(vertices);
  const fresh = edgesOf(line).map(([a, b]) => [...a, ...b]);
  const joints = [line[0], line[line.length - 1]];
  for (const end of joints) {
    const put = putInto(land, end);
    if (put === null) return null;
    if (put.edge === null) continue;
    const [a, b] = put.edge;
    gone.push([a, b]);
    fresh.push([mesh.x(a), mesh.y(a), ...end], [...end, mesh.x(b), mesh.y(b)]);
    for (const [lineage, parts] of withPoint(mesh, a, b, end)) {
      if (lineage === one || lineage === other) continue;
      if (shapes.has(lineage)) return null; // both ends on one third grid: the server knows
      shapes.set(lineage, parts);
    }
  }
  const sides = partedBy(land, line);
  const [first, certain] = shared(sides, [one, other], land.rings.map((ring) => pointsIn(mesh, ring)), line);
  shapes.set(one, withRing(mesh, land, one, land.rings[0], sides[first]));
  shapes.set(other, withRing(mesh, land, other, land.rings[1], sides[1 - first]));
  return { shapes, gone, fresh, joints, certain };
}

/** An island moves as it is: its shore is a ring of both. */
function reshapeShore(mesh, one, other, vertices, line) {
  const to = new Map(vertices.map((vertex, i) => [vertex, line[i]]));
  const place = (vertex) => to.get(vertex) ?? [mesh.x(vertex), mesh.y(vertex)];
  const shapes = new Map();
  for (const lineage of [one, other]) {
    const { parts } = mesh.grids.get(lineage);
    shapes.set(lineage, parts.map((rings) => rings.map((ring) => Array.from(ring, place).flat())));
  }
  const gone = [...edgesOf(vertices), [vertices[vertices.length - 1], vertices[0]]];
  return { shapes, gone, fresh: gone.map(([a, b]) => [...to.get(a), ...to.get(b)]), joints: [] };
}

/** The grid with one ring replaced, walked in the direction it had. */
function withRing(mesh, land, lineage, replaced, side) {
  const turned = twiceArea(pointsIn(mesh, replaced)) > 0 !== twiceArea(land.points) > 0;
  const points = [];
  for (const { x, y } of turned ? side.slice().reverse() : side) points.push(x, y);
  return mesh.grids.get(lineage).parts.map((rings) => rings.map((one) => (one === replaced ? points : pointsIn(mesh, one))));
}

function edgesOf(path) {
  return path.slice(1).map((item, i) => [path[i], item]);
}

function places(mesh, vertices) {
  return vertices.map((vertex) => [mesh.x(vertex), mesh.y(vertex)]);
}
