/* Vertices by keyboard: N and P step along the selected grid, arrows nudge (Shift five times as far),
   Delete removes, I inserts one behind it. A nudge is sent when one goes on, or after a pause. */

import { say } from "../../../geogrid/js/words.js";
import { nextVertex } from "../traversal.js";
import { insertAt, removeVertex, vertexSketch } from "../vertex_moves.js";

const NUDGE_PX = 2;
const SEND_AFTER_MS = 1500;
const TOWARDS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class VertexKeys {
  constructor(desk, tool) {
    this.desk = desk;
    this.tool = tool;
    this.sketch = null;
    this._timer = null;
  }

  key(event) {
    const { desk } = this;
    const { lineage, vertex } = desk.selection;
    if (!lineage || !desk.editable) return false;
    const name = event.key.toLowerCase();
    if (name === "n" || name === "p") return this._step(name === "n" ? 1 : -1);
    if (vertex < 0) return false;
    if (event.key in TOWARDS) return this._nudge(TOWARDS[event.key], event.shiftKey ? 5 : 1);
    if (event.key === "Enter") return this.settle();
    if (event.key === "Delete" || event.key === "Backspace") return this._delete();
    if (name === "i") return this._insert();
    return false;
  }

  _step(by) {
    this.settle();
    const { desk } = this;
    const { lineage, vertex } = desk.selection;
    const next = nextVertex(desk.mesh, lineage, vertex, by);
    if (next < 0) return false;
    desk.chooseVertex(next);
    this._show(next);
    const all = desk.mesh.grids.get(lineage).parts.flat().flatMap((ring) => Array.from(ring));
    const owners = desk.mesh.owners(next).map((one) => desk.nameOf(one)).join(say(", "));
    desk.announce(say("Vertex %(number)s of %(all)s: %(owners)s", { number: all.indexOf(next) + 1, all: all.length, owners }));
    return true;
  }

  /** Bring it into the picture, without moving what can be seen already. */
  _show(vertex) {
    const { desk } = this;
    const at = desk.projection.latlng([desk.mesh.x(vertex), desk.mesh.y(vertex)]);
    if (!desk.map.getBounds().pad(-0.08).contains(at)) desk.map.panTo(at, { animate: false });
  }

  _nudge([right, up], times) {
    const { desk } = this;
    if (!this.sketch) this.sketch = vertexSketch(desk, desk.selection.vertex);
    const { across, along } = desk.projection.pixels();
    const px = NUDGE_PX * times;
    const [dx, dy] = this.sketch.moved;
    this.sketch.by(dx + (right * px) / across, dy + (up * px) / along);
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this.settle(), SEND_AFTER_MS);
    return true;
  }

  /** Send what was nudged so far. */
  settle() {
    window.clearTimeout(this._timer);
    const { sketch } = this;
    this.sketch = null;
    if (!sketch) return false;
    const at = [sketch.at[0] + sketch.moved[0], sketch.at[1] + sketch.moved[1]];
    if (sketch.drop()) {
      const moved = this.desk.mesh.vertexAt(...at);
      if (moved >= 0) this.desk.chooseVertex(moved);
      this.desk.announce(say("Vertex moved."));
    }
    return true;
  }

  cancel() {
    window.clearTimeout(this._timer);
    if (!this.sketch) return false;
    this.sketch.cancel();
    this.sketch = null;
    this.desk.announce(say("Given up; nothing changed."));
    return true;
  }

  _delete() {
    this.settle();
    const { desk } = this;
    const { lineage, vertex } = desk.selection;
    const next = nextVertex(desk.mesh, lineage, vertex, -1);
    if (removeVertex(desk, vertex) && desk.mesh.isVertex(next)) desk.chooseVertex(next);
    return true;
  }

  _insert() {
    this.settle();
    const { desk } = this;
    const { lineage, vertex } = desk.selection;
    const next = nextVertex(desk.mesh, lineage, vertex, 1);
    if (!desk.mesh.isEdge(vertex, next)) return true;
    const { mesh } = desk;
    insertAt(desk, vertex, next, (mesh.x(vertex) + mesh.x(next)) / 2, (mesh.y(vertex) + mesh.y(next)) / 2);
    return true;
  }
}
