/* Make a grid of its own out of a piece of land: a hospital, a market, an estate. */

import { say } from "../../../geogrid/js/words.js";
import * as commands from "../commands.js";
import { choiceField, openDialog, textField } from "../panels/dialog.js";
import { button } from "../strip.js";
import { AreaTool } from "./area_tool.js";

export class CutOutTool extends AreaTool {
  name = "cut_out";

  hint() {
    if (this.mode === "buildings" && this.land.words) return this.land.words;
    return this.mode === "lasso" ? say("Draw around the place with the pointer held down, or point by point.") : say("Click what belongs to it.");
  }

  options() {
    return [this.ways(), ...this.along(), button(say("Name it…"), () => this.finish(), { kind: "primary", name: "finish", disabled: !this.ready })];
  }

  finish() {
    const area = this.area();
    if (!area) {
      this.desk.announce(say("There is not enough drawn for that yet."));
      return;
    }
    const name = textField("name", say("Name"), { required: true });
    const kind = choiceField("kind", say("Kind"), [["dedicated", say("dedicated")], ["basic", say("basic")]], { value: "dedicated" });
    openDialog({
      title: say("A grid of its own"),
      lead: say("The land is taken from the grids it lies in."),
      fields: [name.element, kind.element],
      submit: say("Cut out"),
      back: this.desk.map.getContainer(),
      onSubmit: () => {
        if (!name.check()) return false;
        this.desk.carryOut(() => commands.cutOut({ area, name: name.value, kind: kind.value }));
        this.done();
        return true;
      },
    });
  }
}
