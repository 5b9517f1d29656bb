/* Towns for the boundary editor's tests: exact tilings, as the server would send them. */

/** A small repeatable source of chance (mulberry32). */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What a piece of work costs in milliseconds of processor, undisturbed: a busy machine makes others wait
    for their turn, and that is not what the work costs. */
export function cost(work, { batches = 6, times = 10 } = {}) {
  let least = Infinity;
  for (let batch = 0; batch < batches; batch++) {
    const start = process.cpuUsage();
    for (let i = 0; i < times; i++) work(i);
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000 / times);
  }
  return least;
}

export const WEST = 1201234567; // steps, where odd numbers are common
export const SOUTH = 302345671;
export const BLOCK = 20000; // about 200 m

export const degrees = (steps) => steps / 1e7;
export const point = ([x, y]) => [degrees(x), degrees(y)];
export const polygonOf = (...rings) => ({
  type: "MultiPolygon",
  coordinates: [rings.map((ring) => [...ring, ring[0]].map(point))],
});

export const lineageOf = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

export function grid(number, boundary, more = {}) {
  return {
    lineage: lineageOf(number), code: String(number).padStart(3, "0"), name: `Grid ${number}`,
    kind: "basic", level: 1, parent: null, pieces_reason: "", boundary, ...more,
  };
}

export const square = (x, y, size = 1) => [
  [WEST + x * BLOCK, SOUTH + y * BLOCK],
  [WEST + (x + size) * BLOCK, SOUTH + y * BLOCK],
  [WEST + (x + size) * BLOCK, SOUTH + (y + size) * BLOCK],
  [WEST + x * BLOCK, SOUTH + (y + size) * BLOCK],
];

/** A wide x high town of grids numbered by rows from 1, `bends` vertices inside every border. */
export function town(wide, high, { bends = 9, seed = 1, levels = [{ depth: 1, name: "grid", fixed: false }] } = {}) {
  const random = chance(seed);
  const wiggle = () => Math.round((random() - 0.5) * 0.25 * BLOCK);
  const corner = (x, y) => [WEST + x * BLOCK, SOUTH + y * BLOCK];
  const sides = new Map();
  const side = (x0, y0, x1, y1) => {
    const name = [x0, y0, x1, y1].join();
    if (!sides.has(name)) {
      const outline = (x0 === x1 && (x0 === 0 || x0 === wide)) || (y0 === y1 && (y0 === 0 || y0 === high));
      const [a, b] = [corner(x0, y0), corner(x1, y1)];
      sides.set(name, Array.from({ length: bends }, (_, i) => {
        const t = (i + 1) / (bends + 1);
        const off = outline ? 0 : wiggle();
        return [Math.round(a[0] + (b[0] - a[0]) * t) + (x0 === x1 ? off : 0), Math.round(a[1] + (b[1] - a[1]) * t) + (y0 === y1 ? off : 0)];
      }));
    }
    return sides.get(name);
  };
  const grids = [];
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const ring = [
        corner(x, y), ...side(x, y, x + 1, y), corner(x + 1, y), ...side(x + 1, y, x + 1, y + 1),
        corner(x + 1, y + 1), ...side(x, y + 1, x + 1, y + 1).slice().reverse(), corner(x, y + 1), ...side(x, y, x, y + 1).slice().reverse(),
      ];
      grids.push(grid(y * wide + x + 1, polygonOf(ring)));
    }
  }
  return { plan: { number: 1, revision: 0, state: "draft" }, levels, grids };
}

/** The lineage of the town's grid in that column and row. */
export const at = (json, x, y, wide) => json.grids[y * wide + x].lineage;

/** What is left of all borders when each is walked once each way: must be the outline alone. */
export function residue(grids) {
  const left = new Map();
  for (const { boundary } of grids) {
    for (const ring of boundary ? boundary.coordinates.flat() : []) {
      for (let i = 1; i < ring.length; i++) {
        const [a, b] = [ring[i - 1].join(), ring[i].join()];
        const back = `${b}>${a}`;
        if (left.has(back)) left.delete(back);
        else left.set(`${a}>${b}`, (left.get(`${a}>${b}`) ?? 0) + 1);
      }
    }
  }
  return [...left.keys()].sort();
}
