/* Paints the grids of a GridLayer, in the order of the map style: dimming, ribbons, leaf lines,
   fixed lines, selected outline, the outline under the pointer. */

import { CanvasLayer } from "./canvas_layer.js";

const THIN_BELOW_ZOOM = 14;
const CRUMB_PX = 0.7;
const HEAT = { "-2": "hLow2", "-1": "hLow1", 1: "hHigh1", 2: "hHigh2" };
const HEAT_OPACITY = 0.5;

export const GridCanvas = CanvasLayer.extend({
  options: { className: "map-grids", padding: 0.3 },

  draw(context, view) {
    const { owner, palette } = this.options;
    const [left, top, right, bottom] = view.box;
    context.clearRect(left, top, right - left, bottom - top);
    context.lineJoin = "round";
    context.lineCap = "round";
    const paths = gridPaths(owner, view);
    this._unassigned(context, owner, view);
    if (owner._selected != null && owner.options.dim) this._dim(context, view, owner, palette);
    this._lines(context, view, paths, palette);
    if (owner._selected != null) this._selected(context, view, owner, palette);
    if (owner._hovered != null && owner._hovered !== owner._selected) {
      this._outline(context, view, owner.grids[owner._hovered], [[5, "#fff"], [2.5, palette.gSel]]);
    }
  },

  _unassigned(context, owner, view) {
    for (const grid of owner.grids) {
      if (grid.kind !== "unassigned" || !visible(grid.box, view)) continue;
      context.fillStyle = dots(context);
      context.fill(polygonPath(grid, view), "evenodd");
    }
  },

  _dim(context, view, owner, palette) {
    const [left, top, right, bottom] = view.box;
    const outside = polygonPath(owner.grids[owner._selected], view);
    outside.rect(left, top, right - left, bottom - top);
    context.fillStyle = palette.mDim;
    context.fill(outside, "evenodd");
  },

  _lines(context, view, { leaf, fixed }, palette) {
    const thin = view.zoom < THIN_BELOW_ZOOM;
    const scale = palette.gScale;
    const stroke = (path, width, colour) => {
      context.lineWidth = width * scale;
      context.strokeStyle = colour;
      context.stroke(path);
    };
    stroke(fixed, thin ? 6 : 10, palette.gRibbon);
    if (!thin) stroke(leaf, 4, palette.gCase);
    stroke(leaf, thin ? 1 : 1.4, palette.gLeaf);
    stroke(fixed, thin ? 4 : 5, palette.gCase);
    stroke(fixed, thin ? 1.6 : 2.2, palette.gFixed);
  },

  _selected(context, view, owner, palette) {
    const grid = owner.grids[owner._selected];
    if (owner.options.fill) {
      context.fillStyle = palette.gSelFill;
      context.fill(polygonPath(grid, view), "evenodd");
    }
    this._outline(context, view, grid, [[8, "#fff"], [3.5, palette.gSel]]);
  },

  _outline(context, view, grid, strokes) {
    const path = polygonPath(grid, view);
    for (const [width, colour] of strokes) {
      context.lineWidth = width * this.options.palette.gScale;
      context.strokeStyle = colour;
      context.stroke(path);
    }
  },
});

/* In a pane of its own, which multiplies: streets and houses show through the colour. */
export const HeatCanvas = CanvasLayer.extend({
  options: { className: "map-heat", padding: 0.3 },

  draw(context, view) {
    const { owner, palette } = this.options;
    const [left, top, right, bottom] = view.box;
    context.clearRect(left, top, right - left, bottom - top);
    if (!owner._heat) return;
    context.globalAlpha = HEAT_OPACITY;
    for (const grid of owner.grids) {
      const colour = palette[HEAT[owner._heat(grid.feature)]];
      // Never a colour of the scale where nobody is responsible yet.
      if (!colour || grid.kind === "unassigned" || !visible(grid.box, view)) continue;
      context.fillStyle = colour;
      context.fill(polygonPath(grid, view), "evenodd");
    }
  },
});

function gridPaths(owner, view) {
  const leaf = new Path2D();
  const fixed = new Path2D();
  for (const arc of owner.arcs) {
    if (visible(arc.box, view)) trace(arc.fixed ? fixed : leaf, arc.path, view);
  }
  return { leaf, fixed };
}

function polygonPath(grid, view) {
  const path = new Path2D();
  for (const ring of grid.rings) {
    trace(path, ring, view);
    path.closePath();
  }
  return path;
}

function trace(path, points, view) {
  let x = points[0][0] * view.scale + view.dx;
  let y = points[0][1] * view.scale + view.dy;
  path.moveTo(x, y);
  const last = points.length - 1;
  for (let i = 1; i <= last; i++) {
    const nextX = points[i][0] * view.scale + view.dx;
    const nextY = points[i][1] * view.scale + view.dy;
    // Vertices closer than the eye sees cost time at town scale; an arc's ends always count.
    if (i < last && Math.abs(nextX - x) < CRUMB_PX && Math.abs(nextY - y) < CRUMB_PX) continue;
    path.lineTo(nextX, nextY);
    x = nextX;
    y = nextY;
  }
}

function visible(box, view) {
  const margin = 12;
  return box[2] * view.scale + view.dx > view.box[0] - margin
    && box[0] * view.scale + view.dx < view.box[2] + margin
    && box[3] * view.scale + view.dy > view.box[1] - margin
    && box[1] * view.scale + view.dy < view.box[3] + margin;
}

let dotPattern = null;

function dots(context) {
  if (!dotPattern) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 10;
    const pen = tile.getContext("2d");
    pen.fillStyle = "rgba(95, 108, 104, .75)";
    for (const [x, y] of [[2.5, 2.5], [7.5, 7.5]]) {
      pen.beginPath();
      pen.arc(x, y, 1.2, 0, Math.PI * 2);
      pen.fill();
    }
    dotPattern = context.createPattern(tile, "repeat");
  }
  return dotPattern;
}
