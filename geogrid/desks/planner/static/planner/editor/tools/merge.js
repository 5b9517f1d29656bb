/* Join neighbours to a grid, which goes on; the others end. */

import { say } from "../../../geogrid/js/words.js";
import * as commands from "../commands.js";
import { acrossWords, otherUnits, unlockWords } from "../communities.js";
import { hatch } from "../hatch.js";
import { holdOf } from "../holds.js";
import { mergeGrids } from "../merge_change.js";
import { shapePath, strokes } from "../paint.js";
import { preview } from "../preview.js";
import { button, gridChoice } from "../strip.js";
import { Tool } from "./tool.js";

export class MergeTool extends Tool {
  name = "merge";

  start() {
    const { lineage } = this.desk.selection;
    this.target = lineage && !holdOf(this.desk.mesh, lineage) ? lineage : null;
    this.others = new Set();
    this.pointer("point");
  }

  stop() {
    this.others = new Set();
  }

  hint() {
    return this.target ? say("Click the neighbours that are joined to it, then merge.") : say("Click the grid that goes on.");
  }

  options() {
    const { desk, target } = this;
    const near = target ? desk.mesh.neighbourGrids(target) : [];
    return [
      gridChoice(desk, say("goes on"), target, (lineage) => this.aim(lineage)),
      ...(target ? [gridChoice(desk, say("join"), "", (lineage) => lineage && this.toggle(lineage), { among: near, empty: say("choose a neighbour"), apart: this.apart() })] : []),
      button(say("Merge"), () => this.finish(), { kind: "primary", name: "finish", disabled: !this.others.size }),
    ];
  }

  /** Neighbours beyond an administrative border: only whoever may unlock it joins them. */
  apart() {
    const barred = !this.desk.config.may?.unlock;
    return {
      is: (lineage) => otherUnits(this.desk, this.target, [lineage]).length > 0,
      barred,
      words: barred ? say("In another community: the border stays") : say("In another community: needs a reason"),
    };
  }

  aim(lineage) {
    if (!this.mayDraw(lineage)) return;
    this.target = lineage;
    this.others = new Set();
    this.desk.select(lineage);
    this.changed();
  }

  click(at) {
    const lineage = this.gridAt(at);
    if (!lineage) return;
    if (!this.target) this.aim(lineage);
    else this.toggle(lineage);
  }

  toggle(lineage) {
    if (lineage === this.target || !this.mayDraw(lineage)) return;
    const apart = this.apart();
    if (apart.barred && apart.is(lineage)) {
      this.desk.announce(`${acrossWords(this.desk, this.target, otherUnits(this.desk, this.target, [lineage]))} ${unlockWords(this.desk)}`);
      return;
    }
    if (!this.others.delete(lineage)) this.others.add(lineage);
    const name = this.desk.nameOf(lineage);
    this.desk.announce(this.others.has(lineage) ? say("Chosen: %(name)s", { name }) : say("No longer chosen: %(name)s", { name }));
    this.changed();
  }

  key(event) {
    if (event.key !== "Enter" || !this.others.size || event.shiftKey) return false;
    this.finish();
    return true;
  }

  escape() {
    if (this.others.size) this.others = new Set();
    else if (this.target) this.aim(null);
    else return false;
    this.changed();
    return true;
  }

  finish() {
    const { desk, target } = this;
    const others = [...this.others];
    const change = mergeGrids(target, others);
    const seen = preview(desk.mesh, change);
    const sure = seen && !seen.problems.length;
    desk.carryOut(() => commands.merge({ target, others }), { change: sure ? change : null });
    this.others = new Set();
    this.changed();
  }

  draw(context, view) {
    const { mesh, projection, palette } = this.desk;
    for (const lineage of this.others) {
      const grid = mesh.grids.get(lineage);
      if (!grid?.parts) continue;
      const path = shapePath(mesh, grid.parts, view, projection);
      context.fillStyle = hatch(context, palette.draft, 9, 1.4);
      context.fill(path, "evenodd");
      strokes(context, path, [[6, "#fff"], [3, palette.draft]]);
    }
  }
}
