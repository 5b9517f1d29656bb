/* Today's stops: the list comes from the server in either order, the map follows it. Nothing here
   is needed to read the list, open a stop or filter. */

import { syncList } from "../geogrid/js/list_sync.js";
import { say } from "../geogrid/js/words.js";
import { canLocate, locate, permission } from "./position.js";
import { StopsMap, deliveredStops } from "./stops_map.js";

const main = document.getElementById("main");
const state = document.getElementById("position-state");
const button = document.getElementById("locate");
const list = document.getElementById("stops");
const PARTS = { count: "round-title", order: "round-order", stops: "stops", cta: "cta" };

const map = new StopsMap(document.getElementById("map"), { way: true, onChoose: chooseOnMap });
const sync = syncList(list, { attribute: "stop", onHover: (key) => map.current(key) });

function chooseOnMap(key) {
  sync.current(key);
  const link = list.querySelector(`[data-stop="${key}"]`);
  if (link) link.focus({ preventScroll: true });
}

function tell(sentence) {
  state.textContent = sentence;
  state.hidden = !sentence;
}

/** Ask the phone, then the server, for the list from here. */
async function fromHere() {
  tell(say("Looking for your position …"));
  let here;
  try {
    here = await locate();
  } catch (error) {
    tell(error.message);
    return;
  }
  try {
    const answer = await fetch(main.dataset.nearby, { method: "POST", body: question(here) });
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json(), here);
    tell("");
  } catch (error) {
    tell(say("No connection: this is the list as it was loaded."));
  }
}

function question(here) {
  const body = new FormData(document.getElementById("filter"));
  body.set("lon", here.lon.toFixed(7));
  body.set("lat", here.lat.toFixed(7));
  body.set("accuracy", Math.round(here.accuracy));
  body.set("csrfmiddlewaretoken", document.querySelector("#token input").value);
  return body;
}

function show(answer, here) {
  for (const [part, id] of Object.entries(PARTS)) {
    document.getElementById(id).innerHTML = answer.html[part];
  }
  map.show(answer.stops, here);
}

async function start() {
  map.show(deliveredStops(), null);
  map.showGrids();
  if (!canLocate()) return;
  button.hidden = false;
  button.addEventListener("click", fromHere);
  const allowed = await permission();
  if (allowed === "granted") fromHere();
  if (allowed === "denied") tell(say("Position not allowed: sorted by due date"));
}

start();
