/* Follows a draft from grids.json through the answers to commands, for test_editor_answers.py.
   Reads {first, steps: [{verb, arguments, answer}], last} and prints what it found:
   {differ: lineages, wired, previewed, wrong: [verb ...], warned: [verb ...]}. */

import { readFileSync } from "node:fs";

import { straightenBorder } from "../editor/border_change.js";
import { bordersBetween } from "../editor/borders.js";
import { deleteVertex, insertVertex, moveVertex } from "../editor/changes.js";
import { pointToSteps } from "../editor/lattice.js";
import { mergeGrids } from "../editor/merge_change.js";
import { Mesh } from "../editor/mesh.js";
import { Pending } from "../editor/pending.js";
import { preview } from "../editor/preview.js";

const { first, steps, last } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const mesh = Mesh.fromGrids(first);

const at = (point) => mesh.vertexAt(...pointToSteps(point));
const CHANGES = {
  move_vertex: ({ vertex, to }) => moveVertex(mesh, at(vertex), ...pointToSteps(to)),
  insert_vertex: ({ start, finish, point }) => insertVertex(mesh, at(start), at(finish), ...pointToSteps(point)),
  delete_vertex: ({ vertex }) => deleteVertex(mesh, at(vertex)),
  merge: ({ target, others }) => mergeGrids(target, others),
  straighten: ({ one, other }) => {
    const borders = bordersBetween(mesh, one, other);
    return borders.length === 1 ? straightenBorder(mesh, borders[0]) : null;
  },
};

/** The rings of a grid as sets of vertices: a server may begin and turn them as it likes. */
const shapeOf = (lineage) => (mesh.grids.get(lineage)?.parts ?? []).flat().map((ring) => [...ring].sort((a, b) => a - b).join()).sort().join(";");

const wrong = [];
const warned = [];
let previewed = 0;
for (const { verb, arguments: told, answer } of steps) {
  const change = CHANGES[verb]?.(told) ?? null;
  const seen = change && preview(mesh, change);
  const pending = new Pending(mesh);
  let shown = null;
  if (seen && !seen.problems.length && seen.certain) {
    pending.show("it", change);
    shown = new Map(seen.touched.map((lineage) => [lineage, shapeOf(lineage)]));
    previewed += 1;
  } else if (seen?.problems.length) warned.push(`${verb}: ${seen.problems.map(({ code }) => code)}`);
  const touched = pending.settle("it", answer);
  if (shown === null) continue;
  for (const [lineage, shape] of shown) if (shape !== shapeOf(lineage)) wrong.push(`${verb} ${lineage}`);
  for (const lineage of [...touched.made, ...touched.ended]) if (!shown.has(lineage)) wrong.push(`${verb} made or ended ${lineage}`);
}

const wiring = (one) => {
  const told = new Map();
  const place = (vertex) => `${one.x(vertex)},${one.y(vertex)}`;
  for (const { parts } of one.leaves()) {
    for (const vertex of parts.flat().flatMap((ring) => [...ring])) {
      told.set(place(vertex), one.neighbours(vertex).map((other) => `${place(other)} ${one.edgeOwners(vertex, other).sort()} ${one.isFixed(vertex, other)}`).sort().join("|"));
    }
  }
  return told;
};
const [followed, loaded] = [wiring(mesh), wiring(Mesh.fromGrids(last))];
const wired = followed.size === loaded.size && [...followed].every(([place, told]) => loaded.get(place) === told);
const attributes = ["code", "label", "name", "kind", "level", "parent", "pieces_reason", "dwellings"];
const said = last.grids.filter((one) => attributes.some((name) => mesh.grids.get(one.lineage)?.[name] !== one[name]));
console.log(JSON.stringify({ differ: mesh.equalsServer(last), wired, previewed, wrong, warned, said: said.map(({ lineage }) => lineage) }));
