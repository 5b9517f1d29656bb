/* Undo and redo: buttons and keys, as far back as the draft goes. */

import { say } from "../../../geogrid/js/words.js";

export function addUndo(desk) {
  desk.undo = () => back("undo");
  desk.redo = () => back("redo");
  const buttons = { undo: document.getElementById("undo"), redo: document.getElementById("redo") };
  if (!buttons.undo) return;
  const can = { undo: desk.mesh.revision > 0, redo: false };
  const show = () => {
    for (const way of ["undo", "redo"]) buttons[way].setAttribute("aria-disabled", String(!can[way]));
  };
  const back = (way) => {
    desk.tool?.keys?.settle(); // what was nudged last is the first to be taken back
    desk.refuse(null);
    desk.draft[way]();
    desk.announce(way === "undo" ? say("Undone.") : say("Done again."));
  };
  for (const way of ["undo", "redo"]) {
    buttons[way].addEventListener("click", () => buttons[way].getAttribute("aria-disabled") !== "true" && back(way));
  }
  desk.draft.on("landed", ({ entry }) => {
    can.undo = true;
    can.redo = entry.verb === "undo_latest" || (entry.verb === "redo_latest" && can.redo);
    show();
  });
  desk.draft.on("refused", ({ entry }) => {
    if (entry.verb === "undo_latest") can.undo = false;
    if (entry.verb === "redo_latest") can.redo = false;
    show();
  });
  desk.on("undoable", (told) => {
    Object.assign(can, told);
    show();
  });
  show();
}
