/* Choose a grid, and take its vertices as they are: the tool one is in unless one wants another. */

import { say } from "../../../geogrid/js/words.js";
import { holdOf } from "../holds.js";
import { vertexSketch } from "../vertex_moves.js";
import { Tool } from "./tool.js";
import { VertexKeys } from "./vertex_keys.js";

export class SelectTool extends Tool {
  name = "select";

  constructor(desk) {
    super(desk);
    this.showsHandles = true;
    this.sketch = null;
    this.keys = new VertexKeys(desk, this);
  }

  start() {
    this.pointer("choose");
  }

  stop() {
    this.keys.settle();
    this.sketch?.cancel();
    this.sketch = null;
  }

  hint() {
    const { lineage } = this.desk.selection;
    const held = lineage && holdOf(this.desk.mesh, lineage);
    if (held) return held === "grid_locked" ? say("This grid is locked: its border stays until it is unlocked.") : say("This grid lies outside of your part: you can look at it.");
    return lineage
      ? say("Drag a vertex to move the border. N and P step through the vertices.")
      : say("Click a grid to see and change it.");
  }

  click(at) {
    this.keys.settle();
    const vertex = this._own(at);
    if (vertex >= 0) {
      this.desk.chooseVertex(vertex);
      return;
    }
    this.desk.refuse(null);
    this.selectAt(at);
  }

  hover(at) {
    this.pointer(this._own(at) >= 0 ? "grab" : "choose");
    this.hoverGrid(at);
  }

  press(at) {
    const vertex = this._own(at);
    if (vertex < 0) return null;
    this.keys.settle();
    return this.drag(vertex, at);
  }

  drag(vertex, at) {
    const { desk } = this;
    desk.chooseVertex(vertex);
    let sketch = null;
    return {
      move: (now) => {
        if (!sketch) {
          sketch = vertexSketch(desk, vertex);
          this.sketch = sketch;
        }
        sketch.by(now.steps[0] - at.steps[0], now.steps[1] - at.steps[1]);
      },
      end: () => {
        this.sketch = null;
        if (!sketch?.drop()) return;
        const moved = desk.mesh.vertexAt(sketch.at[0] + sketch.moved[0], sketch.at[1] + sketch.moved[1]);
        if (moved >= 0) desk.chooseVertex(moved);
        desk.announce(say("Vertex moved."));
      },
      cancel: () => {
        this.sketch = null;
        sketch?.cancel();
      },
    };
  }

  /** A vertex of the selected grid under the pointer. */
  _own(at) {
    const { lineage } = this.desk.selection;
    if (!lineage || !this.desk.editable || holdOf(this.desk.mesh, lineage)) return -1;
    return this.hit(at, { kinds: ["vertex"], within: lineage })?.vertex ?? -1;
  }

  /** While it moves, the sketch is the selected grid. */
  drawsSelected() {
    return Boolean((this.sketch ?? this.keys.sketch)?.seen);
  }

  key(event) {
    return this.keys.key(event);
  }

  escape() {
    if (this.keys.cancel()) return true;
    if (this.desk.selection.vertex >= 0) this.desk.chooseVertex(-1);
    else if (this.desk.selection.lineage) this.desk.select(null);
    else return false;
    return true;
  }

  draw(context, view) {
    (this.sketch ?? this.keys.sketch)?.draw(context, view);
  }
}
