/* What a change would look like, and whether the server would take it. Pure: nothing is changed, so
   it can be asked for every frame of a drag.

   preview(mesh, change, {unlocked = false, withinM = 20}) -> Preview | null (it does not fit the mesh)
   Preview: {change, touched: lineage[], steps(lineage) -> number[][][] x, y, x, y ... (null: ends),
             problems: [{code, where: [x, y] | [ax, ay, bx, by] | null, grids: lineage[]}],
             closest: {metres, at: [x, y], to: [x, y]} | null, lines: [ax, ay, bx, by][] (the fresh edges),
             certain: whether the server will draw just that; if not, show the lines alone}
   codes are the server's: folds, too_close, vanishes, off_outline, fixed_outline. */

import { reshape } from "./changes.js";
import { jumpedOver, turnedInsideOut } from "./folds.js";
import { outlinesLeft } from "./outlines.js";
import { Surroundings } from "./surroundings.js";

export function preview(mesh, change, { unlocked = false, withinM = 20 } = {}) {
  const reshaped = reshape(mesh, change);
  if (reshaped === null) return null;
  const { shapes, fresh } = reshaped;
  const around = new Surroundings(mesh, reshaped, withinM);
  const problems = [...outlinesLeft(mesh, reshaped, unlocked), ...vanished(shapes, change)];
  const tangled = tangles(mesh, reshaped, around);
  // A border drawn anew is arranged with all around it: the server sorts tangles out, and islands between
  // the two grids change hands with the land around them.
  const certain = change.kind !== "border" || ((reshaped.certain ?? true) && !tangled.length);
  if (change.kind !== "border") problems.push(...tangled);
  return {
    change,
    touched: [...shapes.keys()],
    steps: (lineage) => shapes.get(lineage) ?? null,
    problems,
    closest: around.closest(),
    lines: fresh,
    certain,
  };
}

function tangles(mesh, reshaped, around) {
  const crossed = around.crossings();
  if (crossed.length) return crossed;
  return [...jumpedOver(mesh, reshaped, around), ...turnedInsideOut(mesh, reshaped, around), ...around.tooClose()];
}

function vanished(shapes, { kind }) {
  if (kind === "merge") return [];
  const gone = [...shapes].filter(([, parts]) => parts === null).map(([lineage]) => lineage);
  return gone.map((lineage) => ({ code: "vanishes", where: null, grids: [lineage] }));
}
