/* Figures of grids as numbers: remembered columns, quantile classes, histograms, compactness. Pure.

   NAMES of the columns there are      MOST: shown at a time      DEFAULT: names
   kept(text) -> names that exist, at most MOST (what the browser remembered)
   inRule(grid): whether the scheme's range is asked of it      deltaOf(grid) -> number | null
   classesOf(values, count = 5) -> limits   upper ends of quantile classes, without empty ones
   classOf(value, limits) -> 0 ...          bins(values, count = 12) -> {least, most, counts}
   compactness(parts, mesh) -> Polsby-Popper, 0..1, or null */

import { metresPerStep, toDegrees } from "./lattice.js";

export const NAMES = [
  "dwellings", "delta", "buildings", "shops", "schools", "hospitals", "hazards", "cases", "area", "compactness", "pieces",
];
export const MOST = 3;
export const DEFAULT = ["dwellings", "delta", "cases"];

export function kept(text) {
  const names = String(text ?? "").split(",").filter((name) => NAMES.includes(name));
  return names.length ? [...new Set(names)].slice(0, MOST) : DEFAULT;
}

/** Dedicated and unassigned grids are out of the rule. */
export function inRule(grid) {
  return grid.kind === "basic" && grid.dwellings != null;
}

export function deltaOf(grid) {
  return grid.dwellings == null || grid.dwellings_before == null ? null : grid.dwellings - grid.dwellings_before;
}

export function classesOf(values, count = 5) {
  const sorted = [...values].sort((one, other) => one - other);
  const limits = [];
  for (let i = 1; i <= count && sorted.length; i++) {
    const limit = sorted[Math.ceil((i * sorted.length) / count) - 1];
    if (limit !== limits[limits.length - 1]) limits.push(limit);
  }
  return limits;
}

export function classOf(value, limits) {
  const found = limits.findIndex((limit) => value <= limit);
  return found < 0 ? limits.length - 1 : found;
}

export function bins(values, count = 12) {
  if (!values.length) return { least: 0, most: 0, counts: new Array(count).fill(0) };
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  const counts = new Array(count).fill(0);
  const width = (most - least) / count || 1;
  for (const value of values) counts[Math.min(Math.floor((value - least) / width), count - 1)] += 1;
  return { least, most, counts };
}

export function compactness(parts, mesh) {
  if (!parts?.length) return null;
  const scale = metresPerStep(toDegrees(mesh.y(parts[0][0][0])));
  let [area, rim] = [0, 0];
  for (const rings of parts) {
    rings.forEach((ring, n) => {
      let twice = 0;
      const [x0, y0] = [mesh.x(ring[0]), mesh.y(ring[0])];
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [ax, ay] = [(mesh.x(ring[j]) - x0) * scale.across, (mesh.y(ring[j]) - y0) * scale.along];
        const [bx, by] = [(mesh.x(ring[i]) - x0) * scale.across, (mesh.y(ring[i]) - y0) * scale.along];
        twice += ax * by - bx * ay;
        rim += Math.hypot(bx - ax, by - ay);
      }
      area += (n ? -1 : 1) * Math.abs(twice / 2);
    });
  }
  return rim ? (4 * Math.PI * area) / (rim * rim) : 0;
}

const BARS = 12;

/** Bars of grids by their homes, the range in the middle: [{x, y, height, count, outside}], 344 wide, 82 high. */
export function histogram(numbers, { least, most }) {
  const step = Math.max((most - least) / 8, 1);
  const counts = new Array(BARS).fill(0);
  const bar = (number) => (number === most ? 9 : Math.floor((number - least) / step) + 2); // the range holds its upper end
  for (const number of numbers) counts[Math.min(Math.max(bar(number), 0), BARS - 1)] += 1;
  const top = Math.max(...counts, 1);
  return counts.map((count, n) => ({
    x: Math.round((n * 28.6 + 3) * 10) / 10,
    y: Math.round((82 - (count / top) * 70) * 10) / 10,
    height: Math.round((count / top) * 700) / 10,
    count,
    outside: n < 2 || n > 9,
  }));
}
