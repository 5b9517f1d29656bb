/* Rings of the mesh written anew as points (x, y, x, y ...), for previews and pending changes.

   pointsIn(mesh, ring) -> number[]
   rewritten(mesh, vertices, rewrite) -> Map lineage -> parts   rewrite(points, ring) -> points, for
                     every ring of the owners; parts is null where nothing solid is left
   withPoint(mesh, a, b, [x, y]) -> Map lineage -> parts   the owners of an edge with a point in it */

export function pointsIn(mesh, ring) {
  const points = [];
  for (const vertex of ring) points.push(mesh.x(vertex), mesh.y(vertex));
  return points;
}

export function rewritten(mesh, vertices, rewrite) {
  const shapes = new Map();
  for (const vertex of vertices) {
    for (const lineage of mesh.owners(vertex)) {
      if (shapes.has(lineage)) continue;
      const parts = mesh.grids.get(lineage).parts.map((rings) =>
        rings.map((ring) => withoutRepeats(rewrite(pointsIn(mesh, ring), ring))));
      shapes.set(lineage, solid(parts));
    }
  }
  return shapes;
}

export function withPoint(mesh, a, b, at) {
  const shapes = new Map();
  for (const lineage of mesh.edgeOwners(a, b)) {
    shapes.set(lineage, mesh.grids.get(lineage).parts.map((rings) => rings.map((ring) => ringWithPoint(mesh, ring, a, b, at))));
  }
  return shapes;
}

function ringWithPoint(mesh, ring, a, b, at) {
  const points = pointsIn(mesh, ring);
  for (let i = 0; i < ring.length; i++) {
    const next = ring[(i + 1) % ring.length];
    if ((ring[i] !== a || next !== b) && (ring[i] !== b || next !== a)) continue;
    points.splice(2 * i + 2, 0, ...at);
    break;
  }
  return points;
}

/** A vertex moved onto the next one of its ring becomes one with it. */
function withoutRepeats(points) {
  const kept = [];
  let [x, y] = points.slice(-2);
  for (let i = 0; i < points.length; i += 2) {
    if (points[i] !== x || points[i + 1] !== y) kept.push(points[i], points[i + 1]);
    x = points[i];
    y = points[i + 1];
  }
  return kept;
}

function solid(parts) {
  const left = parts.filter(([outer]) => outer.length >= 6).map((rings) => rings.filter((ring) => ring.length >= 6));
  return left.length ? left : null;
}
