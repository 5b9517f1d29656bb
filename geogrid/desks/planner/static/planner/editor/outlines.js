/* Outlines that stay: the plan's own, and administrative ones until they are unlocked. A vertex on one
   may slide along it (within 0.71 step, which refines and does not move), and nothing else.

   outlinesLeft(mesh, reshaped, unlocked) -> problems */

import { nearestOnSegment } from "./geometry.js";

const REFINING = 0.71; // steps

export function outlinesLeft(mesh, { gone, fresh }, unlocked) {
  const problems = [];
  for (const [a, b] of gone) {
    const outline = mesh.isOutline(a, b);
    if (!outline && (unlocked || !mesh.isFixed(a, b))) continue;
    if (stays(mesh, a, b, fresh)) continue;
    const where = [mesh.x(a), mesh.y(a), mesh.x(b), mesh.y(b)];
    problems.push({ code: outline ? "off_outline" : "fixed_outline", where, grids: mesh.edgeOwners(a, b) });
  }
  // One of each kind is enough to say.
  return problems.filter((one, i) => problems.findIndex((other) => other.code === one.code) === i);
}

/** Whether the fresh edges still cover both ends of an edge and run along it. */
function stays(mesh, a, b, fresh) {
  return [a, b].every((vertex) => fresh.some(([ax, ay, bx, by]) => near(mesh.x(vertex), mesh.y(vertex), ax, ay, bx, by)))
    && fresh.some(([ax, ay, bx, by]) => along(mesh, a, b, ax, ay, bx, by));
}

function along(mesh, a, b, ax, ay, bx, by) {
  const [x0, y0, x1, y1] = [mesh.x(a), mesh.y(a), mesh.x(b), mesh.y(b)];
  return near((ax + bx) / 2, (ay + by) / 2, x0, y0, x1, y1) || near((x0 + x1) / 2, (y0 + y1) / 2, ax, ay, bx, by);
}

function near(x, y, ax, ay, bx, by) {
  return nearestOnSegment(x, y, ax, ay, bx, by).distance <= REFINING;
}
