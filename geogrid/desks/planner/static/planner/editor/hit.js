/* What lies under the pointer. Points are lattice steps; a `view` says how many pixels a step is:
   {across, along}, from lattice.pixelsPerStep(zoom, latitude) or the map's own.

   hit(mesh, x, y, view, options) -> {kind: "vertex", vertex, distance}
                                   | {kind: "edge", a, b, x, y, t, distance}   (x, y) on the edge, not rounded
                                   | {kind: "grid", lineage} | null
       options: vertexPx = 12, edgePx = 8, within = lineage or null (only this grid's border),
                accept(a, b) (edges to consider), kinds = ["vertex", "edge", "grid"] in this order
   nearestVertex(mesh, x, y, view, px, options) -> {kind, vertex, distance} | null
   nearestEdge(mesh, x, y, view, px, options) -> {kind, a, b, x, y, t, distance} | null
   gridAt(mesh, x, y) -> lineage | null */

import { edgesNear, gridsNear } from "./edge_index.js";
import { nearestOnSegment } from "./geometry.js";
import { insidePoints } from "./rings.js";

export function hit(mesh, x, y, view, options = {}) {
  for (const kind of options.kinds ?? ["vertex", "edge", "grid"]) {
    const found = FINDERS[kind](mesh, x, y, view, options);
    if (found) return found;
  }
  return null;
}

const FINDERS = {
  vertex: (mesh, x, y, view, options) => nearestVertex(mesh, x, y, view, options.vertexPx ?? 12, options),
  edge: (mesh, x, y, view, options) => nearestEdge(mesh, x, y, view, options.edgePx ?? 8, options),
  grid: (mesh, x, y) => {
    const lineage = gridAt(mesh, x, y);
    return lineage && { kind: "grid", lineage };
  },
};

export function nearestVertex(mesh, x, y, view, px, options = {}) {
  let best = null;
  const look = (vertex) => {
    const distance = Math.hypot((mesh.x(vertex) - x) * view.across, (mesh.y(vertex) - y) * view.along);
    if (distance <= px && (best === null || distance < best.distance)) best = { kind: "vertex", vertex, distance };
  };
  eachEdgeNear(mesh, x, y, view, px, options, (a, b) => {
    look(a);
    look(b);
  });
  return best;
}

export function nearestEdge(mesh, x, y, view, px, options = {}) {
  let best = null;
  eachEdgeNear(mesh, x, y, view, px, options, (a, b) => {
    const at = nearestOnSegment(x, y, mesh.x(a), mesh.y(a), mesh.x(b), mesh.y(b), view.across, view.along);
    if (at.distance <= px && (best === null || at.distance < best.distance)) best = { kind: "edge", a, b, ...at };
  });
  return best;
}

export function gridAt(mesh, x, y) {
  for (const grid of gridsNear(mesh, [x, y, x, y])) {
    const rings = mesh.steps(grid.lineage).flat();
    if (rings.filter((points) => insidePoints(x, y, points)).length % 2) return grid.lineage;
  }
  return null;
}

function eachEdgeNear(mesh, x, y, view, px, options, visit) {
  const wide = px / view.across;
  const high = px / view.along;
  edgesNear(mesh, [x - wide, y - high, x + wide, y + high], (a, b, grid) => {
    if (options.within && grid.lineage !== options.within) return;
    if (options.accept && !options.accept(a, b)) return;
    visit(a, b);
  });
}
