/* Any vertex of any border: move it, put one in, take one out. Putting in is a mode of its own, so
   that nobody makes vertices by accident. */

import { say } from "../../../geogrid/js/words.js";
import { handle, ring, strokes } from "../paint.js";
import { isJunction } from "../borders.js";
import { edgesNear } from "../edge_index.js";
import { insertAt, removeVertex } from "../vertex_moves.js";
import { modes } from "../strip.js";
import { SelectTool } from "./select.js";

const ALL_FROM_ZOOM = 16;
const MOST = 900;

export class VertexTool extends SelectTool {
  name = "vertex";

  constructor(desk) {
    super(desk);
    this.mode = "move";
    this.under = null;
  }

  start() {
    this.under = null;
    this.pointer("choose");
  }

  hint() {
    return {
      move: say("Drag a vertex; both neighbours follow."),
      insert: say("Click a border where the vertex should be."),
      delete: say("Click a vertex to take it out."),
    }[this.mode];
  }

  options() {
    return [modes(say("Vertices"), [
      ["move", "vertex", say("Move")], ["insert", "plus", say("Insert")], ["delete", "trash", say("Delete")],
    ], this.mode, (mode) => {
      this.mode = mode;
      this.under = null;
      this.changed();
    })];
  }

  hover(at) {
    const found = this.hit(at, { kinds: [this.mode === "insert" ? "edge" : "vertex"], edgePx: 12 });
    this.under = found;
    this.pointer(found ? (this.mode === "move" ? "grab" : "point") : "choose");
    this.desk.repaint();
  }

  leave() {
    this.under = null;
    this.desk.repaint();
  }

  press(at) {
    if (this.mode !== "move") return null;
    const vertex = this.hit(at, { kinds: ["vertex"] })?.vertex ?? -1;
    if (vertex < 0) return null;
    const { lineage } = this.desk.selection;
    const owners = this.desk.mesh.owners(vertex);
    if (!owners.includes(lineage)) this.desk.select(owners[0]);
    return this.drag(vertex, at);
  }

  click(at) {
    this.keys.settle();
    if (this.mode === "insert") {
      const edge = this.hit(at, { kinds: ["edge"], edgePx: 12 });
      if (edge && this.desk.editable) insertAt(this.desk, edge.a, edge.b, edge.x, edge.y);
      else this.selectAt(at);
      return;
    }
    const vertex = this.hit(at, { kinds: ["vertex"] })?.vertex ?? -1;
    if (vertex >= 0 && this.mode === "delete" && this.desk.editable) removeVertex(this.desk, vertex);
    else if (vertex >= 0) this._choose(vertex);
    else this.selectAt(at);
  }

  _choose(vertex) {
    const owners = this.desk.mesh.owners(vertex);
    if (!owners.includes(this.desk.selection.lineage)) this.desk.select(owners[0]);
    this.desk.chooseVertex(vertex);
  }

  draw(context, view) {
    const { mesh, projection, palette, selection } = this.desk;
    if (view.zoom >= ALL_FROM_ZOOM && !this.sketch) this._all(context, view);
    super.draw(context, view);
    if (!this.under || this.sketch) return;
    if (this.under.kind === "vertex") {
      const [x, y] = projection.place([mesh.x(this.under.vertex), mesh.y(this.under.vertex)], view);
      ring(context, x, y, 11, this.mode === "delete" ? palette.danger : palette.gSel);
    } else {
      const path = new Path2D();
      path.moveTo(...projection.place([mesh.x(this.under.a), mesh.y(this.under.a)], view));
      path.lineTo(...projection.place([mesh.x(this.under.b), mesh.y(this.under.b)], view));
      strokes(context, path, [[7, "#fff"], [4, palette.gSel]]);
      const [x, y] = projection.place([this.under.x, this.under.y], view);
      handle(context, x, y, { palette, junction: true });
    }
    if (selection.vertex < 0) return;
  }

  /** Near enough to the ground, every vertex can be seen and taken. */
  _all(context, view) {
    const { mesh, map, projection, palette, selection } = this.desk;
    const bounds = map.getBounds();
    const [west, south] = projection.steps(bounds.getSouthWest());
    const [east, north] = projection.steps(bounds.getNorthEast());
    const seen = new Set();
    edgesNear(mesh, [west, south, east, north], (a, b) => {
      if (seen.size < MOST) seen.add(a).add(b);
    });
    for (const vertex of seen) {
      if (vertex === selection.vertex) continue;
      const x = projection.xs[vertex] * view.scale + view.dx;
      const y = projection.ys[vertex] * view.scale + view.dy;
      handle(context, x, y, { palette, junction: isJunction(mesh, vertex) });
    }
  }
}
