/* Changes to shapes as values, in lattice steps, so that they can be previewed, put on the screen
   before the server has answered, and done again on top of what it answered. None touches the mesh.

   moveVertices(mesh, [[vertex, x, y] ...]) -> change        moveVertex(mesh, vertex, x, y) -> change
   insertVertex(mesh, a, b, x, y) -> change                  deleteVertex(mesh, vertex) -> change
   border_change.js and merge_change.js make the others
   reshape(mesh, change) -> Reshaped | null: it does not fit the mesh (any more)
   Reshaped: {shapes: Map lineage -> parts, gone: [a, b][], fresh: [ax, ay, bx, by][], joints: [x, y][],
              certain?: false where the server may give the land the other way round}
       parts are points (number[][][]: x, y, x, y ...), null where nothing is left of the grid; gone are
       edges, fresh what takes their place, joints where fresh ones may end besides the ends of those gone */

import { reshapeBorder } from "./border_change.js";
import { reshapeMerge } from "./merge_change.js";
import { rewritten, withPoint } from "./ring_edits.js";

export function moveVertices(mesh, moves) {
  return { kind: "move", moves: moves.map(([vertex, x, y]) => [mesh.x(vertex), mesh.y(vertex), x, y]) };
}

export function moveVertex(mesh, vertex, x, y) {
  return moveVertices(mesh, [[vertex, x, y]]);
}

export function insertVertex(mesh, a, b, x, y) {
  return { kind: "insert", edge: [mesh.x(a), mesh.y(a), mesh.x(b), mesh.y(b)], at: [x, y] };
}

export function deleteVertex(mesh, vertex) {
  return { kind: "delete", at: [mesh.x(vertex), mesh.y(vertex)] };
}

export function reshape(mesh, change) {
  return RESHAPES[change.kind](mesh, change);
}

const RESHAPES = {
  move: reshapeMove,
  insert: reshapeInsert,
  delete: reshapeDelete,
  border: reshapeBorder,
  merge: reshapeMerge,
};

function reshapeMove(mesh, { moves }) {
  const to = new Map();
  for (const [x, y, newX, newY] of moves) {
    const vertex = mesh.vertexAt(x, y);
    if (vertex < 0) return null;
    to.set(vertex, [newX, newY]);
  }
  const place = (vertex) => to.get(vertex) ?? [mesh.x(vertex), mesh.y(vertex)];
  const gone = [];
  const fresh = [];
  for (const vertex of to.keys()) {
    for (const other of mesh.neighbours(vertex)) {
      if (to.has(other) && other < vertex) continue; // both ends move: once
      gone.push([vertex, other]);
      fresh.push([...place(vertex), ...place(other)]);
    }
  }
  const shapes = rewritten(mesh, to.keys(), (points, ring) => {
    ring.forEach((vertex, i) => {
      const moved = to.get(vertex);
      if (moved) [points[2 * i], points[2 * i + 1]] = moved;
    });
    return points;
  });
  return { shapes, gone, fresh, joints: [] };
}

function reshapeInsert(mesh, { edge, at }) {
  const [a, b] = [mesh.vertexAt(edge[0], edge[1]), mesh.vertexAt(edge[2], edge[3])];
  if (a < 0 || b < 0 || !mesh.isEdge(a, b)) return null;
  const fresh = [[edge[0], edge[1], ...at], [...at, edge[2], edge[3]]];
  return { shapes: withPoint(mesh, a, b, at), gone: [[a, b]], fresh, joints: [] };
}

function reshapeDelete(mesh, { at }) {
  const vertex = mesh.vertexAt(...at);
  const around = vertex < 0 ? [] : mesh.neighbours(vertex);
  if (around.length !== 2) return null;
  const [a, b] = around;
  const shapes = rewritten(mesh, [vertex], (points, ring) => {
    const i = ring.indexOf(vertex);
    if (i >= 0) points.splice(2 * i, 2);
    return points;
  });
  return { shapes, gone: [[a, vertex], [vertex, b]], fresh: [[mesh.x(a), mesh.y(a), mesh.x(b), mesh.y(b)]], joints: [] };
}
