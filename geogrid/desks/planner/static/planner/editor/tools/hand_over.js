/* Hand land over to a grid: what a lasso holds, blocks, buildings. */

import { say } from "../../../geogrid/js/words.js";
import * as commands from "../commands.js";
import { holdOf } from "../holds.js";
import { button, gridChoice } from "../strip.js";
import { AreaTool } from "./area_tool.js";

export class HandOverTool extends AreaTool {
  name = "hand";
  target = null;

  start() {
    const { lineage } = this.desk.selection;
    if (lineage && !holdOf(this.desk.mesh, lineage)) this.target = lineage;
    super.start();
  }

  hint() {
    if (!this.target) return say("First choose the grid that gets the land: click it, or take it from the list.");
    return {
      lasso: say("Draw around the land with the pointer held down, or point by point."),
      blocks: say("Click the blocks that go to the grid."),
      buildings: this.land.words || say("Click the buildings; their land goes along, cut half-way to the next house."),
    }[this.mode];
  }

  options() {
    return [
      gridChoice(this.desk, say("to"), this.target, (lineage) => this.aim(lineage)),
      this.ways(),
      ...this.along(),
      this.button(),
    ];
  }

  /** Where it would be refused, the button says so instead. */
  button() {
    const { blocked } = this.land;
    const one = button(say("Hand over"), () => this.finish(), { kind: "primary", name: "finish", disabled: !this.ready || !this.target });
    if (blocked) {
      one.title = blocked;
      one.setAttribute("aria-description", blocked);
      one.addEventListener("click", () => this.desk.announce(blocked));
    }
    return one;
  }

  aim(lineage) {
    if (!this.mayDraw(lineage)) return;
    this.target = lineage;
    if (this.mode === "buildings") this.land.ask([...this.picker.chosen.keys()], lineage);
    this.desk.select(lineage);
    this.changed();
  }

  press(at) {
    return this.target ? super.press(at) : null;
  }

  click(at) {
    if (!this.target) this.aim(this.gridAt(at));
    else super.click(at);
  }

  finish() {
    const { target } = this;
    const area = target && this.area();
    const { sources } = this;
    if (!area) {
      this.desk.announce(say("There is not enough drawn for that yet."));
      return;
    }
    this.desk.carryOut(() => commands.claim({ target, area, sources }));
    this.done();
  }
}
