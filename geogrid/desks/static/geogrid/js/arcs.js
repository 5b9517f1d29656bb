/* Borders drawn once. A coverage says every shared border twice, once for each grid; here each piece
   of it becomes one arc that knows both its sides. Pure: no document, no Leaflet. */

const LATTICE = 1e7;

/**
 * Build the arcs of a FeatureCollection of (Multi)Polygons whose shared vertices are equal.
 *
 * @param {object[]} features GeoJSON features
 * @returns {{a: number, b: number, points: number[][]}[]} `a` and `b` are indices of the features
 *   on the two sides, `b` is -1 where nothing is beyond; points are [lon, lat]. An arc ends where
 *   three borders meet, and nowhere else unless it is a ring.
 */
export function buildArcs(features) {
  const vertices = new VertexTable();
  const segments = collectSegments(features, vertices);
  return chain(segments, vertices);
}

class VertexTable {
  constructor() {
    this.ids = new Map();
    this.points = [];
  }

  id(point) {
    const key = Math.round(point[0] * LATTICE) + "," + Math.round(point[1] * LATTICE);
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.points.length;
      this.ids.set(key, id);
      this.points.push(point);
    }
    return id;
  }
}

function collectSegments(features, vertices) {
  const segments = new Map();
  features.forEach((feature, index) => {
    for (const ring of ringsOf(feature.geometry)) {
      let before = vertices.id(ring[0]);
      for (let i = 1; i < ring.length; i++) {
        const next = vertices.id(ring[i]);
        if (next !== before) addSide(segments, before, next, index);
        before = next;
      }
    }
  });
  return segments;
}

function addSide(segments, from, to, index) {
  const low = Math.min(from, to);
  const high = Math.max(from, to);
  const key = low * 67108864 + high; // exact below 2^53 for 2^26 vertices
  const known = segments.get(key);
  if (known === undefined) segments.set(key, { low, high, a: index, b: -1, used: false });
  else if (known.b === -1) known.b = index;
}

function chain(segments, vertices) {
  const around = new Map();
  for (const segment of segments.values()) {
    for (const end of [segment.low, segment.high]) {
      if (around.has(end)) around.get(end).push(segment);
      else around.set(end, [segment]);
    }
  }
  const isNode = (vertex) => {
    const met = around.get(vertex);
    return met.length !== 2 || !sameSides(met[0], met[1]);
  };
  const arcs = [];
  const walk = (segment, from) => {
    const path = [from];
    let current = segment;
    let at = from;
    while (current) {
      current.used = true;
      at = current.low === at ? current.high : current.low;
      path.push(at);
      current = isNode(at) ? null : around.get(at).find((other) => !other.used);
    }
    arcs.push({ a: segment.a, b: segment.b, points: path.map((id) => vertices.points[id]) });
  };
  for (const [vertex, met] of around) {
    if (isNode(vertex)) for (const segment of met) if (!segment.used) walk(segment, vertex);
  }
  // What is left are rings without a node: islands and lone grids.
  for (const segment of segments.values()) if (!segment.used) walk(segment, segment.low);
  return arcs;
}

function sameSides(one, other) {
  return (one.a === other.a && one.b === other.b) || (one.a === other.b && one.b === other.a);
}

/** Every ring of a Polygon or MultiPolygon. */
export function ringsOf(geometry) {
  return geometry.type === "Polygon" ? geometry.coordinates : [].concat(...geometry.coordinates);
}

/** Indices of the features on the other side of any border of feature `index`. */
export function neighboursOf(arcs, index) {
  const found = new Set();
  for (const arc of arcs) {
    if (arc.a === index && arc.b >= 0) found.add(arc.b);
    else if (arc.b === index) found.add(arc.a);
  }
  return found;
}

/** Whether [x, y] lies inside the rings (even-odd; what lies exactly on a border may be either). */
export function insideRings(x, y, rings) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i];
      const [xj, yj] = ring[j];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}
