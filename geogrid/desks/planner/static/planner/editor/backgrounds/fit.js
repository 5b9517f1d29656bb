/* Through which points a picture lies, worked out while one sets them. The server fits again when it
   is saved (layers/backgrounds/placing.py); tests/desks/js/underlay_fit.test.mjs compares the two.

   fitted(points, kind) -> {matrix, residuals, average, spare, flat} | {problem}
     points: [x, y, longitude, latitude][];  kind: "affine" | "projective"
     problem: "few" | "together" | "line" | "folds" */

import { applied, inverted, multiplied, toMetres, toPlace } from "./placed.js";

export const NEEDED = { affine: 3, projective: 4 };
const FLAT = 0.08;
const LINE = 1e-6;
const ROUNDS = 30;

export function fitted(points, kind, size) {
  if (points.length < NEEDED[kind]) return { problem: "few" };
  const source = points.map(([x, y]) => [x, y]);
  const target = points.map(([, , lon, lat]) => toMetres(lon, lat));
  if (together(source) || together(target)) return { problem: "together" };
  const flatness = thinness(source);
  if (flatness < LINE) return { problem: "line" };
  const [before, after] = [normalising(source), normalising(target)];
  const xy = source.map(([x, y]) => applied(before, x, y));
  const uv = target.map(([x, y]) => applied(after, x, y));
  const solved = kind === "affine" ? affine(xy, uv) : projective(xy, uv);
  if (!solved || !solved.flat().every(Number.isFinite)) return { problem: "line" };
  let matrix = multiplied(inverted(after), multiplied(solved, before));
  const middle = depth(matrix, ...mean(source));
  matrix = matrix.map((row) => row.map((one) => one / middle));
  if (kind === "affine") matrix[2] = [0, 0, 1];
  const corners = size ? [[0, 0], [size[0], 0], [0, size[1]], size] : source;
  if (corners.some(([x, y]) => depth(matrix, x, y) <= 0)) return { problem: "folds" };
  const residuals = points.map(([x, y, lon, lat]) => metresApart(toPlace(matrix, x, y), [lon, lat]));
  const average = Math.sqrt(residuals.reduce((sum, one) => sum + one * one, 0) / residuals.length);
  return { matrix, residuals, average, spare: 2 * (points.length - NEEDED[kind]), flat: flatness < FLAT };
}

/** Metres between two places that are near each other, on the ellipsoid. */
export function metresApart([lonA, latA], [lonB, latB]) {
  const phi = (((latA + latB) / 2) * Math.PI) / 180;
  const eccentricity = 0.00669437999014;
  const flat = 1 - eccentricity * Math.sin(phi) ** 2;
  const degree = Math.PI / 180;
  const across = ((degree * 6378137 * Math.cos(phi)) / Math.sqrt(flat)) * (lonB - lonA);
  const along = ((degree * 6378137 * (1 - eccentricity)) / flat ** 1.5) * (latB - latA);
  return Math.hypot(across, along);
}

function affine(xy, uv) {
  const rows = xy.map(([x, y]) => [x, y, 1]);
  const first = leastSquares(rows, uv.map((one) => one[0]));
  const second = leastSquares(rows, uv.map((one) => one[1]));
  return first && second && [first, second, [0, 0, 1]];
}

/** A linear start, then Gauss-Newton on the distances in the target. */
function projective(xy, uv) {
  let solved = leastSquares(...equations(xy, uv, xy.map(() => 1)));
  for (let round = 0; solved && round < ROUNDS; round++) {
    const matrix = asMatrix(solved);
    const depths = xy.map(([x, y]) => depth(matrix, x, y));
    const seen = xy.map(([x, y]) => applied(matrix, x, y));
    const [slope] = equations(xy, seen, depths);
    const step = leastSquares(slope, uv.flatMap(([u, v], i) => [u - seen[i][0], v - seen[i][1]]));
    if (!step) return null;
    solved = solved.map((one, i) => one + step[i]);
    if (Math.max(...step.map(Math.abs)) < 1e-13) break;
  }
  return solved && asMatrix(solved);
}

function equations(xy, uv, depths) {
  const rows = xy.flatMap(([x, y], i) => {
    const [u, v] = uv[i];
    return [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
      .map((row) => row.map((one) => one / depths[i]));
  });
  return [rows, uv.flat()];
}

const asMatrix = ([a, b, c, d, e, f, g, h]) => [[a, b, c], [d, e, f], [g, h, 1]];

/** By normal equations and elimination with pivots; null when they span too little. */
function leastSquares(rows, sides) {
  const size = rows[0].length;
  const m = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (__, j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0)),
    rows.reduce((sum, row, n) => sum + row[i] * sides[n], 0),
  ]);
  for (let i = 0; i < size; i++) {
    let best = i;
    for (let j = i + 1; j < size; j++) if (Math.abs(m[j][i]) > Math.abs(m[best][i])) best = j;
    if (Math.abs(m[best][i]) < 1e-12) return null;
    [m[i], m[best]] = [m[best], m[i]];
    for (let j = 0; j < size; j++) {
      if (j === i) continue;
      const share = m[j][i] / m[i][i];
      for (let k = i; k <= size; k++) m[j][k] -= share * m[i][k];
    }
  }
  return m.map((row, i) => row[size] / row[i]);
}

function depth(m, x, y) {
  return m[2][0] * x + m[2][1] * y + m[2][2];
}

function mean(points) {
  return [0, 1].map((n) => points.reduce((sum, one) => sum + one[n], 0) / points.length);
}

function normalising(points) {
  const [x, y] = mean(points);
  const spread = points.reduce((sum, one) => sum + Math.hypot(one[0] - x, one[1] - y), 0) / points.length / Math.SQRT2;
  return [[1 / spread, 0, -x / spread], [0, 1 / spread, -y / spread], [0, 0, 1]];
}

function together(points) {
  const extent = Math.max(...[0, 1].map((n) => Math.max(...points.map((one) => one[n])) - Math.min(...points.map((one) => one[n]))));
  return points.some(([x, y], i) => points.some(([u, v], j) => j > i && Math.hypot(x - u, y - v) <= 1e-6 * extent));
}

/** How narrow the cloud of points is against its length: 0 on one line, 1 for a square. */
function thinness(points) {
  const [x, y] = mean(points);
  let [xx, xy, yy] = [0, 0, 0];
  for (const [u, v] of points) {
    xx += (u - x) ** 2;
    xy += (u - x) * (v - y);
    yy += (v - y) ** 2;
  }
  const half = (xx + yy) / 2;
  const away = Math.hypot((xx - yy) / 2, xy);
  return Math.sqrt(Math.max(half - away, 0) / (half + away));
}
