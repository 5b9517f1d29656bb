/* Grids united: what two of them share is walked once each way and cancels.

   mergeGrids(target, others) -> change
   reshapeMerge(mesh, change) -> Reshaped | null: they have no border in common */

import { arranged, cancelled, traced } from "./tracing.js";
import { pointsIn } from "./ring_edits.js";
import { twiceArea } from "./rings.js";

export function mergeGrids(target, others) {
  return { kind: "merge", target, others: others.filter((one) => one !== target) };
}

export function reshapeMerge(mesh, { target, others }) {
  const grids = [target, ...others].map((lineage) => mesh.grids.get(lineage));
  if (grids.some((grid) => !grid?.parts)) return null;
  const { next, gone } = cancelled(landOnTheLeft(mesh, grids));
  if (!gone.length) return null;
  const place = (vertex) => [mesh.x(vertex), mesh.y(vertex)];
  const polygons = arranged(traced(next, place), place);
  if (!polygons) return null;
  const parts = polygons.map((rings) => rings.map((ring) => pointsIn(mesh, ring)));
  const shapes = new Map([[target, parts]]);
  for (const one of others) shapes.set(one, null);
  return { shapes, gone, fresh: [], joints: [] };
}

function* landOnTheLeft(mesh, grids) {
  for (const { parts } of grids) {
    for (const rings of parts) {
      for (const [i, ring] of rings.entries()) {
        const forward = twiceArea(pointsIn(mesh, ring)) > 0 === (i === 0);
        for (let j = 0, before = ring[ring.length - 1]; j < ring.length; before = ring[j], j++) {
          yield forward ? [before, ring[j]] : [ring[j], before];
        }
      }
    }
  }
}
