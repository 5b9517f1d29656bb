/* What every tool is: it gets clicks, drags and keys, and draws its sketch on the top canvas.
   A tool stays on until another is chosen. */

import { hit } from "../hit.js";
import { holdOf } from "../holds.js";
import { heldRefusal } from "../refusals.js";

export class Tool {
  /** @param {object} desk @param {{name, icon, word}} told as the toolbar shows it */
  constructor(desk) {
    this.desk = desk;
    this.showsHandles = false; // of the selected grid
    this.movesCursor = false; // arrow keys move a drawing cursor, not the map
  }

  start() {}
  stop() {}
  /** One sentence for the strip above the map. */
  hint() { return ""; }
  /** Elements for the strip: modes, targets, buttons. */
  options() { return []; }
  click(at) { this.selectAt(at); }
  press() { return null; }
  hover(at) { this.hoverGrid(at); }
  leave() { this.setHovered(null); }
  /** Whether the key was used. */
  key() { return false; }
  escape() { return false; }
  draw() {}

  // ---- for tools

  hit(at, options = {}) {
    return hit(this.desk.mesh, at.steps[0], at.steps[1], this.desk.projection.pixels(), options);
  }

  gridAt(at) {
    return this.hit(at, { kinds: ["grid"] })?.lineage ?? null;
  }

  selectAt(at) {
    const lineage = this.gridAt(at);
    this.desk.select(lineage);
    const words = lineage ? this.desk.describe(lineage) : "";
    if (words) this.desk.announce(words);
  }

  /** Whether a grid may be drawn on; where it may not, that is said beside it. */
  mayDraw(lineage) {
    const code = lineage && holdOf(this.desk.mesh, lineage);
    if (!code) return true;
    this.desk.refuse(heldRefusal(this.desk, { code, grids: [lineage] }, () => {}));
    return false;
  }

  hoverGrid(at) {
    this.setHovered(this.gridAt(at));
  }

  setHovered(lineage) {
    if (this.desk.hovered === lineage) return;
    this.desk.hovered = lineage;
    this.desk.repaint();
  }

  pointer(kind) {
    this.desk.map.getContainer().dataset.pointer = kind;
  }

  /** The strip shows something else now. */
  changed() {
    this.desk.emit("options", this);
    this.desk.repaint();
  }
}
