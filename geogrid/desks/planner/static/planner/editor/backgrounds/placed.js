/* Where a picture lies: matrices of 3 x 3 (rows) that take px of the picture to metres of EPSG:3857.

   toPlace(matrix, x, y) -> [longitude, latitude]     toPixel(matrix, longitude, latitude) -> [x, y]
   onScreen(matrix, zoom, origin) -> matrix           px of the picture -> layer px of a map
   cssOf(matrix) -> "matrix(...)" | "matrix3d(...)" */

const RADIUS = 6378137;
export const HALF_WORLD = Math.PI * RADIUS;

export function toMetres(longitude, latitude) {
  const phi = (latitude * Math.PI) / 180;
  return [((longitude * Math.PI) / 180) * RADIUS, Math.atanh(Math.sin(phi)) * RADIUS];
}

export function toDegrees(x, y) {
  return [((x / RADIUS) * 180) / Math.PI, (Math.atan(Math.sinh(y / RADIUS)) * 180) / Math.PI];
}

export function applied(m, x, y) {
  const depth = m[2][0] * x + m[2][1] * y + m[2][2];
  return [(m[0][0] * x + m[0][1] * y + m[0][2]) / depth, (m[1][0] * x + m[1][1] * y + m[1][2]) / depth];
}

export function multiplied(a, b) {
  return a.map((row) => [0, 1, 2].map((n) => row[0] * b[0][n] + row[1] * b[1][n] + row[2] * b[2][n]));
}

export function inverted([[a, b, c], [d, e, f], [g, h, i]]) {
  const [p, q, r] = [e * i - f * h, f * g - d * i, d * h - e * g];
  const size = a * p + b * q + c * r;
  return [[p, c * h - b * i, b * f - c * e], [q, a * i - c * g, c * d - a * f], [r, b * g - a * h, a * e - b * d]]
    .map((row) => row.map((one) => one / size));
}

export function toPlace(matrix, x, y) {
  return toDegrees(...applied(matrix, x, y));
}

export function toPixel(matrix, longitude, latitude) {
  return applied(inverted(matrix), ...toMetres(longitude, latitude));
}

/** `origin` is the map's pixel origin at that zoom. */
export function onScreen(matrix, zoom, origin) {
  const scale = (256 * 2 ** zoom) / (2 * HALF_WORLD);
  const half = 128 * 2 ** zoom;
  return multiplied([[scale, 0, half - origin.x], [0, -scale, half - origin.y], [0, 0, 1]], matrix);
}

export function cssOf(m) {
  const [g, h, i] = m[2];
  if (g === 0 && h === 0) return `matrix(${[m[0][0], m[1][0], m[0][1], m[1][1], m[0][2], m[1][2]].map((one) => one / i)})`;
  const columns = [m[0][0], m[1][0], 0, g, m[0][1], m[1][1], 0, h, 0, 0, 1, 0, m[0][2], m[1][2], 0, i];
  return `matrix3d(${columns})`;
}
