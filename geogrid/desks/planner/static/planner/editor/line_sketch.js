/* Points that are put down one after another: a line to cut along, a lasso. By pointer or by the
   cursor of the keyboard; points near a border land on it.

   new LineSketch(desk, {closed, snap})   .add(at) .follow(at) .back() .clear() .points   .draw(context, view) */

import { linePath, handle, strokes } from "./paint.js";
import { hit } from "./hit.js";

const SNAP_PX = 10;

export class LineSketch {
  constructor(desk, { closed = false, snap = true } = {}) {
    Object.assign(this, { desk, closed, snap });
    this.clear();
  }

  clear() {
    this.points = [];
    this.ends = []; // what each point was put on: a vertex, an edge, or nothing
    this.next = null;
    this.desk.repaint();
  }

  add(at) {
    const put = this.placed(at);
    const last = this.points[this.points.length - 1];
    if (last && last[0] === put.point[0] && last[1] === put.point[1]) return;
    this.points.push(put.point);
    this.ends.push(put.on);
    this.desk.repaint();
  }

  follow(at) {
    this.next = this.placed(at).point;
    this.desk.repaint();
  }

  back() {
    if (!this.points.length) return false;
    this.points.pop();
    this.ends.pop();
    this.desk.repaint();
    return true;
  }

  placed({ steps }) {
    const { mesh, projection } = this.desk;
    const found = this.snap ? hit(mesh, steps[0], steps[1], projection.pixels(), { vertexPx: SNAP_PX, edgePx: SNAP_PX, kinds: ["vertex", "edge"] }) : null;
    if (found?.kind === "vertex") return { point: [mesh.x(found.vertex), mesh.y(found.vertex)], on: "vertex" };
    if (found) return { point: [Math.round(found.x), Math.round(found.y)], on: "edge" };
    return { point: steps.map(Math.round), on: null };
  }

  draw(context, view, { colour } = {}) {
    const { projection, palette } = this.desk;
    const places = (this.next ? [...this.points, this.next] : this.points).map((point) => projection.place(point, view));
    const ink = colour ?? palette.draft;
    if (places.length > 1) {
      const path = linePath(places, this.closed && this.points.length > 1);
      if (this.closed) {
        context.fillStyle = palette.gSelFill;
        context.fill(path);
      }
      strokes(context, path, [[6, "#fff"], [3, ink, this.closed ? [7, 5] : []]]);
    }
    for (const [x, y] of this.points.length > 80 ? [] : this.points.map((point) => projection.place(point, view))) {
      handle(context, x, y, { palette });
    }
  }
}
