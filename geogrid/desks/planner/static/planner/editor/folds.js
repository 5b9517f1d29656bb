/* Rings turned inside out and land jumped over: what no crossing of borders tells.

   turnedInsideOut(mesh, reshaped, around) -> problems      around: Surroundings of the same
   jumpedOver(mesh, reshaped, around) -> problems   a vertex that stays is on another side than before:
                                                    an island, or a whole neighbour, was dragged across */

import { pointsIn } from "./ring_edits.js";
import { insidePoints, twiceArea } from "./rings.js";

export function turnedInsideOut(mesh, reshaped, around) {
  return foldsOf(mesh, reshaped, around, (old, points) => {
    const [before, after] = [twiceArea(old), twiceArea(points)];
    return before > 0 === after > 0 && after !== 0 ? null : [points[0], points[1]];
  });
}

export function jumpedOver(mesh, reshaped, around) {
  if (!around.vertices().length) return [];
  return foldsOf(mesh, reshaped, around, (old, points, ring) => {
    const own = new Set(ring);
    for (let i = 0; i < points.length; i += 2) own.add(mesh.vertices.find(points[i], points[i + 1]));
    for (const vertex of around.vertices()) {
      if (own.has(vertex)) continue;
      const [x, y] = [mesh.x(vertex), mesh.y(vertex)];
      if (insidePoints(x, y, old) !== insidePoints(x, y, points)) return [x, y];
    }
    return null;
  });
}

function foldsOf(mesh, { shapes, fresh }, around, fault) {
  if (!fresh.length) return [];
  const problems = [];
  for (const [lineage, parts] of shapes) {
    const before = mesh.grids.get(lineage).parts;
    // Where a whole ring is gone there is nothing to compare: `vanishes` tells, or the server.
    if (parts === null || !sameRings(before, parts)) continue;
    parts.forEach((rings, p) => rings.forEach((points, r) => {
      const ring = before[p][r];
      const where = around.untouched(ring) ? null : fault(pointsIn(mesh, ring), points, ring);
      if (where) problems.push({ code: "folds", where, grids: [lineage] });
    }));
  }
  return problems;
}

function sameRings(before, after) {
  return before.length === after.length && before.every((rings, i) => rings.length === after[i].length);
}
