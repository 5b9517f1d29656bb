/* Random changes as the editor previews them, and the commands it would send, for test_editor_parity.py
   to try on the kernel. Prints {grids, cases: [{kind, command, codes, certain, shapes}]}.

   node editor_parity.mjs SEED COUNT */

import { moveBorder, straightenBorder, drawBorder } from "../editor/border_change.js";
import { bordersOf } from "../editor/borders.js";
import { deleteVertex, insertVertex, moveVertex } from "../editor/changes.js";
import * as commands from "../editor/commands.js";
import { mergeGrids } from "../editor/merge_change.js";
import { Mesh } from "../editor/mesh.js";
import { preview } from "../editor/preview.js";
import { BLOCK, SOUTH, WEST, chance, town } from "./editor_town.mjs";

const [seed, count] = process.argv.slice(2).map(Number);
const random = chance(seed);
const json = town(5, 5, { bends: 4, seed });
const mesh = Mesh.fromGrids(json);

const pick = (list) => list[Math.floor(random() * list.length)];
const spread = () => [30, 600, 6000, 40000][Math.floor(random() * 4)];
const off = (by) => Math.round((random() - 0.5) * by);
const anyEdge = () => {
  const ring = pick(pick(mesh.leaves()).parts[0]);
  const at = Math.floor(random() * ring.length);
  return [ring[at], ring[(at + 1) % ring.length]];
};
const anyBorder = () => pick(bordersOf(mesh, pick(mesh.leaves()).lineage).filter((border) => border.other));
const place = (vertex) => [mesh.x(vertex), mesh.y(vertex)];
const borderCommand = ({ one, other, line }) => commands.moveBorder({ one, other, line });

const KINDS = {
  move() {
    const [vertex] = anyEdge();
    const by = spread();
    const to = random() < 0.1 ? place(pick(mesh.neighbours(vertex))) : [mesh.x(vertex) + off(by), mesh.y(vertex) + off(by)];
    return [moveVertex(mesh, vertex, ...to), () => commands.moveVertex({ vertex: place(vertex), to })];
  },
  insert() {
    const [a, b] = anyEdge();
    const by = spread();
    const point = [Math.round((mesh.x(a) + mesh.x(b)) / 2) + off(by), Math.round((mesh.y(a) + mesh.y(b)) / 2) + off(by)];
    return [insertVertex(mesh, a, b, ...point), () => commands.insertVertex({ start: place(a), finish: place(b), point })];
  },
  delete() {
    const [vertex] = anyEdge();
    return [deleteVertex(mesh, vertex), () => commands.deleteVertex({ vertex: place(vertex) })];
  },
  slide() {
    const by = spread();
    const change = moveBorder(mesh, anyBorder(), off(by), off(by));
    return [change, () => borderCommand(change)];
  },
  stay() {
    const by = spread() / 4;
    const change = moveBorder(mesh, anyBorder(), off(by), off(by), { ends: "stay" });
    return [change, () => borderCommand(change)];
  },
  straighten() {
    const border = anyBorder();
    return [straightenBorder(mesh, border), () => commands.straighten(border)];
  },
  draw() {
    const border = anyBorder();
    const [x, y] = place(border.path[Math.floor(border.path.length / 2)]);
    const turn = random() * Math.PI;
    const reach = 1.2 * BLOCK;
    const line = [-1, -0.3, 0.3, 1].map((t) => [x + t * reach * Math.cos(turn) + off(4000), y + t * reach * Math.sin(turn) + off(4000)]);
    const change = drawBorder(mesh, border, line);
    return [change, () => borderCommand(change)];
  },
  merge() {
    const { lineage } = pick(mesh.leaves());
    const others = mesh.neighbourGrids(lineage).slice(0, 1 + Math.floor(random() * 3));
    return [mergeGrids(lineage, others), () => commands.merge({ target: lineage, others })];
  },
};

const cases = [];
while (cases.length < count) {
  const kind = pick(Object.keys(KINDS));
  const [change, command] = KINDS[kind]();
  const seen = change && preview(mesh, change);
  if (!seen) continue;
  let told;
  try {
    told = command();
  } catch (fault) {
    if (fault instanceof commands.CommandInvalid) continue; // nothing would move
    throw fault;
  }
  const closed = (points) => {
    const ring = [];
    for (let i = 0; i < points.length; i += 2) ring.push([points[i], points[i + 1]]);
    return ring;
  };
  const shapes = Object.fromEntries(seen.touched.map((lineage) => [lineage, seen.steps(lineage)?.map((rings) => rings.map(closed)) ?? null]));
  cases.push({ kind, command: told, certain: seen.certain, codes: [...new Set(seen.problems.map(({ code }) => code))], shapes });
}
console.log(JSON.stringify({ grids: json.grids, cases, place: [WEST, SOUTH] }));
