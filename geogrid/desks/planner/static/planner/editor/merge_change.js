/* Grids united: what two of them share is walked once each way and cancels.

   mergeGrids(target, others) -> change
   reshapeMerge(mesh, change) -> Reshaped | null, also where borders meet in a way only the server sorts out */

import { pointsIn } from "./ring_edits.js";
import { pointsOf, twiceArea } from "./rings.js";

export function mergeGrids(target, others) {
  return { kind: "merge", target, others: [...others] };
}

export function reshapeMerge(mesh, { target, others }) {
  const grids = [target, ...others].map((lineage) => mesh.grids.get(lineage));
  if (grids.some((grid) => !grid?.parts)) return null;
  const next = new Map(); // from -> Set of to
  const gone = [];
  for (const [a, b] of directed(mesh, grids)) {
    if (next.get(b)?.delete(a)) gone.push([a, b]);
    else if (next.has(a)) next.get(a).add(b);
    else next.set(a, new Set([b]));
  }
  const rings = gone.length ? chained(next) : null;
  const parts = rings && arranged(rings.map((ring) => pointsIn(mesh, ring)));
  if (!parts) return null;
  return { shapes: new Map([[target, parts], ...others.map((one) => [one, null])]), gone, fresh: [], joints: [] };
}

/** Every edge with its grid on the left. */
function* directed(mesh, grids) {
  for (const { parts } of grids) {
    for (const rings of parts) {
      for (const [i, ring] of rings.entries()) {
        const forward = twiceArea(pointsOf(ring, mesh.vertices)) > 0 === (i === 0);
        for (let j = 0, before = ring[ring.length - 1]; j < ring.length; before = ring[j], j++) {
          yield forward ? [before, ring[j]] : [ring[j], before];
        }
      }
    }
  }
}

function chained(next) {
  const rings = [];
  for (const [start, targets] of next) {
    if (targets.size > 1) return null; // touches itself in a point
    if (!targets.size) continue;
    const ring = [];
    let at = start;
    do {
      const onwards = next.get(at);
      if (onwards?.size !== 1) return null;
      ring.push(at);
      const [to] = onwards;
      onwards.delete(to);
      at = to;
    } while (at !== start);
    rings.push(ring);
  }
  return rings;
}

/** One outer ring with its holes; several only without holes. */
function arranged(rings) {
  const outer = rings.filter((points) => twiceArea(points) > 0);
  const holes = rings.filter((points) => twiceArea(points) < 0);
  if (outer.length === 1) return [[outer[0], ...holes]];
  return holes.length || !outer.length ? null : outer.map((points) => [points]);
}
