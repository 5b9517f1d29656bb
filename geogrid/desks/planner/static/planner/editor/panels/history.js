/* Who did what when, the latest first; back to any moment in one step, which can be undone too. */

import { icon } from "../../../geogrid/js/icons.js";
import { say } from "../../../geogrid/js/words.js";
import * as commands from "../commands.js";
import { timeWords } from "../naming.js";
import { button } from "../strip.js";
import { openDialog } from "./dialog.js";

const ICONS = {
  split: "split", merge: "merge", claim: "hand", cut_out: "dedicated", move_border: "border", straighten: "straight",
  snap_to_street: "snap", describe: "tag", renumber: "tag", move_to_parent: "tag", undo: "undo", return_to: "history",
};
const ASK_AFTER_MS = 600;

export function addHistory(desk, panel) {
  let timer = null;
  let stale = true;
  const visible = () => !panel.hidden;
  const load = async () => {
    stale = false;
    try {
      const answer = await fetch(desk.config.urls.history, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error();
      const list = await answer.json();
      desk.emit("undoable", {
        undo: list.some((edit) => edit.mine && !edit.undone && edit.verb !== "undo"),
      });
      panel.replaceChildren(list.length ? rowsOf(desk, list) : nothingYet());
    } catch {
      stale = true;
    }
  };
  desk.on("changed", () => {
    stale = true;
    window.clearTimeout(timer);
    if (visible()) timer = window.setTimeout(load, ASK_AFTER_MS);
  });
  document.getElementById("tab-history").addEventListener("shown", () => stale && load());
  load();
}

function rowsOf(desk, list) {
  const rows = document.createElement("ol");
  rows.className = "historylist";
  for (const [i, edit] of list.entries()) {
    const row = document.createElement("li");
    if (edit.undone) row.className = "undone";
    const what = document.createElement("div");
    const words = document.createElement("span");
    words.className = "words";
    words.textContent = edit.words;
    const who = document.createElement("small");
    who.textContent = [edit.mine ? say("you") : edit.by, edit.undone ? say("taken back") : "", edit.reason].filter(Boolean).join(" · ");
    what.append(words, who);
    const side = document.createElement("div");
    const time = document.createElement("time");
    time.dateTime = edit.at;
    time.textContent = timeWords(edit.at, desk.config.timezone);
    side.append(time);
    if (desk.editable && i > 0) {
      const back = button(say("Back to here"), () => askReturn(desk, edit), { kind: "quiet", name: "return" });
      back.setAttribute("aria-label", say("Back to here: %(words)s", { words: edit.words }));
      side.append(document.createElement("br"), back);
    }
    row.append(icon(ICONS[edit.verb] ?? "vertex"), what, side);
    rows.append(row);
  }
  return rows;
}

function askReturn(desk, edit) {
  openDialog({
    title: say("Back to that moment?"),
    lead: say("Every grid becomes again what it was after “%(words)s”, also what others drew since. It is one step, and can be undone.", { words: edit.words }),
    fields: [],
    submit: say("Go back"),
    onSubmit: () => {
      desk.carryOut(() => commands.returnTo({ revision: edit.revision }));
      return true;
    },
  });
}

function nothingYet() {
  const words = document.createElement("p");
  words.className = "muted small";
  words.textContent = say("Nothing has been changed in this draft yet.");
  return words;
}
