/* Rings from directed edges that have their land on the left: what is left of several shapes' borders
   once what they share has cancelled.

   cancelled(edges) -> {next: Map from -> Set of to, gone: [a, b][]}    edges: iterable of [a, b]
   traced(next, place) -> ids[][]      place(id) -> [x, y]; rings that meet in a point are told apart
   arranged(rings, place) -> ids[][][] | null      polygons: an outer ring and its holes */

import { insidePoints, twiceArea } from "./rings.js";

export function cancelled(edges) {
  const next = new Map();
  const gone = [];
  for (const [a, b] of edges) {
    if (next.get(b)?.delete(a)) gone.push([a, b]);
    else if (next.has(a)) next.get(a).add(b);
    else next.set(a, new Set([b]));
  }
  return { next, gone };
}

export function traced(next, place) {
  const rings = [];
  for (const [start, onwards] of next) {
    while (onwards.size) {
      let [to] = onwards;
      onwards.delete(to);
      const ring = [start];
      let from = start;
      while (to !== start) {
        ring.push(to);
        const turn = clockwiseNext(from, to, next.get(to), place);
        if (turn === null) return [];
        next.get(to).delete(turn);
        [from, to] = [to, turn];
      }
      rings.push(...untied(ring));
    }
  }
  return rings;
}

/** Where several borders leave a vertex: the first one clockwise from where we came, along our land. */
function clockwiseNext(from, at, onwards, place) {
  if (!onwards?.size) return null;
  const [x, y] = place(at);
  const angle = (id) => Math.atan2(place(id)[1] - y, place(id)[0] - x);
  const back = angle(from);
  const turn = (id) => (back - angle(id) + 2 * Math.PI) % (2 * Math.PI) || 2 * Math.PI;
  return [...onwards].reduce((best, id) => (turn(id) < turn(best) ? id : best));
}

/** A ring that passes a vertex twice is two rings that meet there. */
function untied(ring) {
  const rings = [];
  const path = [];
  const position = new Map();
  for (const id of ring) {
    if (position.has(id)) {
      const loop = path.splice(position.get(id));
      for (const one of loop) position.delete(one);
      rings.push(loop);
    }
    position.set(id, path.length);
    path.push(id);
  }
  rings.push(path);
  return rings;
}

export function arranged(rings, place) {
  const drawn = rings.map((ring) => ({ ring, points: ring.flatMap(place) }));
  const outers = drawn.filter(({ points }) => twiceArea(points) > 0).map((outer) => ({ ...outer, parts: [outer.ring] }));
  if (!outers.length) return null;
  for (const hole of drawn) {
    if (twiceArea(hole.points) >= 0) continue;
    const around = outers.filter((outer) => encloses(outer, hole, place));
    if (!around.length) return null;
    around.sort((one, other) => twiceArea(one.points) - twiceArea(other.points));
    around[0].parts.push(hole.ring);
  }
  return outers.map((outer) => outer.parts);
}

function encloses(outer, hole, place) {
  const own = new Set(outer.ring);
  const [x, y] = place(hole.ring.find((id) => !own.has(id)) ?? hole.ring[0]);
  return insidePoints(x, y, outer.points);
}
