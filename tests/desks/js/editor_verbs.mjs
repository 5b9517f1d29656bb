/* One command of every verb, for test_editor_parity.py to be read by the server. Prints a list. */

import { lassoArea, unitedArea } from "../editor/areas.js";
import * as commands from "../editor/commands.js";
import { SOUTH, WEST, lineageOf, polygonOf, square } from "./editor_town.mjs";

const [one, other] = [lineageOf(1), lineageOf(2)];
const point = (x, y) => [WEST + x + 0.3, SOUTH + y - 0.4];
const line = [point(1, 2), point(300, 70), point(911, 3007)];
const area = lassoArea([point(0, 0), point(500, 7), point(33, 801)]);
const blocks = unitedArea([polygonOf(square(0, 0)), polygonOf(square(1, 0)), polygonOf(square(4, 4))]);

console.log(JSON.stringify([
  commands.split({ lineage: one, line }),
  commands.split({ lineage: one, line: [line, [point(5, 5), point(6, 600)]] }),
  commands.merge({ target: one, others: [other] }),
  commands.claim({ target: one, area }),
  commands.claim({ target: one, area: blocks, sources: [other] }),
  commands.cutOut({ area, name: "Hospital" }),
  commands.redraw({ lineage: one, shape: blocks }),
  commands.moveBorder({ one, other, line }),
  commands.moveVertex({ vertex: point(1, 1), to: point(7, 9) }),
  commands.insertVertex({ start: point(0, 0), finish: point(50, 50), point: point(20, 30) }),
  commands.deleteVertex({ vertex: point(1, 1) }),
  commands.straighten({ one, other }),
  commands.snapToStreet({ one, other, within_m: 12.5 }),
  commands.rebalance({ shapes: { [one]: polygonOf(square(0, 0)), [other]: polygonOf(square(1, 0)) } }),
  commands.rebalance({ shapes: { [one]: polygonOf(square(0, 0)) }, made: [polygonOf(square(1, 0))], gone: [other] }),
  commands.moveToParent({ grids: [one], parent: other }),
  commands.moveToParent({ grids: [one, other], name: "West" }),
  commands.describe({ lineage: one, name: "Lakeside", label: "01", kind: "dedicated", pieces_reason: "enclave" }),
  commands.renumber(),
  commands.renumber({ below: one }),
  commands.undo({ revision: 7 }),
  commands.returnTo({ revision: 0 }),
]));
