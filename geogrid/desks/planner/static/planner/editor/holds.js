/* Grids whose borders stay whatever is drawn: locked ones, and those in somebody else's part of the
   territory. Refining is not moving: vertices may be put into their borders.

   holdOf(mesh, lineage) -> "grid_locked" | "needs_neighbour" | null
   heldBack(desk, command) -> {code, grids} | null    among the grids a command names
   learnPart(mesh, drawnByMe)     list of lineages, null: all.  Grids made later are one's own until the
                                  server says otherwise. */

export function learnPart(mesh, drawnByMe) {
  const mine = drawnByMe && new Set(drawnByMe);
  mesh.foreign = new Set(mine ? [...mesh.grids.keys()].filter((lineage) => !mine.has(lineage)) : []);
}

export function holdOf(mesh, lineage) {
  if (mesh.foreign?.has(lineage)) return "needs_neighbour";
  return mesh.grids.get(lineage)?.locked ? "grid_locked" : null;
}

// What changes only words, or goes back, may be asked of a locked grid.
const DRAWS = new Set(["split", "merge", "claim", "redraw", "move_border", "straighten", "snap_to_street", "rebalance"]);

export function heldBack(desk, { verb, arguments: told }) {
  const named = Object.values(told).flatMap((value) => (typeof value === "string" ? [value] : Array.isArray(value) ? value : []));
  const grids = named.filter((one) => typeof one === "string" && desk.mesh.grids.has(one));
  for (const code of ["needs_neighbour", "grid_locked"]) {
    if (code === "grid_locked" && !DRAWS.has(verb)) continue;
    const held = grids.filter((lineage) => holdOf(desk.mesh, lineage) === code);
    if (held.length) return { code, grids: held };
  }
  return null;
}
