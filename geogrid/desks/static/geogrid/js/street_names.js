/* Names along streets. Chinese goes one upright-ish character at a time: rotated with the street up to
   52 degrees, beyond that upright and top to bottom, as on paper maps. Latin turns with the line. Pure. */

const STEEP_DEGREES = 52;
const STRAIGHT = 0.93; // chord / length of the run that carries the name
const REPEAT_PX = 420;
const SAMPLE_PX = 6;
const HALF_HEIGHT = 6.5;
const SIZE = { 1: 12.5, 2: 12 };
const USUAL_SIZE = 11.5;
const LONGEST_LATIN_PX = 170;
const HAN = /[\u3400-\u9fff\uf900-\ufaff]/;

/** Join pieces of one street that follow each other, so that the name has room. */
export function joinLines(lines) {
  const byName = new Map();
  for (const line of lines) {
    const key = line.name + "\n" + line.rank;
    if (!byName.has(key)) byName.set(key, []);
    byName.get(key).push(line.points);
  }
  const joined = [];
  for (const [key, pieces] of byName) {
    const [name, rank] = key.split("\n");
    for (const points of joinPieces(pieces)) joined.push({ name, rank: Number(rank), points });
  }
  return joined;
}

function joinPieces(pieces) {
  const done = [];
  const open = pieces.filter((points) => points.length > 1).map((points) => points.slice());
  while (open.length) {
    let line = open.pop();
    for (let i = 0; i < open.length; ) {
      const longer = joinTwo(line, open[i]);
      if (longer) {
        line = longer;
        open.splice(i, 1);
        i = 0;
      } else i++;
    }
    done.push(line);
  }
  return done;
}

function joinTwo(one, other) {
  for (const first of [one, one.slice().reverse()]) {
    for (const second of [other, other.slice().reverse()]) {
      if (near(first[first.length - 1], second[0]) && goesOn(first, second)) {
        return first.concat(second.slice(1));
      }
    }
  }
  return null;
}

const near = (a, b) => Math.abs(a[0] - b[0]) < 1.5 && Math.abs(a[1] - b[1]) < 1.5;

function goesOn(first, second) {
  const [a, b] = first.slice(-2);
  const [c, d] = second;
  const turn = (b[0] - a[0]) * (d[0] - c[0]) + (b[1] - a[1]) * (d[1] - c[1]);
  return turn > 0.5 * distance(a, b) * distance(c, d);
}

const distance = (a, b) => Math.hypot(b[0] - a[0], b[1] - a[1]);

function lengthOf(points) {
  let sum = 0;
  for (let i = 1; i < points.length; i++) sum += distance(points[i - 1], points[i]);
  return sum;
}

/**
 * Choose where names go.
 *
 * @param {{name, rank, points}[]} lines in px of the picture
 * @param {Taken} taken what is occupied; the names chosen are added
 * @param {(text: string, size: number) => number} measure width in px at weight 400
 * @param {{leastRank?: number, scale?: number}} options names of a higher rank number are left out
 * @returns {{name, rank, size, glyphs: {text, x, y, angle}[]}[]} angles in radians
 */
export function placeStreetNames(lines, taken, measure, options) {
  const scale = (options && options.scale) || 1;
  const lowest = (options && options.leastRank) || 5;
  const candidates = joinLines(lines.filter((line) => line.rank <= lowest))
    .map((line) => Object.assign(line, { length: lengthOf(line.points) }))
    .sort((a, b) => a.rank - b.rank || b.length - a.length);
  const used = new Map();
  const placed = [];
  for (const line of candidates) {
    const size = (SIZE[line.rank] || USUAL_SIZE) * scale;
    const han = HAN.test(line.name);
    const spacing = han ? (line.rank < 3 ? 4 : 2) : 0.2;
    const letters = Array.from(line.name);
    const width = measure(line.name, size) + spacing * letters.length;
    if (line.length < width + 14 || (!han && width > LONGEST_LATIN_PX * scale)) continue;
    const elsewhere = used.get(line.name) || [];
    const run = bestRun(line.points, width + 14, taken, elsewhere, HALF_HEIGHT * scale);
    if (!run) continue;
    run.boxes.forEach((box) => taken.take(box));
    used.set(line.name, elsewhere.concat([run.points[0]]));
    const glyphs = han
      ? hanGlyphs(letters, run.points, size + spacing)
      : latinGlyphs(letters, run.points, spacing, (text) => measure(text, size));
    placed.push({ name: line.name, rank: line.rank, size, glyphs });
  }
  return placed;
}

function bestRun(line, need, taken, elsewhere, half) {
  const points = resample(line);
  const along = lengths(points);
  let best = null;
  for (let i = 0, j = 0; i < points.length; i += 2) {
    while (j < points.length && along[j] - along[i] < need) j++;
    if (j >= points.length) break;
    const straight = distance(points[i], points[j]) / (along[j] - along[i]);
    if (straight < STRAIGHT || (best && straight <= best.straight)) continue;
    if (elsewhere.some((point) => distance(point, points[i]) < REPEAT_PX)) continue;
    const boxes = [];
    let free = true;
    for (let k = i; k <= j && free; k++) {
      const [x, y] = points[k];
      const box = [x - half, y - half, x + half, y + half];
      free = taken.free(box);
      boxes.push(box);
    }
    if (free) best = { straight, boxes, points: points.slice(i, j + 1) };
  }
  if (best && best.points[0][0] > best.points[best.points.length - 1][0]) best.points.reverse();
  return best;
}

function resample(line) {
  const points = [];
  for (let i = 1; i < line.length; i++) {
    const [x0, y0] = line[i - 1];
    const [x1, y1] = line[i];
    const steps = Math.max(1, Math.round(distance(line[i - 1], line[i]) / SAMPLE_PX));
    for (let j = 0; j < steps; j++) {
      points.push([x0 + ((x1 - x0) * j) / steps, y0 + ((y1 - y0) * j) / steps]);
    }
  }
  points.push(line[line.length - 1]);
  return points;
}

function lengths(points) {
  const along = [0];
  for (let i = 1; i < points.length; i++) {
    along.push(along[i - 1] + distance(points[i - 1], points[i]));
  }
  return along;
}

function at(points, along, where) {
  let i = 1;
  while (i < along.length - 1 && along[i] < where) i++;
  const share = (where - along[i - 1]) / (along[i] - along[i - 1] || 1);
  const [x0, y0] = points[i - 1];
  const [x1, y1] = points[i];
  return [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share];
}

/** One character after the other along `points` (left to right), `step` px apart. */
export function hanGlyphs(letters, points, step) {
  const last = points[points.length - 1];
  const slope = Math.atan2(last[1] - points[0][1], last[0] - points[0][0]);
  const steep = Math.abs(slope) > (STEEP_DEGREES * Math.PI) / 180;
  const path = steep && slope < 0 ? points.slice().reverse() : points;
  const along = lengths(path);
  const start = (along[along.length - 1] - step * (letters.length - 1)) / 2;
  return letters.map((text, i) => {
    const [x, y] = at(path, along, start + step * i);
    return { text, x, y, angle: steep ? uprightLean(path) : slope };
  });
}

/* Steep names lean a little with their street, or a column would step sideways. */
function uprightLean(path) {
  const last = path[path.length - 1];
  return Math.atan2(last[1] - path[0][1], last[0] - path[0][0]) - Math.PI / 2;
}

function latinGlyphs(letters, points, spacing, width) {
  const along = lengths(points);
  const total = width(letters.join("")) + spacing * (letters.length - 1);
  const start = (along[along.length - 1] - total) / 2;
  return letters.map((text, i) => {
    // Widths of beginnings keep the font's kerning.
    const before = width(letters.slice(0, i).join("")) + spacing * i;
    const middle = start + before + width(text) / 2;
    const [x, y] = at(points, along, middle);
    const [x0, y0] = at(points, along, Math.max(0, middle - 5));
    const [x1, y1] = at(points, along, middle + 5);
    return { text, x, y, angle: Math.atan2(y1 - y0, x1 - x0) };
  });
}
