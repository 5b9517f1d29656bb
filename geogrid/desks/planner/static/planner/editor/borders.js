/* Borders: what runs between two grids, from one junction to the next.

   A border is {one, other, path, closed}: lineages (other is null on the outline of the plan) and the
   vertices in order; a closed path does not repeat its first vertex.

   borderAt(mesh, a, b) -> border the edge belongs to, from junction to junction
   bordersBetween(mesh, one, other) -> border[]   all pieces; other null: its part of the outline
   bordersOf(mesh, lineage) -> border[]   in the order of its rings
   borderEdges(border) -> [a, b][]
   isJunction(mesh, v)   three borders or more meet, or another pair of grids begins */

export function isJunction(mesh, vertex) {
  const around = mesh.neighbours(vertex);
  if (around.length !== 2) return around.length > 0;
  return !sameOwners(mesh.edgeOwners(vertex, around[0]), mesh.edgeOwners(vertex, around[1]));
}

export function borderAt(mesh, a, b) {
  const [one, other = null] = mesh.edgeOwners(a, b);
  if (one === undefined) return null;
  const path = [a, b];
  while (!isJunction(mesh, path[path.length - 1])) {
    const next = beyond(mesh, path[path.length - 2], path[path.length - 1]);
    if (next === a) return { one, other, path, closed: true };
    path.push(next);
  }
  const before = [b, a];
  while (!isJunction(mesh, before[before.length - 1])) {
    before.push(beyond(mesh, before[before.length - 2], before[before.length - 1]));
  }
  return { one, other, path: [...before.slice(2).reverse(), ...path], closed: false };
}

export function bordersOf(mesh, lineage) {
  const found = [];
  const seen = new Set();
  for (const ring of mesh.grids.get(lineage)?.parts?.flat() ?? []) {
    for (let i = 0; i < ring.length; i++) {
      const a = ring[i];
      const b = ring[(i + 1) % ring.length];
      if (seen.has(edgeKey(a, b))) continue;
      const border = borderAt(mesh, a, b);
      for (const [p, q] of borderEdges(border)) seen.add(edgeKey(p, q));
      found.push(border);
    }
  }
  return found;
}

export function bordersBetween(mesh, one, other) {
  return bordersOf(mesh, one).filter(
    (border) => (border.one === one ? border.other : border.one) === other,
  );
}

export function borderEdges({ path, closed }) {
  const edges = [];
  for (let i = 1; i < path.length; i++) edges.push([path[i - 1], path[i]]);
  if (closed) edges.push([path[path.length - 1], path[0]]);
  return edges;
}

function beyond(mesh, from, at) {
  const [one, other] = mesh.neighbours(at);
  return one === from ? other : one;
}

function sameOwners(one, other) {
  return one.length === other.length && one.every((lineage) => other.includes(lineage));
}

function edgeKey(a, b) {
  return Math.min(a, b) * 67108864 + Math.max(a, b); // exact for 2^26 vertices
}
