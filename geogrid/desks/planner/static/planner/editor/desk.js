/* The boundary editor: loads the draft, opens the map, and puts the parts together. */

import { openMap, readConfig } from "../../geogrid/js/map.js";
import { say } from "../../geogrid/js/words.js";
import { announcer } from "./announce.js";
import { Desk } from "./desk_state.js";
import { Draft } from "./draft.js";
import { learnPart } from "./holds.js";
import { watchKeyboard } from "./keyboard.js";
import { LayersMenu } from "./layers_menu.js";
import { Mesh } from "./mesh.js";
import { nameTools } from "./naming.js";
import { addPanels } from "./panels/panels.js";
import { PlanLabels } from "./plan_labels.js";
import { watchPointer } from "./pointer.js";
import { Strip } from "./strip.js";
import { addTools } from "./toolbar.js";

const CLOSEST_ZOOM = 22; // a wall is 30 px thick there
const config = readConfig("draft-config");
const element = document.getElementById("desk");
const said = announcer(document.getElementById("said"));
const opened = openMap(document.getElementById("map"), {
  ...config.map, locate: false, closest: CLOSEST_ZOOM, label: say("Map of the draft. Everything on it is also in the table; Tab leads to both."),
});

async function start() {
  let json;
  try {
    const answer = await fetch(config.urls.grids, { headers: { Accept: "application/json" } });
    json = await answer.json();
    if (!answer.ok) throw new Error(json.message);
  } catch (error) {
    said(error.message || say("The draft cannot be loaded. Try again in a moment."));
    document.querySelector("#saved [data-words]").textContent = say("Not loaded");
    return;
  }
  const arrived = performance.now();
  const mesh = Mesh.fromGrids(json);
  learnPart(mesh, json.drawn_by_me);
  const draft = new Draft({ mesh, config });
  const desk = new Desk({ config: { ...config, range: json.range, may: json.may }, undoable: json.undoable, opened, mesh, draft, announce: said });
  nameTools(desk);
  opened.labels.addSource(new PlanLabels(desk));
  desk.layersMenu = new LayersMenu(desk);
  addTools(desk);
  watchPointer(desk);
  watchKeyboard(desk);
  new Strip(desk, document.getElementById("strip"));
  addPanels(desk);
  desk.use("select");
  desk.redraw();
  draft.start();
  desk.readyMs = Math.round(performance.now() - arrived);
  const wanted = new URLSearchParams(window.location.hash.slice(1)).get("grid");
  if (mesh.grids.has(wanted)) desk.select(wanted, { fit: true }); // where another page points to
  element.desk = desk;
  element.dataset.ready = "";
}

start();
