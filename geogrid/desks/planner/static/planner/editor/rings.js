/* Rings as lists of vertex numbers, and their way from GeoJSON and back. A grid's `parts` are its
   polygons, each an outer ring and its holes, in the server's own order and direction; the closing
   vertex is left out.

   partsFromGeoJson(geometry, table) -> Int32Array[][]      partsToGeoJson(parts, table) -> MultiPolygon
   pointsOf(ring, table) -> Int32Array x, y, x, y ...       samePartsAs(one, other) -> boolean
   twiceArea(points) -> signed, exact enough for signs      insidePoints(x, y, points) -> even-odd */

import { toDegrees, toSteps } from "./lattice.js";

export function partsFromGeoJson(geometry, table) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return polygons.map((rings) => rings.map((ring) => ringFromGeoJson(ring, table)));
}

function ringFromGeoJson(ring, table) {
  const ids = new Int32Array(ring.length - 1);
  for (let i = 0; i < ids.length; i++) ids[i] = table.id(toSteps(ring[i][0]), toSteps(ring[i][1]));
  return ids;
}

export function partsToGeoJson(parts, table) {
  const point = (id) => [toDegrees(table.x(id)), toDegrees(table.y(id))];
  const closed = (ring) => [...Array.from(ring, point), point(ring[0])];
  return { type: "MultiPolygon", coordinates: parts.map((rings) => rings.map(closed)) };
}

export function pointsOf(ring, table) {
  const points = new Int32Array(2 * ring.length);
  for (let i = 0; i < ring.length; i++) {
    points[2 * i] = table.x(ring[i]);
    points[2 * i + 1] = table.y(ring[i]);
  }
  return points;
}

/** Whether two grids have the same vertices in the same order. */
export function samePartsAs(one, other) {
  if (one === null || other === null) return one === other;
  return sameLists(one, other, (a, b) => sameLists(a, b, sameRing));
}

function sameLists(one, other, same) {
  return one.length === other.length && one.every((item, i) => same(item, other[i]));
}

function sameRing(one, other) {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

/** Twice the signed area: positive counter-clockwise. Measured from the first vertex. */
export function twiceArea(points) {
  const x0 = points[0];
  const y0 = points[1];
  let sum = 0;
  for (let i = 2; i + 3 < points.length; i += 2) {
    sum += (points[i] - x0) * (points[i + 3] - y0) - (points[i + 2] - x0) * (points[i + 1] - y0);
  }
  return sum;
}

/** Even-odd rule; what lies exactly on the ring may be either. */
export function insidePoints(x, y, points) {
  let inside = false;
  for (let i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
    const yi = points[i + 1];
    const yj = points[j + 1];
    if (yi > y !== yj > y && x < ((points[j] - points[i]) * (y - yi)) / (yj - yi) + points[i]) inside = !inside;
  }
  return inside;
}
