/* The plan on the map as far as it stands still: balance colours, unassigned land, borders, locks.
   Drawn again when a shape changed or the map moved, never while something is dragged.

   GridsCanvas({scene, palette, pane})   HeatCanvas({scene, palette, pane})
   scene: {mesh, projection, lines, hidden: Set of "a,b" with a < b, heat(grid) -> -2..2, a colour, or null} */

import { CanvasLayer } from "../../geogrid/js/canvas_layer.js";
import { hatch } from "./hatch.js";
import { toSteps } from "./lattice.js";
import { lockChip, shapePath, strokes, visible } from "./paint.js";

const THIN_BELOW_ZOOM = 14;
const LOCKS_FROM_ZOOM = 14;
const LOCK_EVERY_PX = 220;
const CRUMB_PX = 0.7;
const HEAT = { "-2": "hLow2", "-1": "hLow1", 1: "hHigh1", 2: "hHigh2" };

export const GridsCanvas = CanvasLayer.extend({
  options: { className: "map-grids", padding: 0.2 },

  draw(context, view) {
    const { scene, palette } = this.options;
    const [left, top, right, bottom] = view.box;
    context.clearRect(left, top, right - left, bottom - top);
    context.lineJoin = "round";
    context.lineCap = "round";
    scene.projection.refresh();
    const seen = scene.mesh.leaves().filter((grid) => visible(grid, view, scene.projection));
    for (const grid of seen) {
      if (grid.kind !== "unassigned") continue;
      context.fillStyle = hatch(context, palette.gFixed, 8, 1);
      context.globalAlpha = 0.55;
      context.fill(shapePath(scene.mesh, grid.parts, view, scene.projection), "evenodd");
      context.globalAlpha = 1;
    }
    this._others(context, view, seen);
    const paths = this._paths(seen, view);
    this._lines(context, view, paths, palette);
    this._locked(context, view, seen);
    if (view.zoom >= LOCKS_FROM_ZOOM) this._locks(context, view, seen);
  },

  _paths(seen, view) {
    const { scene } = this.options;
    const paths = { leaf: new Path2D(), fixed: new Path2D() };
    for (const grid of seen) {
      const lines = scene.lines.of(grid);
      for (const line of lines.leaf) trace(paths.leaf, line, view, scene);
      for (const line of lines.fixed) trace(paths.fixed, line, view, scene);
      for (const line of lines.outline) trace(paths.fixed, line, view, scene);
    }
    return paths;
  },

  _lines(context, view, { leaf, fixed }, palette) {
    const thin = view.zoom < THIN_BELOW_ZOOM;
    const stroke = (path, width, colour) => {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke(path);
    };
    stroke(fixed, thin ? 6 : 10, palette.gRibbon);
    if (!thin) stroke(leaf, 4, palette.gCase);
    stroke(leaf, thin ? 1 : 1.4, palette.gLeaf);
    stroke(fixed, thin ? 4 : 5, palette.gCase);
    stroke(fixed, thin ? 1.6 : 2.2, palette.gFixed);
  },

  /** Grids in somebody else's part are paler: they are to be seen, not drawn. */
  _others(context, view, seen) {
    const { scene } = this.options;
    if (!scene.mesh.foreign?.size) return;
    const path = new Path2D();
    for (const grid of seen) {
      if (scene.mesh.foreign.has(grid.lineage)) path.addPath(shapePath(scene.mesh, grid.parts, view, scene.projection));
    }
    context.fillStyle = "rgba(255, 255, 255, .62)";
    context.fill(path, "evenodd");
  },

  /** Locked grids: their border heavier, and a lock below their number. */
  _locked(context, view, seen) {
    const { scene, palette } = this.options;
    for (const grid of seen) {
      if (!grid.locked) continue;
      strokes(context, shapePath(scene.mesh, grid.parts, view, scene.projection), [[6, palette.gCase], [2.6, palette.gFixed, [2, 5]]]);
      const room = grid.label_point && scene.projection.place(grid.label_point.map(toSteps), view);
      if (room && view.zoom >= LOCKS_FROM_ZOOM) lockChip(context, room[0], room[1] + 32, palette);
    }
  },

  /** A lock on administrative outlines, far enough apart to stay a remark. */
  _locks(context, view, seen) {
    const { scene, palette } = this.options;
    const placed = [];
    for (const grid of seen) {
      for (const line of scene.lines.of(grid).fixed) {
        if (line.length < 2) continue;
        const at = middle(line, view, scene.projection);
        if (at === null || placed.some(([x, y]) => Math.hypot(x - at[0], y - at[1]) < LOCK_EVERY_PX)) continue;
        placed.push(at);
        lockChip(context, at[0], at[1], palette);
      }
    }
  },
});

/* In a pane of its own, which multiplies: streets and houses show through the colour. */
export const HeatCanvas = CanvasLayer.extend({
  options: { className: "map-heat", padding: 0.2 },

  draw(context, view) {
    const { scene, palette } = this.options;
    const [left, top, right, bottom] = view.box;
    context.clearRect(left, top, right - left, bottom - top);
    if (!scene.heat) return;
    scene.projection.refresh();
    context.globalAlpha = 0.5;
    for (const grid of scene.mesh.leaves()) {
      const step = scene.heat(grid);
      const colour = typeof step === "string" ? step : palette[HEAT[step]];
      if (!colour || grid.kind === "unassigned" || !visible(grid, view, scene.projection)) continue;
      context.fillStyle = colour;
      context.fill(shapePath(scene.mesh, grid.parts, view, scene.projection), "evenodd");
    }
  },
});

function trace(path, line, view, { projection, hidden }) {
  const { xs, ys } = projection;
  let x = xs[line[0]] * view.scale + view.dx;
  let y = ys[line[0]] * view.scale + view.dy;
  path.moveTo(x, y);
  const last = line.length - 1;
  for (let i = 1; i <= last; i++) {
    const nextX = xs[line[i]] * view.scale + view.dx;
    const nextY = ys[line[i]] * view.scale + view.dy;
    if (hidden.size && hidden.has(edgeName(line[i - 1], line[i]))) path.moveTo(nextX, nextY);
    // Vertices closer than the eye sees cost time at town scale; a line's ends always count.
    else if (i < last && !hidden.size && Math.abs(nextX - x) < CRUMB_PX && Math.abs(nextY - y) < CRUMB_PX) continue;
    else path.lineTo(nextX, nextY);
    x = nextX;
    y = nextY;
  }
}

export function edgeName(a, b) {
  return a < b ? `${a},${b}` : `${b},${a}`;
}

/** The middle of a line that is long enough on the screen to carry a lock. */
function middle(line, view, { xs, ys }) {
  const at = (i) => [xs[line[i]] * view.scale + view.dx, ys[line[i]] * view.scale + view.dy];
  let length = 0;
  for (let i = 1; i < line.length; i++) length += Math.hypot(at(i)[0] - at(i - 1)[0], at(i)[1] - at(i - 1)[1]);
  if (length < 60) return null;
  let gone = 0;
  for (let i = 1; i < line.length; i++) {
    const [ax, ay] = at(i - 1);
    const [bx, by] = at(i);
    const piece = Math.hypot(bx - ax, by - ay);
    if (gone + piece >= length / 2) {
      const t = (length / 2 - gone) / (piece || 1);
      return [ax + (bx - ax) * t, ay + (by - ay) * t];
    }
    gone += piece;
  }
  return null;
}
