/* Named moments of a draft: the way back to what somebody thought worth keeping.

   namedMoments(desk, list, again) -> elements    again(): load the history anew
   nameButton(desk, {revision, name, words}, again)   backButton(desk, {revision, words})   chip(words) */

import { iconButton } from "../../../geogrid/js/icons.js";
import { say } from "../../../geogrid/js/words.js";
import { asked } from "../asked.js";
import * as commands from "../commands.js";
import { timeWords } from "../naming.js";
import { button } from "../strip.js";
import { openDialog, textField } from "./dialog.js";

export function namedMoments(desk, list, again) {
  const head = document.createElement("div");
  head.className = "hd";
  const title = document.createElement("h2");
  title.textContent = say("Named moments");
  head.append(title);
  if (desk.editable) head.append(button(say("Name this moment"), () => askName(desk, { revision: desk.mesh.revision, name: nameAt(list, desk.mesh.revision) }, again), { kind: "quiet", symbol: "star", name: "name-now" }));
  if (!list.length) return desk.editable ? [head] : [];
  const rows = document.createElement("ol");
  rows.className = "momentlist";
  for (const moment of list) rows.append(rowOf(desk, moment, again));
  return [head, rows];
}

function rowOf(desk, moment, again) {
  const row = document.createElement("li");
  const what = document.createElement("div");
  const name = document.createElement("b");
  name.textContent = moment.name;
  const who = document.createElement("small");
  who.textContent = [moment.by, timeWords(moment.at, desk.config.timezone), say("step %(number)s", { number: moment.revision })].filter(Boolean).join(" · ");
  what.append(name, who);
  row.append(what);
  if (!desk.editable) return row;
  const bar = document.createElement("div");
  bar.className = "bar";
  bar.append(nameButton(desk, { ...moment, words: moment.name }, again, "edit"));
  if (moment.revision < desk.mesh.revision) bar.append(backButton(desk, { revision: moment.revision, words: moment.name }));
  row.append(bar);
  return row;
}

const nameAt = (list, revision) => list.find((one) => one.revision === revision)?.name ?? "";

export function nameButton(desk, moment, again, symbol = "star") {
  const words = moment.name ? say("Rename or forget the moment “%(name)s”", { name: moment.name }) : say("Name this moment: %(words)s", { words: moment.words });
  const one = iconButton(symbol, words);
  one.dataset.action = "name-moment";
  one.addEventListener("click", () => askName(desk, moment, again));
  return one;
}

export function backButton(desk, { revision, words }) {
  const back = button(say("Back to here"), () => askReturn(desk, revision, words), { kind: "quiet", name: "return" });
  back.setAttribute("aria-label", say("Back to here: %(words)s", { words }));
  return back;
}

export function chip(words) {
  const one = document.createElement("span");
  one.className = "chip";
  one.textContent = words;
  return one;
}

function askName(desk, { revision, name }, again) {
  const field = textField("moment", say("Name"), {
    value: name, most: 80, required: !name, hint: name ? say("Empty it to forget the name. What was drawn stays in the history.") : "",
  });
  openDialog({
    title: name ? say("Rename the moment") : say("Name this moment"),
    fields: [field.element],
    submit: say("Save"),
    onSubmit: () => {
      if (!field.check()) return false;
      send(desk, { revision, name: field.value }, again);
      return true;
    },
  });
}

async function send(desk, body, again) {
  try {
    await asked(desk, desk.config.urls.moment, body);
    desk.announce(body.name ? say("The moment is called “%(name)s” now.", body) : say("The name is forgotten."));
    await again();
  } catch (error) {
    desk.announce(error.message);
  }
}

function askReturn(desk, revision, words) {
  openDialog({
    title: say("Back to that moment?"),
    lead: say("Every grid becomes again what it was after “%(words)s”, also what others drew since. It is one step, and can be undone.", { words }),
    fields: [],
    submit: say("Go back"),
    onSubmit: () => {
      desk.carryOut(() => commands.returnTo({ revision }));
      return true;
    },
  });
}
