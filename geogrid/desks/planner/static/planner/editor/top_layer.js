/* What moves: the selected grid and its vertices, what is under the pointer, the tool's sketch, a
   refusal. Its canvas keeps its size between frames, so that a drag costs one small drawing.

   new TopCanvas({desk, palette, pane}); .repaint() */

import { CanvasLayer } from "../../geogrid/js/canvas_layer.js";
import { holdOf } from "./holds.js";
import { handle, ring, shapePath, strokes } from "./paint.js";
import { drawRefusal } from "./refusal_drawing.js";
import { isJunction } from "./borders.js";

const { L } = window;
const HANDLES_FROM_PX = 90; // of the grid's longer side
const MOST_HANDLES = 900;

export const TopCanvas = CanvasLayer.extend({
  options: { className: "map-top", padding: 0.1 },

  /** Draw again at the next frame, without touching the canvas element. */
  repaint() {
    if (!this._map || this._frame) return this;
    this._frame = L.Util.requestAnimFrame(() => {
      this._frame = null;
      if (this._map && this._bounds && !this._map._animatingZoom) this.draw(this._context, this.view());
    });
    return this;
  },

  draw(context, view) {
    const { desk } = this.options;
    const [left, top, right, bottom] = view.box;
    context.clearRect(left, top, right - left, bottom - top);
    context.lineJoin = "round";
    context.lineCap = "round";
    desk.projection.refresh();
    this._hovered(context, view, desk);
    this._selected(context, view, desk);
    desk.tool?.draw?.(context, view);
    for (const ghost of desk.ghosts) this._ghost(context, view, ghost, desk);
    if (desk.refusal) drawRefusal(context, view, desk);
    if (desk.cursor.shown) this._cursor(context, view, desk);
  },

  _hovered(context, view, desk) {
    const grid = desk.hovered && desk.hovered !== desk.selection.lineage && desk.mesh.grids.get(desk.hovered);
    if (!grid?.parts) return;
    strokes(context, shapePath(desk.mesh, grid.parts, view, desk.projection), [[5, "#fff"], [2.5, desk.palette.gSel]]);
  },

  _selected(context, view, desk) {
    const { mesh, selection, palette } = desk;
    const grid = mesh.grids.get(selection.lineage);
    if (!grid?.parts || desk.tool?.drawsSelected?.()) return;
    const path = shapePath(mesh, grid.parts, view, desk.projection);
    context.fillStyle = palette.gSelFill;
    context.fill(path, "evenodd");
    strokes(context, path, [[8, "#fff"], [3.5, palette.gSel]]);
    if (desk.editable && desk.tool?.showsHandles && !holdOf(mesh, grid.lineage)) this._handles(context, view, desk, grid);
  },

  _handles(context, view, desk, grid) {
    const { mesh, selection, palette, projection } = desk;
    const [left, top, right, bottom] = projection.box(grid.box);
    if (Math.max(right - left, bottom - top) * view.scale < HANDLES_FROM_PX) return;
    let drawn = 0;
    for (const one of grid.parts.flat()) {
      for (const vertex of one) {
        const x = projection.xs[vertex] * view.scale + view.dx;
        const y = projection.ys[vertex] * view.scale + view.dy;
        if (x < view.box[0] || x > view.box[2] || y < view.box[1] || y > view.box[3] || vertex === selection.vertex) continue;
        if (++drawn > MOST_HANDLES) return;
        handle(context, x, y, { palette, junction: isJunction(mesh, vertex) });
      }
    }
    if (selection.vertex < 0) return;
    const x = projection.xs[selection.vertex] * view.scale + view.dx;
    const y = projection.ys[selection.vertex] * view.scale + view.dy;
    handle(context, x, y, { palette, chosen: true });
  },

  /** One's own shape that did not land, kept to be drawn again. */
  _ghost(context, view, { lines, waits }, desk) {
    for (const line of lines) {
      const path = new Path2D();
      line.forEach((point, i) => {
        const [x, y] = desk.projection.place(point, view);
        if (i) path.lineTo(x, y);
        else path.moveTo(x, y);
      });
      strokes(context, path, [[5, "#fff"], [2.5, desk.palette.draft, [7, 5]]]);
    }
    if (waits) clock(context, desk.projection.place(lines[lines.length >> 1][0], view), desk.palette.draft);
  },

  _cursor(context, view, desk) {
    const at = desk.map.containerPointToLayerPoint(desk.cursor.at);
    ring(context, at.x, at.y, 12, desk.palette.focusInk ?? "#0B3F8A", 2);
    context.beginPath();
    context.arc(at.x, at.y, 2, 0, 2 * Math.PI);
    context.fillStyle = "#0B3F8A";
    context.fill();
  },
});

function clock(context, [x, y], colour) {
  context.beginPath();
  context.arc(x, y, 11, 0, 2 * Math.PI);
  context.fillStyle = "#fff";
  context.fill();
  const path = new Path2D();
  path.arc(x, y, 11, 0, 2 * Math.PI);
  path.moveTo(x, y - 6);
  path.lineTo(x, y);
  path.lineTo(x + 4, y + 3);
  strokes(context, path, [[2, colour]]);
}
