/* A refusal, or what would be one, drawn where it happens: hatched areas, dashed lines, rings. */

import { hatch } from "./hatch.js";
import { linePath, ring, strokes } from "./paint.js";
import { pointToSteps } from "./lattice.js";

const LONGEST_AS_RING_PX = 24;

/** `desk.refusal.where` is GeoJSON in degrees, as the server says it. */
export function drawRefusal(context, view, desk) {
  for (const [ax, ay, bx, by] of desk.refusal.ghost ?? []) {
    const ends = [desk.projection.place([ax, ay], view), desk.projection.place([bx, by], view)];
    strokes(context, linePath(ends), [[5, "#fff"], [2.5, desk.palette.danger, [7, 4]]]);
  }
  drawWhere(context, view, desk, desk.refusal.where);
}

export function drawWhere(context, view, desk, where) {
  for (const geometry of simple(where)) DRAW[geometry.type](context, view, desk, geometry.coordinates);
}

/** Problems of a preview: places in steps. */
export function drawProblems(context, view, desk, problems) {
  for (const { where } of problems) {
    if (!where) continue;
    const points = [];
    for (let i = 0; i < where.length; i += 2) points.push(desk.projection.place([where[i], where[i + 1]], view));
    if (points.length > 1) strokes(context, linePath(points), [[5, "#fff"], [2.5, desk.palette.danger, [7, 4]]]);
    const [x, y] = middle(points);
    ring(context, x, y, 14, desk.palette.danger);
  }
}

const place = (view, desk) => (point) => desk.projection.place(pointToSteps(point), view);

const DRAW = {
  Point(context, view, desk, at) {
    const [x, y] = place(view, desk)(at);
    ring(context, x, y, 16, desk.palette.danger);
  },
  LineString(context, view, desk, line) {
    const points = line.map(place(view, desk));
    strokes(context, linePath(points), [[6, "#fff"], [3, desk.palette.danger, [7, 4]]]);
    const [x, y] = middle(points);
    if (extent(points) < LONGEST_AS_RING_PX) ring(context, x, y, 20, desk.palette.danger);
  },
  Polygon(context, view, desk, rings) {
    const path = new Path2D();
    const outer = rings[0].map(place(view, desk));
    for (const one of rings) path.addPath(linePath(one.map(place(view, desk)), true));
    context.fillStyle = hatch(context, desk.palette.danger, 7, 1.4);
    context.fill(path, "evenodd");
    strokes(context, path, [[4, "#fff"], [2, desk.palette.danger]]);
    const [x, y] = middle(outer);
    if (extent(outer) < LONGEST_AS_RING_PX) ring(context, x, y, 22, desk.palette.danger);
  },
};

/** Points, lines and polygons out of whatever GeoJSON holds. */
export function simple(where) {
  if (!where) return [];
  if (where.type === "GeometryCollection") return where.geometries.flatMap(simple);
  if (where.type === "Feature") return simple(where.geometry);
  if (where.type.startsWith("Multi")) {
    return where.coordinates.map((coordinates) => ({ type: where.type.slice(5), coordinates }));
  }
  return where.coordinates?.length ? [where] : [];
}

/** [west, south, east, north] of a GeoJSON geometry, or null. */
export function boundsOf(where) {
  const points = simple(where).flatMap(({ type, coordinates }) =>
    type === "Point" ? [coordinates] : type === "LineString" ? coordinates : coordinates.flat());
  if (!points.length) return null;
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function middle(points) {
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}

function extent(points) {
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  return Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
}
