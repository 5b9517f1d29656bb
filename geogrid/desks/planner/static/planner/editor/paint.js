/* Brushes of the editor's canvases. Coordinates are layer px unless they are vertices or steps.

   shapePath(mesh, parts, view, projection) -> Path2D       visible(grid, view, projection)
   stepsPath(shape, view, projection)    number[][][] of steps, as previews have them
   linePath(points, closed)              [[x, y] ...] in px
   handle(context, x, y, {palette, junction, chosen, danger})   a vertex
   disc, ring, lockChip, tag(context, x, y, words, {palette, colour}) */

export function shapePath(mesh, parts, view, projection) {
  const path = new Path2D();
  const { xs, ys } = projection;
  for (const rings of parts) {
    for (const ring of rings) {
      path.moveTo(xs[ring[0]] * view.scale + view.dx, ys[ring[0]] * view.scale + view.dy);
      for (let i = 1; i < ring.length; i++) path.lineTo(xs[ring[i]] * view.scale + view.dx, ys[ring[i]] * view.scale + view.dy);
      path.closePath();
    }
  }
  return path;
}

export function visible(grid, view, projection) {
  const [left, top, right, bottom] = projection.box(grid.box);
  const margin = 12;
  return right * view.scale + view.dx > view.box[0] - margin && left * view.scale + view.dx < view.box[2] + margin
    && bottom * view.scale + view.dy > view.box[1] - margin && top * view.scale + view.dy < view.box[3] + margin;
}

export function stepsPath(shape, view, projection) {
  const path = new Path2D();
  for (const rings of shape) {
    for (const points of rings) {
      for (let i = 0; i < points.length; i += 2) {
        const [x, y] = projection.place([points[i], points[i + 1]], view);
        if (i) path.lineTo(x, y);
        else path.moveTo(x, y);
      }
      path.closePath();
    }
  }
  return path;
}

export function linePath(points, closed = false) {
  const path = new Path2D();
  points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  if (closed) path.closePath();
  return path;
}

export function strokes(context, path, list) {
  for (const [width, colour, dash = []] of list) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.stroke(path);
  }
  context.setLineDash([]);
}

export function handle(context, x, y, { palette, junction = false, chosen = false, danger = false }) {
  const colour = danger ? palette.danger : palette.gSel;
  const radius = chosen ? 7 : junction ? 6 : 4.5;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = chosen ? colour : "#fff";
  context.fill();
  context.lineWidth = junction || chosen ? 2.5 : 1.75;
  context.strokeStyle = chosen ? "#fff" : colour;
  context.stroke();
  if (!chosen) return;
  context.beginPath();
  context.arc(x, y, radius + 3, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = colour;
  context.stroke();
}

export function ring(context, x, y, radius, colour, width = 2.5) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = width + 3;
  context.strokeStyle = "#fff";
  context.stroke();
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

export function lockChip(context, x, y, palette) {
  context.beginPath();
  context.arc(x, y, 10, 0, 2 * Math.PI);
  context.fillStyle = "#fff";
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = palette.gFixed;
  context.stroke();
  context.beginPath();
  context.arc(x, y - 1.2, 2.6, Math.PI, 0);
  context.moveTo(x - 2.6, y - 1.2);
  context.lineTo(x - 2.6, y);
  context.moveTo(x + 2.6, y - 1.2);
  context.lineTo(x + 2.6, y);
  context.stroke();
  context.strokeRect(x - 4, y, 8, 5);
}

/** Words beside a place, on white. */
export function tag(context, x, y, words, { palette, colour = palette.ink }) {
  context.font = `700 13px ${palette.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  const wide = context.measureText(words).width + 12;
  context.fillStyle = "rgba(255, 255, 255, .94)";
  context.beginPath();
  context.roundRect(x, y - 11, wide, 22, 6);
  context.fill();
  context.fillStyle = colour;
  context.fillText(words, x + 6, y + 0.5);
}
