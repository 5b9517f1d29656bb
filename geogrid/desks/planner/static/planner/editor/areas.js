/* Areas to hand over: a lasso, blocks, footprints. Blocks share borders, and a MultiPolygon must not:
   what they share is taken out first.

   lassoArea([[x, y] ...]) -> Polygon | null      steps; null with fewer than three different points
   unitedArea(geometries) -> Polygon | MultiPolygon | null     GeoJSON (degrees), as ground.json has them */

import { pointToDegrees, pointToSteps } from "./lattice.js";
import { twiceArea } from "./rings.js";
import { arranged, cancelled, traced } from "./tracing.js";
import { VertexTable } from "./vertices.js";

export function lassoArea(points) {
  const ring = points.map(([x, y]) => [Math.round(x) + 0, Math.round(y) + 0]).filter(differs);
  if (ring.length > 1 && String(ring[0]) === String(ring[ring.length - 1])) ring.pop();
  if (new Set(ring.map(String)).size < 3) return null;
  return { type: "Polygon", coordinates: [[...ring, ring[0]].map(pointToDegrees)] };
}

function differs([x, y], i, all) {
  return i === 0 || x !== all[i - 1][0] || y !== all[i - 1][1];
}

export function unitedArea(geometries) {
  const table = new VertexTable(1024);
  const place = (id) => [table.x(id), table.y(id)];
  const { next } = cancelled(landOnTheLeft(geometries, table));
  const polygons = arranged(traced(next, place), place);
  if (!polygons) return null;
  const coordinates = polygons.map((rings) => rings.map((ring) => [...ring, ring[0]].map((id) => pointToDegrees(place(id)))));
  return coordinates.length === 1 ? { type: "Polygon", coordinates: coordinates[0] } : { type: "MultiPolygon", coordinates };
}

function* landOnTheLeft(geometries, table) {
  for (const { type, coordinates } of geometries) {
    for (const rings of type === "Polygon" ? [coordinates] : coordinates) {
      for (const [i, ring] of rings.entries()) {
        const points = ring.slice(0, -1).map(pointToSteps);
        const forward = twiceArea(points.flat()) > 0 === (i === 0);
        const ids = (forward ? points : points.reverse()).map(([x, y]) => table.id(x, y));
        for (let j = 0, before = ids[ids.length - 1]; j < ids.length; before = ids[j], j++) {
          if (before !== ids[j]) yield [before, ids[j]];
        }
      }
    }
  }
}
