/* The three things done to a vertex, for whichever tool or key asks for them.

   vertexSketch(desk, vertex) -> MoveSketch    insertAt(desk, a, b, x, y)    removeVertex(desk, vertex) */

import * as commands from "./commands.js";
import { deleteVertex, insertVertex, moveVertex } from "./changes.js";
import { preview } from "./preview.js";
import { MoveSketch } from "./move_sketch.js";
import { refusalOf } from "./refusals.js";
import { say } from "../../geogrid/js/words.js";

export function vertexSketch(desk, vertex) {
  const { mesh } = desk;
  const at = [mesh.x(vertex), mesh.y(vertex)];
  return new MoveSketch(desk, {
    at,
    edges: mesh.neighbours(vertex).map((other) => [vertex, other]),
    change: (dx, dy) => (mesh.isVertex(vertex) ? moveVertex(mesh, vertex, at[0] + dx, at[1] + dy) : null),
    command: ({ moves: [[x, y, toX, toY]] }) => commands.moveVertex({ vertex: [x, y], to: [toX, toY] }),
  });
}

export function insertAt(desk, a, b, x, y) {
  const { mesh } = desk;
  const at = [Math.round(x), Math.round(y)];
  if ((at[0] === mesh.x(a) && at[1] === mesh.y(a)) || (at[0] === mesh.x(b) && at[1] === mesh.y(b))) return -1;
  const change = insertVertex(mesh, a, b, ...at);
  const told = { start: [mesh.x(a), mesh.y(a)], finish: [mesh.x(b), mesh.y(b)], point: at };
  desk.carryOut(() => commands.insertVertex(told), { change });
  const made = mesh.vertexAt(...at);
  if (made >= 0) desk.chooseVertex(made);
  desk.announce(say("Vertex inserted."));
  return made;
}

export function removeVertex(desk, vertex) {
  const { mesh } = desk;
  const change = deleteVertex(mesh, vertex);
  const seen = preview(mesh, change);
  if (!seen) {
    desk.refuse({
      code: "junction", title: say("This does not fit here"),
      sentence: say("Three borders meet in this vertex, so it stays."),
      suggestion: say("Move it, or merge two of the grids."),
      where: { type: "Point", coordinates: mesh.degrees(vertex) }, ghost: [], actions: [],
    });
    return false;
  }
  const command = () => commands.deleteVertex({ vertex: [mesh.x(vertex), mesh.y(vertex)] });
  if (seen.problems.length) {
    const told = command();
    desk.refuse(refusalOf(desk, seen, { unlock: (unlock) => desk.carryOut(told, { change, unlock }) }));
    return false;
  }
  desk.carryOut(command(), { change });
  desk.announce(say("Vertex deleted."));
  return true;
}
