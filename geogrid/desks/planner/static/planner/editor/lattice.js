/* The lattice all boundaries live on: whole steps of 1e-7 degree (EPSG:4326, about 1 cm). A lattice
   number is the double nearest to k / 1e7, never k * 1e-7: only so do browser, server and database
   hold the same bits. Inside the editor coordinates are whole steps, and topology is exact.

   toSteps(degrees) -> k                        toDegrees(k) -> degrees
   pointToSteps([lon, lat]) -> [x, y]           pointToDegrees([x, y]) -> [lon, lat]
   pixelsPerStep(zoom, latitude) -> {across, along}   Web Mercator; what hit.js calls a view
   metresPerStep(latitude) -> {across, along} */

export const STEPS_PER_DEGREE = 1e7;

const EQUATOR_M = 40075016.686;
const MERIDIAN_M = 40007862.917;

export function toSteps(degrees) {
  const steps = Math.round(degrees * STEPS_PER_DEGREE) + 0; // + 0: never minus zero
  if (!(Math.abs(steps) <= 180 * STEPS_PER_DEGREE)) throw new RangeError(`no coordinate: ${degrees}`);
  return steps;
}

export function toDegrees(steps) {
  return steps / STEPS_PER_DEGREE;
}

export function pointToSteps(point) {
  return [toSteps(point[0]), toSteps(point[1])];
}

export function pointToDegrees(point) {
  return [toDegrees(point[0]), toDegrees(point[1])];
}

/** Pixels a step is wide and high on a Web Mercator map. */
export function pixelsPerStep(zoom, latitude) {
  const across = (256 * 2 ** zoom) / 360 / STEPS_PER_DEGREE;
  return { across, along: across / Math.cos((latitude * Math.PI) / 180) };
}

/** Metres a step is wide and high; good to 0.5 %, enough for what the screen says. */
export function metresPerStep(latitude) {
  const degree = 360 * STEPS_PER_DEGREE;
  return { across: (EQUATOR_M / degree) * Math.cos((latitude * Math.PI) / 180), along: MERIDIAN_M / degree };
}
