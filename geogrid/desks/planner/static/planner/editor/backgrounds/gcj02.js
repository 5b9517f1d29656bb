/* GCJ-02, the shifted datum of Chinese web maps: the same formulas as layers/datum/shifted.py, which
   says where they come from. tests/desks/js/gcj02.test.mjs compares the two.

   toGcj02(longitude, latitude) -> [longitude, latitude]   degrees; unchanged outside of the box */

const { PI, sin, cos, sqrt, abs } = Math;
const BOX = [72.004, 0.8293, 137.8347, 55.8271];
const SEMI_MAJOR = 6378245.0;
const ECCENTRICITY_2 = 0.00669342162296594323;

export function toGcj02(longitude, latitude) {
  const [west, south, east, north] = BOX;
  if (longitude < west || longitude > east || latitude < south || latitude > north) return [longitude, latitude];
  const x = longitude - 105;
  const y = latitude - 35;
  const root = sqrt(abs(x));
  const ripple = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
  let along = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple;
  along += ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3;
  along += ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
  let across = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple;
  across += ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3;
  across += ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
  const phi = (latitude * PI) / 180;
  const flat = 1 - ECCENTRICITY_2 * sin(phi) ** 2;
  const perLatitude = ((SEMI_MAJOR * (1 - ECCENTRICITY_2)) / (flat * sqrt(flat))) * (PI / 180);
  const perLongitude = (SEMI_MAJOR / sqrt(flat)) * cos(phi) * (PI / 180);
  return [longitude + across / perLongitude, latitude + along / perLatitude];
}
