/* What a map shows comes over the network. Where it does not, the map says so and offers to try
   again, instead of staying empty for ever.

   loadOrSay(url, box, show) -> Promise of whether it was shown; `show(json)` may be called later */

import { say } from "./words.js";

export async function loadOrSay(url, box, show) {
  const told = await ask(url);
  box.querySelector(":scope > .mapnote")?.remove();
  if (told.json !== undefined) {
    await show(told.json);
    return true;
  }
  const note = document.createElement("div");
  note.className = "note warn mapnote";
  note.dataset.coversMap = "";
  note.setAttribute("role", "alert");
  const words = document.createElement("span");
  words.textContent = told.words;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn";
  again.textContent = say("Try again");
  again.addEventListener("click", () => loadOrSay(url, box, show));
  note.append(words, again);
  box.append(note);
  return false;
}

async function ask(url) {
  let answer;
  try {
    answer = await fetch(url, { headers: { Accept: "application/json" } });
  } catch {
    return { words: say("The map cannot be loaded: the network is away.") };
  }
  if (answer.redirected) return { words: say("You are signed out. Sign in again and load the page anew.") };
  if (!answer.ok) return { words: say("The map cannot be loaded.") };
  try {
    return { json: await answer.json() };
  } catch {
    return { words: say("The map cannot be loaded.") };
  }
}
