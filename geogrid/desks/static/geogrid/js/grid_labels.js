/* Which grids get which label where. Number first; never shrunk, never overlapping: what finds no
   room has no label, the list has it. Pure. */

const SHIFTS = [[0, 0], [0, -14], [0, 14], [16, 0], [-16, 0]];
const LEAST_RADIUS_PX = 11;
const NAME_FROM_RADIUS_PX = 23;
const PILL_PX = 15;
const PILL_TO_GRID = 3.4; // width of a pill to the radius of the inscribed circle
const PILL_SHIFTS = [0, 36, -36, 52, -52, 70];
const LONG_NAME = 6;
const COMMUNITY_SHIFTS = [0, -18, 18, -34, 34, -60, 60, 90, -90];

/**
 * Place the labels of grids, the most important first.
 *
 * @param {object[]} grids {index, number, full, x, y, radius, role, sameParent}; role is "near"
 *   or "other", any other is left out; radius is that of the largest inscribed circle, in px
 * @param {Taken} taken boxes already occupied; labels placed are added
 * @param {(text: string, size: number, weight: number) => number} measure width in px
 * @param {{scale?: number, small?: boolean, everyName?: boolean}} options
 * @returns {{kind: "near"|"other", text, x, y, size, box}[]}
 */
export function placeGridLabels(grids, taken, measure, options) {
  const { scale = 1, small = false, everyName = false } = options || {};
  const size = (small ? 12 : 14) * scale;
  const nearFirst = grids.filter((grid) => grid.role === "near")
    .concat(grids.filter((grid) => grid.role === "other"));
  const placed = [];
  for (const grid of nearFirst) {
    if (grid.radius < LEAST_RADIUS_PX) continue;
    const label = firstFree(grid, textsFor(grid, size, measure, everyName), size, taken, measure);
    if (label) placed.push(label);
  }
  return placed;
}

/**
 * The pill of a selected grid: always drawn, but beside a pin rather than on it. Place it before
 * anything else but pins and the outline.
 */
export function placePill(grid, taken, measure, scale) {
  const size = PILL_PX * (scale || 1);
  const half = size * 1.07;
  const widthOf = (words) => measure(words, size, 700) + size * 1.75;
  // A pill much wider than its grid would hide what it names.
  const text = widthOf(grid.full) > grid.radius * PILL_TO_GRID ? grid.number : grid.full;
  const width = widthOf(text);
  const boxAt = (dy) => [grid.x - width / 2, grid.y + dy - half, grid.x + width / 2, grid.y + dy + half];
  const dy = PILL_SHIFTS.find((shift) => !taken.hits(boxAt(shift))) || 0;
  const box = boxAt(dy);
  taken.take(box);
  return { kind: "pill", text, x: grid.x, y: grid.y + dy, size, box };
}

function textsFor(grid, size, measure, everyName) {
  // Where names are long, the selected grid's own community is said once, on the pill.
  const long = grid.full.length - grid.number.length > LONG_NAME;
  if (long && grid.sameParent) return [grid.number];
  const room = grid.radius * 2 > measure(grid.full, size, 700) + 8;
  const named = grid.role === "near" ? room || (!long && grid.radius > NAME_FROM_RADIUS_PX) : room && everyName;
  return named && grid.full !== grid.number ? [grid.full, grid.number] : [grid.number];
}

function firstFree(grid, texts, size, taken, measure) {
  for (const text of texts) {
    const half = measure(text, size, 700) / 2 + 3;
    for (const [dx, dy] of SHIFTS) {
      const x = grid.x + dx;
      const y = grid.y + dy;
      const box = [x - half, y - size * 0.7, x + half, y + size * 0.7];
      if (!taken.free(box)) continue;
      taken.take(box);
      return { kind: grid.role, text, x, y, size, box };
    }
  }
  return null;
}

/**
 * Place the spaced names of communities, never inside the selected grid and never with their
 * middle on somebody else's ground: a name that cannot stand at home is left out.
 *
 * @param {{name, x, y, owns?: (x: number, y: number) => boolean}[]} communities
 * @param {(x: number, y: number) => boolean} forbidden
 */
export function placeCommunityNames(communities, taken, measure, { size, spacing, forbidden }) {
  const placed = [];
  for (const { name, x, y, owns } of communities) {
    const half = (measure(name, size, 700) + spacing * Array.from(name).length) / 2 + 4;
    for (const dy of COMMUNITY_SHIFTS) {
      const box = [x - half, y + dy - size * 0.8, x + half, y + dy + size * 0.8];
      if (!taken.free(box) || (owns && !owns(x, y + dy))) continue;
      if ([box[0], x, box[2]].some((across) => forbidden(across, y + dy))) continue;
      taken.take(box);
      placed.push({ text: name, x, y: y + dy, size, spacing });
      break;
    }
  }
  return placed;
}
