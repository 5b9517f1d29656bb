/* The panels beside the map: tabs, and what lives in them. */

import { addCallout } from "./callout.js";
import { addChosen } from "./chosen.js";
import { addConflicts } from "./conflicts.js";
import { addFindings } from "./findings.js";
import { addGridForms } from "./grid_forms.js";
import { addGridTable } from "./grid_table.js";
import { addHistory } from "./history.js";
import { addKeysHelp } from "./keys_help.js";
import { addSaved } from "./saved.js";
import { addUndo } from "./undo.js";
import { addWaiting } from "./waiting.js";

export function addPanels(desk) {
  addTabs();
  addCallout(desk, document.getElementById("refusal"));
  addSaved(desk, document.getElementById("saved"));
  addUndo(desk);
  addChosen(desk, document.getElementById("chosen"));
  addGridForms(desk);
  addGridTable(desk, document.getElementById("panel-grids"));
  addFindings(desk, document.getElementById("panel-findings"), document.getElementById("findings-count"));
  addHistory(desk, document.getElementById("panel-history"));
  addConflicts(desk);
  addWaiting(desk);
  whenShown("proposals", async (panel) => (await import("./proposals.js")).addProposals(desk, panel));
  whenShown("cells", async (panel) => (await import("./cells_panel.js")).addCells(desk, panel));
  addKeysHelp(document.getElementById("keys-help"));
  if (desk.config.urls.backgrounds) addBackgrounds(desk);
}

/** Their menu comes after the desk: where the line broke meanwhile, with the next one. */
function addBackgrounds(desk) {
  import("../backgrounds/in_menu.js").then(({ addBackgrounds: add }) => add(desk))
    .catch(() => window.addEventListener("online", () => addBackgrounds(desk), { once: true }));
}

/** What is rarely looked at is loaded when somebody does; shown again, it is asked for again if that failed. */
function whenShown(name, load) {
  const tab = document.getElementById(`tab-${name}`);
  let done = false;
  tab?.addEventListener("shown", () => {
    if (done) return;
    done = true;
    load(document.getElementById(`panel-${name}`)).catch(() => { done = false; });
  });
}

/** Arrow keys move along the tabs, as the pattern has it. */
function addTabs() {
  const list = document.querySelector(".paneltabs");
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const show = (tab) => {
    for (const one of tabs) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = one !== tab;
    }
    tab.dispatchEvent(new CustomEvent("shown", { bubbles: true }));
  };
  for (const tab of tabs) tab.addEventListener("click", () => show(tab));
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = tabs[(tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length];
    show(next);
    next.focus();
  });
}
