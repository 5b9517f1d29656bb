/* "Hand block B to grid G" as a form: the blocks that lie in a grid, by their streets and homes. */

import { say } from "../../../geogrid/js/words.js";
import { unitedArea } from "../areas.js";
import * as commands from "../commands.js";
import { gridAt } from "../hit.js";
import { pointToSteps, toDegrees } from "../lattice.js";
import { choiceField, openDialog } from "./dialog.js";

export function openHandForm(desk, grid) {
  const block = choiceField("block", say("Block"), [["", say("Loading…")]], { required: true });
  const near = desk.mesh.neighbourGrids(grid.lineage).map((lineage) => [lineage, desk.short(lineage)]);
  near.sort((one, other) => (one[1] < other[1] ? -1 : 1));
  const target = choiceField("target", say("goes to"), [["", say("choose a grid")], ...near], { required: true });
  let blocks = new Map();
  openDialog({
    title: say("Hand a block of %(name)s over", { name: desk.nameOf(grid.lineage) }),
    fields: [block.element, target.element],
    submit: say("Hand over"),
    onSubmit: () => {
      if (!block.check() || !target.check()) return false;
      const area = unitedArea([blocks.get(block.value)]);
      if (area) desk.carryOut(() => commands.claim({ target: target.value, area, sources: [grid.lineage] }));
      return true;
    },
  });
  load(desk, grid).then((list) => {
    blocks = new Map(list.map(({ id, geometry }) => [String(id), geometry]));
    const empty = list.length ? say("choose a block") : say("no blocks are known here");
    block.replace([["", empty], ...list.map((one) => [String(one.id), wordsOf(one)])]);
  });
}

async function load(desk, { lineage, box }) {
  const bbox = box.map((steps) => toDegrees(steps).toFixed(7));
  try {
    const answer = await fetch(`${desk.config.urls.ground}?layer=blocks&bbox=${bbox}`);
    const { features = [] } = await answer.json();
    return features.filter(({ properties }) => gridAt(desk.mesh, ...pointToSteps(properties.point)) === lineage);
  } catch {
    return [];
  }
}

function wordsOf({ id, properties: { streets, dwellings, buildings } }) {
  const name = streets.length ? streets.join(say(", ")) : say("block %(number)s", { number: id });
  return say("%(name)s: %(dwellings)s dwellings, %(buildings)s buildings", { name, dwellings, buildings });
}
