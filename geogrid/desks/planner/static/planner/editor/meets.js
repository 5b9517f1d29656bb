/* Which grids a command may meet: those it names, and all near anything it draws. Rather too many than
   too few: others' edits on grids that are not among these do not stand in the command's way.

   meetsOf(mesh, command) -> lineage[] */

import { gridsNear } from "./edge_index.js";
import { toSteps } from "./lattice.js";

const MARGIN = 2; // steps

export function meetsOf(mesh, { arguments: told }) {
  const found = new Set();
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  walk(told, (lineage) => mesh.grids.has(lineage) && found.add(lineage), (x, y) => widen(box, x, y));
  for (const lineage of [...found]) {
    const grid = mesh.grids.get(lineage);
    if (grid.parts) for (const one of gridsNear(mesh, wider(grid.box))) found.add(one.lineage);
  }
  if (box[0] <= box[2]) for (const one of gridsNear(mesh, wider(box))) found.add(one.lineage);
  return [...found];
}

function walk(value, name, point) {
  if (typeof value === "string") name(value);
  else if (Array.isArray(value) && typeof value[0] === "number") point(toSteps(value[0]), toSteps(value[1]));
  else if (Array.isArray(value)) value.forEach((one) => walk(one, name, point));
  else if (value && typeof value === "object") {
    for (const [key, one] of Object.entries(value)) {
      name(key);
      walk(one, name, point);
    }
  }
}

function widen(box, x, y) {
  box[0] = Math.min(box[0], x);
  box[1] = Math.min(box[1], y);
  box[2] = Math.max(box[2], x);
  box[3] = Math.max(box[3], y);
}

function wider([west, south, east, north]) {
  return [west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN];
}
