/* Keys. On the map: Enter chooses what is under the cross, N and P step through vertices, and what
   the tool wants; anywhere: undo, redo. Letters typed into a field stay letters.

   A drawing tool gets a cursor of its own, which the arrows move; otherwise they move the map. */

const CURSOR_PX = 8;
const EDGE_PX = 40;
const TOWARDS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function watchKeyboard(desk) {
  const frame = desk.map.getContainer();
  // Before Leaflet's own, which would move the map.
  frame.addEventListener("keyup", () => { frame.dataset.keys = ""; }); // the cross is for keyboards
  frame.addEventListener("keydown", (event) => {
    frame.dataset.keys = "";
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== frame) return;
    if (!onMap(desk, event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && !event.defaultPrevented) {
      if (desk.refusal) desk.refuse(null);
      else desk.tool.escape();
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey || isField(event.target) || !desk.editable) return;
    const name = event.key.toLowerCase();
    if (name === "z") event.shiftKey ? desk.redo() : desk.undo();
    else if (name === "y") desk.redo();
    else return;
    event.preventDefault();
  });
}

function onMap(desk, event) {
  if (event.key === "Escape") return escaped(desk);
  if (desk.tool.key(event)) return true;
  if (desk.tool.movesCursor && event.key in TOWARDS) return moveCursor(desk, TOWARDS[event.key], event.shiftKey ? 5 : 1);
  if (event.key !== "Enter" && event.key !== " ") return false;
  desk.tool.click(atCursor(desk));
  return true;
}

function escaped(desk) {
  if (!desk.refusal) return desk.tool.escape();
  desk.refuse(null);
  return true;
}

/** Where the keyboard points: the tool's cursor, or the middle of the map. */
export function atCursor(desk) {
  const size = desk.map.getSize();
  const [x, y] = desk.cursor.shown ? desk.cursor.at : [size.x / 2, size.y / 2];
  return { px: { x, y }, steps: desk.projection.steps(desk.map.containerPointToLatLng([x, y])), shift: false };
}

export function moveCursor(desk, [right, down], times = 1) {
  const size = desk.map.getSize();
  if (!desk.cursor.shown) desk.cursor = { shown: true, at: [size.x / 2, size.y / 2] };
  let [x, y] = desk.cursor.at;
  x += right * CURSOR_PX * times;
  y += down * CURSOR_PX * times;
  const pan = [over(x, size.x), over(y, size.y)];
  if (pan[0] || pan[1]) {
    desk.map.panBy(pan, { animate: false });
    x -= pan[0];
    y -= pan[1];
  }
  desk.cursor.at = [x, y];
  desk.tool.hover?.(atCursor(desk));
  desk.repaint();
  return true;
}

function over(value, size) {
  return value < EDGE_PX ? value - EDGE_PX : value > size - EDGE_PX ? value - size + EDGE_PX : 0;
}

function isField(target) {
  return target instanceof Element && Boolean(target.closest("input, textarea, select, [contenteditable]"));
}
