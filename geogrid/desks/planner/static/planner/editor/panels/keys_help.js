/* All keys of the map in one place. */

import { say } from "../../../geogrid/js/words.js";
import { openDialog } from "./dialog.js";

export function addKeysHelp(press) {
  press.addEventListener("click", () => {
    const list = document.createElement("dl");
    list.className = "keylist";
    for (const [keys, words] of rows()) {
      const term = document.createElement("dt");
      for (const key of keys) {
        const cap = document.createElement("kbd");
        cap.textContent = key;
        term.append(cap, " ");
      }
      const said = document.createElement("dd");
      said.textContent = words;
      list.append(term, said);
    }
    openDialog({ title: say("Keys on the map"), lead: say("They count while the map has the keyboard: Tab leads there."), fields: [list], submit: "", onSubmit: () => true });
  });
}

function rows() {
  return [
    [["Enter"], say("choose the grid under the cross; send what is drawn")],
    [["N", "P"], say("next and previous vertex or border of the chosen grid")],
    [[say("Arrows")], say("move the vertex, the border or the cursor; otherwise the map")],
    [["Shift"], say("with arrows: five times as far")],
    [["I"], say("insert a vertex behind the chosen one")],
    [["Delete"], say("take the chosen vertex out")],
    [[say("Space")], say("put a point of a line or lasso under the cursor; choose a block or building")],
    [["Backspace"], say("take the last point back")],
    [["Esc"], say("give up")],
    [["Ctrl", "Z"], say("undo")],
    [["Ctrl", "Shift", "Z"], say("redo")],
  ];
}
