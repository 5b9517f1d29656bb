/* Who did what when: the moments that have a name, then all steps, the latest first. Back to any of
   them in one step, which can be undone too. */

import { icon } from "../../../geogrid/js/icons.js";
import { say } from "../../../geogrid/js/words.js";
import { timeWords } from "../naming.js";
import { backButton, chip, nameButton, namedMoments } from "./moments.js";

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
      const [list, named] = await Promise.all([read(desk.config.urls.history), read(desk.config.urls.moments)]);
      panel.replaceChildren(...namedMoments(desk, named, load), list.length ? rowsOf(desk, list, named, load) : nothingYet());
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

async function read(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error();
  return answer.json();
}

function rowsOf(desk, list, named, again) {
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
    const moment = named.find((one) => one.revision === edit.revision);
    if (moment) what.prepend(chip(moment.name));
    if (desk.editable) {
      const bar = document.createElement("div");
      bar.className = "bar";
      bar.append(nameButton(desk, { revision: edit.revision, name: moment?.name ?? "", words: edit.words }, again));
      if (i > 0) bar.append(backButton(desk, edit));
      side.append(bar);
    }
    row.append(icon(ICONS[edit.verb] ?? "vertex"), what, side);
    rows.append(row);
  }
  return rows;
}

function nothingYet() {
  const words = document.createElement("p");
  words.className = "muted small";
  words.textContent = say("Nothing has been changed in this draft yet.");
  return words;
}
