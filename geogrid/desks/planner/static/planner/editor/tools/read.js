/* Where nothing can be drawn: choose a grid and read. */

import { say } from "../../../geogrid/js/words.js";
import { Tool } from "./tool.js";

export class ReadTool extends Tool {
  name = "select";

  hint() {
    return say("Click a grid to see it.");
  }

  escape() {
    if (!this.desk.selection.lineage) return false;
    this.desk.select(null);
    return true;
  }
}
