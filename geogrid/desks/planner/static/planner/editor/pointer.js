/* The pointer on the map: what it does goes to the tool, and the map moves when the tool does not
   want it.

   watchPointer(desk): calls tool.click(at), .doubleClick(at), .press(at) -> drag | null, .hover(at)
   at: {steps: [x, y], px: {x, y}, shift}    drag: {move(at), end(at), cancel()} */

export function watchPointer(desk) {
  const { map } = desk;
  const frame = map.getContainer();
  let drag = null;
  let swallow = false;
  let hovering = null;

  const place = (event) => {
    const px = map.mouseEventToContainerPoint(event);
    return { px, steps: desk.projection.steps(map.containerPointToLatLng(px)), shift: event.shiftKey };
  };
  const onMap = (event) => !event.target.closest(".leaflet-control, .ib, a, button");

  frame.addEventListener("pointerdown", (event) => {
    swallow = false;
    desk.cursor.shown = false;
    delete frame.dataset.keys;
    if (event.button !== 0 || !event.isPrimary || !desk.editable || !onMap(event)) return;
    drag = desk.tool.press(place(event));
    if (!drag) return;
    map.dragging.disable();
    frame.setPointerCapture(event.pointerId);
    frame.classList.add("dragging-shape");
  });

  frame.addEventListener("pointermove", (event) => {
    if (drag) {
      swallow = true;
      drag.move(place(event));
      return;
    }
    if (hovering !== null) return;
    hovering = requestAnimationFrame(() => {
      hovering = null;
      if (!drag) desk.tool?.hover?.(place(event));
    });
  });

  const end = (event, how) => {
    if (!drag) return;
    const done = drag;
    drag = null;
    map.dragging.enable();
    frame.classList.remove("dragging-shape");
    if (how === "end") done.end(place(event));
    else done.cancel();
  };
  frame.addEventListener("pointerup", (event) => end(event, "end"));
  frame.addEventListener("pointercancel", (event) => end(event, "cancel"));
  frame.addEventListener("pointerleave", () => !drag && desk.tool?.leave?.());
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag) end(event, "cancel");
  }, true);

  map.on("click", ({ originalEvent }) => {
    if (swallow || !onMap(originalEvent)) {
      swallow = false;
      return;
    }
    desk.tool.click(place(originalEvent));
  });
  map.on("dblclick", ({ originalEvent }) => desk.tool.doubleClick?.(place(originalEvent)));
  map.doubleClickZoom.disable();
}
