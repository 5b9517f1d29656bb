/* Undo and redo: buttons and keys, as far back as the draft goes. The server says what there is to take
   back, also after a reload; what never left this browser is taken out of the queue. */

import { say } from "../../../geogrid/js/words.js";

const SAID = {
  undo_latest: () => say("Undone."),
  redo_latest: () => say("Done again."),
};

export function addUndo(desk) {
  const buttons = { undo: document.getElementById("undo"), redo: document.getElementById("redo") };
  const { draft } = desk;
  let told = desk.undoable ?? { undo: false, redo: false };
  const can = () => {
    const { waiting, takenBack } = draft.outbox;
    const last = waiting[waiting.length - 1]?.verb;
    return {
      undo: told.undo || waiting.some(({ verb }) => verb !== "undo_latest"),
      redo: takenBack > 0 || last === "undo_latest" || (told.redo && (!last || last === "redo_latest")),
    };
  };
  const show = () => {
    const now = can();
    for (const way of ["undo", "redo"]) buttons[way]?.setAttribute("aria-disabled", String(!now[way]));
  };
  const back = (way) => {
    desk.tool?.keys?.settle(); // what was nudged last is the first to be taken back
    desk.refuse(null);
    if (!can()[way]) desk.announce(way === "undo" ? say("There is nothing of yours to take back.") : say("There is nothing to do again."));
    else draft[way]();
  };
  desk.undo = () => back("undo");
  desk.redo = () => back("redo");
  for (const way of ["undo", "redo"]) {
    buttons[way]?.addEventListener("click", () => buttons[way].getAttribute("aria-disabled") !== "true" && back(way));
  }
  draft.on("landed", ({ entry, answer }) => {
    told = answer.undoable ?? told;
    show();
    if (entry.verb in SAID) desk.announce(SAID[entry.verb]());
  });
  draft.on("refused", ({ entry, error }) => {
    if (entry.verb in SAID && error?.code === "territory.nothing_to_undo") told = { ...told, [entry.verb.split("_")[0]]: false };
    show();
  });
  draft.on("cancelled", () => {
    show();
    desk.announce(say("Taken back before it was sent."));
  });
  draft.on("news", ({ undoable }) => {
    told = undoable ?? told;
    show();
  });
  draft.on("state", show);
  show();
}
