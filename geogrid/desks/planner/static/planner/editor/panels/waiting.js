/* What was drawn without network and cannot be shown before the server has worked it out (a split, land
   handed over) stays on the map as the line it was drawn with, and a clock. */

import { drawnBy } from "../refusals.js";
import { say } from "../../../geogrid/js/words.js";

export function addWaiting(desk) {
  const told = new Set();
  const show = () => {
    const { state, waiting } = desk.draft.outbox;
    const held = ["saved", "saving"].includes(state.name) ? [] : waiting.filter(({ change }) => !change);
    const ghosts = held.map((entry) => ({ id: entry.command_id, waits: true, lines: linesOf(entry) })).filter(({ lines }) => lines.length);
    const fresh = ghosts.filter(({ id }) => !told.has(id));
    if (!ghosts.length && !desk.ghosts.some(({ waits }) => waits)) return;
    desk.ghosts = [...desk.ghosts.filter(({ waits }) => !waits), ...ghosts];
    desk.repaint();
    for (const { id } of fresh) told.add(id);
    if (fresh.length) desk.announce(say("The dashed line with the clock waits for the network: only the server can work it out. Undo takes it back."));
  };
  for (const event of ["state", "restored", "landed", "cancelled", "refused", "conflict"]) desk.draft.on(event, show);
}

function linesOf(entry) {
  return drawnBy(entry).map(([ax, ay, bx, by]) => [[ax, ay], [bx, by]]);
}
