/* Somebody else changed the same grids meanwhile: the newer shapes are drawn, one's own stays as a
   ghost, to be drawn again upon them or given up. Nothing overwrites anything. */

import { say, sayCount } from "../../../geogrid/js/words.js";
import { drawnBy } from "../refusals.js";
import { boundsOf, simple } from "../refusal_drawing.js";
import { pointToSteps } from "../lattice.js";
import { button } from "../strip.js";

export function addConflicts(desk) {
  const show = (entry, error) => {
    const lines = ghostLines(entry, error);
    const ghost = { id: entry.command_id, lines };
    desk.ghosts = [...desk.ghosts.filter(({ id }) => id !== ghost.id), ghost];
    const over = () => {
      desk.ghosts = desk.ghosts.filter(({ id }) => id !== ghost.id);
      desk.repaint();
    };
    desk.refuse({
      kind: "conflict",
      code: "conflict",
      title: say("Somebody was here before"),
      sentence: error?.message || say("This could not be sent on; it is kept here."),
      suggestion: say("The map shows their shapes; yours is the dashed line."),
      where: null,
      around: placeOf(lines, error),
      giveUp: null,
      actions: [
        { word: say("Draw mine again"), run: () => { over(); desk.draft.reapply(entry.command_id); } },
        { word: say("Give mine up"), kind: "", run: () => { over(); desk.draft.outbox.discard(entry.command_id); desk.announce(say("Given up; theirs stays.")); } },
      ],
    });
  };
  desk.draft.on("state", () => offer(desk, show));
  desk.draft.on("conflict", ({ entry, error }) => show(entry, error));
  desk.draft.on("restored", ({ parked }) => parked.forEach((entry) => show(entry, entry.error)));
}

/** As long as something is put aside, a button leads back to it. */
function offer(desk, show) {
  const { parked } = desk.draft.outbox;
  let press = document.getElementById("parked");
  if (!parked.length) {
    press?.remove();
    return;
  }
  if (!press) {
    press = button("", () => {
      const [entry] = desk.draft.outbox.parked;
      if (entry) show(entry, entry.error);
    }, { kind: "plain" });
    press.id = "parked";
    document.getElementById("saved").after(press);
  }
  press.textContent = sayCount("%(count)s change put aside", "%(count)s changes put aside", parked.length);
}

/** What one made of it, as the server worked it out; else what was drawn. */
function ghostLines(entry, error) {
  const yours = (error?.data?.grids ?? []).flatMap(({ yours: shape }) => simple(shape));
  const rings = yours.flatMap(({ type, coordinates }) => (type === "Polygon" ? coordinates : [coordinates]));
  if (rings.length) return rings.map((ring) => ring.map(pointToSteps));
  return drawnBy(entry).map(([ax, ay, bx, by]) => [[ax, ay], [bx, by]]);
}

/** [west, south, east, north] of both shapes: none of the two is to be hidden. */
function placeOf(lines, error) {
  const points = lines.flat().map(([x, y]) => [x / 1e7, y / 1e7]);
  const theirs = (error?.data?.grids ?? []).map(({ now }) => boundsOf(now)).filter(Boolean);
  for (const [west, south, east, north] of theirs) points.push([west, south], [east, north]);
  return boundsOf(points.length ? { type: "LineString", coordinates: points } : null);
}
