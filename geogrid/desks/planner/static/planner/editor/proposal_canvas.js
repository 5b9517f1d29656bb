/* A proposed way on the map: blocks that move, coloured by the grid they go to and numbered like the
   list; new borders dashed. Lies on the draft and never takes the pointer.

   new ProposalCanvas({desk, palette, pane})   .show(way | null)   .light(number | null)
   colourOf(step) -> colour, the same in the list */

import { CanvasLayer, normalised } from "../../geogrid/js/canvas_layer.js";
import { strokes, tag } from "./paint.js";

const COLOURS = ["#6A3FA0", "#1B6E3C", "#A24A08", "#2B5C93", "#8C2F5B", "#5A6414"];
const TAGS_FROM_ZOOM = 13;

export function colourOf({ target, number }) {
  const key = target ? parseInt(target.slice(0, 6), 16) : number;
  return COLOURS[key % COLOURS.length];
}

export const ProposalCanvas = CanvasLayer.extend({
  options: { className: "map-proposal", padding: 0.2 },

  show(way) {
    this._areas = (way?.steps ?? []).map((step) => ({ step, rings: ringsOf(step.arguments.area ?? step.area) }));
    this._shapes = (way?.grids ?? []).filter(({ shape }) => shape).map(({ shape }) => ringsOf(shape));
    this._lit = null;
    return this.redraw();
  },

  light(number) {
    if (this._lit === number) return;
    this._lit = number;
    this.redraw();
  },

  draw(context, view) {
    const [left, top, right, bottom] = view.box;
    context.clearRect(left, top, right - left, bottom - top);
    if (!this._areas?.length) return;
    context.lineJoin = "round";
    const { palette } = this.options;
    for (const { step, rings } of this._areas) {
      const path = pathOf(rings, view);
      const lit = step.number === this._lit;
      context.globalAlpha = step.done ? 0.15 : lit ? 0.75 : 0.42;
      context.fillStyle = colourOf(step);
      context.fill(path, "evenodd");
      context.globalAlpha = 1;
      if (lit) strokes(context, path, [[6, "#fff"], [3, palette.ink]]);
    }
    const borders = new Path2D();
    for (const rings of this._shapes) borders.addPath(pathOf(rings, view));
    strokes(context, borders, [[5, "rgba(255, 255, 255, .9)"], [2.5, palette.draft, [8, 5]]]);
    if (view.zoom < TAGS_FROM_ZOOM) return;
    for (const { step, rings } of this._areas) {
      const [x, y] = middleOf(rings);
      tag(context, x * view.scale + view.dx - 10, y * view.scale + view.dy, String(step.number), { palette, colour: colourOf(step) });
    }
  },
});

/** Rings of normalised places, worked out once. */
function ringsOf({ type, coordinates }) {
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  return polygons.flat().map((ring) => ring.map(([lon, lat]) => normalised(lon, lat)));
}

function pathOf(rings, view) {
  const path = new Path2D();
  for (const ring of rings) {
    ring.forEach(([x, y], i) => (i ? path.lineTo(x * view.scale + view.dx, y * view.scale + view.dy) : path.moveTo(x * view.scale + view.dx, y * view.scale + view.dy)));
    path.closePath();
  }
  return path;
}

function middleOf([ring]) {
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => y);
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}
