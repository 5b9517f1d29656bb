/* Outlines that stay: the plan's own, and administrative ones until they are unlocked. Where other borders
   meet them, the meeting place may slide along (within 0.71 step, which refines and does not move); a
   bend of theirs is the outline's own and stays.

   Borders of locked grids and of somebody else's grids stay in the same way.

   outlinesLeft(mesh, reshaped, unlocked) -> problems

   Known issue: a meeting place that is a vertex of the outline as it was drawn stays too, and only the
   server knows which are. */

import { nearestOnSegment } from "./geometry.js";
import { holdOf } from "./holds.js";

const REFINING = 0.71; // steps

export function outlinesLeft(mesh, { gone, fresh }, unlocked) {
  const problems = [];
  for (const [a, b] of gone) {
    const grids = mesh.edgeOwners(a, b);
    const codes = new Map(grids.map((lineage) => [holdOf(mesh, lineage), lineage]));
    codes.delete(null);
    if (mesh.isOutline(a, b)) codes.set("off_outline", null);
    else if (!unlocked && mesh.isFixed(a, b)) codes.set("fixed_outline", null);
    if (!codes.size || stays(mesh, a, b, fresh)) continue;
    const where = [mesh.x(a), mesh.y(a), mesh.x(b), mesh.y(b)];
    for (const [code, lineage] of codes) problems.push({ code, where, grids: lineage ? [lineage] : grids });
  }
  // One of each kind is enough to say.
  return problems.filter((one, i) => problems.findIndex((other) => other.code === one.code) === i);
}

/** Whether the fresh edges take the place of an outline's edge, and its ends are there as before. */
function stays(mesh, a, b, fresh) {
  const edge = [mesh.x(a), mesh.y(a), mesh.x(b), mesh.y(b)];
  if ([a, b].some((vertex) => mesh.degree(vertex) === 2 && !endsAt(fresh, mesh.x(vertex), mesh.y(vertex)))) return false;
  return onSome(edge[0], edge[1], fresh) && onSome(edge[2], edge[3], fresh)
    && fresh.some((other) => alongEach(other, edge) || alongEach(edge, other));
}

function endsAt(edges, x, y) {
  return edges.some(([ax, ay, bx, by]) => (ax === x && ay === y) || (bx === x && by === y));
}

function onSome(x, y, edges) {
  return edges.some((edge) => near(x, y, ...edge));
}

/** Whether both ends of an edge lie on another. */
function alongEach([ax, ay, bx, by], other) {
  return near(ax, ay, ...other) && near(bx, by, ...other);
}

function near(x, y, ax, ay, bx, by) {
  return nearestOnSegment(x, y, ax, ay, bx, by).distance <= REFINING;
}
