/* Patterns that canvases fill areas with: never a colour alone. */

const kept = new Map();

/** Diagonal stripes of one colour; `step` px apart. */
export function hatch(context, colour, step = 8, width = 1.2) {
  const name = `${colour} ${step} ${width}`;
  if (!kept.has(name)) kept.set(name, context.createPattern(stripes(colour, step, width), "repeat"));
  return kept.get(name);
}

function stripes(colour, step, width) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = step;
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  for (const shift of [-step, 0, step]) {
    pen.moveTo(shift - 1, step + 1);
    pen.lineTo(shift + step + 1, -1);
  }
  pen.stroke();
  return tile;
}
