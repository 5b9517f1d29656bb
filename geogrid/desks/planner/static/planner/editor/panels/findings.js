/* What is to be seen to before the plan can come into force, each with its place on the map. */

import { icon } from "../../../geogrid/js/icons.js";
import { say } from "../../../geogrid/js/words.js";
import { boundsOf } from "../refusal_drawing.js";
import { button } from "../strip.js";

const ASK_AFTER_MS = 1500;

export function addFindings(desk, panel, count) {
  let timer = null;
  let stale = true;
  const load = async () => {
    stale = false;
    try {
      const answer = await fetch(desk.config.urls.findings, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error();
      show(await answer.json());
    } catch {
      stale = true;
    }
  };
  const show = (list) => {
    count.textContent = list.length || "";
    if (!list.length) {
      panel.replaceChildren(empty());
      return;
    }
    const rows = document.createElement("ul");
    rows.className = "rows findinglist";
    rows.append(...list.map((finding) => rowOf(desk, finding)));
    panel.replaceChildren(rows);
  };
  desk.on("changed", () => {
    stale = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(load, ASK_AFTER_MS);
  });
  document.getElementById("tab-findings").addEventListener("shown", () => stale && load());
  load();
}

function rowOf(desk, { message, lineage, where, stops }) {
  const row = document.createElement("li");
  row.className = stops ? "stops" : "";
  const words = document.createElement("p");
  words.className = "grow";
  words.textContent = message;
  const mark = document.createElement("span");
  mark.className = "vh";
  mark.textContent = stops ? say("Stops the plan:") : say("To be judged:");
  words.prepend(mark, " ");
  row.append(icon(stops ? "warn" : "info"), words);
  const bounds = boundsOf(where);
  if (bounds) {
    row.append(button(say("Show"), () => {
      const [west, south, east, north] = bounds;
      if (lineage) desk.select(lineage);
      desk.opened.fit(window.L.latLngBounds([[south, west], [north, east]]), { maxZoom: 18 });
      desk.announce(message);
    }, { kind: "plain", name: "zoom" }));
  }
  return row;
}

function empty() {
  const box = document.createElement("div");
  box.className = "empty";
  const title = document.createElement("strong");
  title.textContent = say("Nothing stands in the way.");
  box.append(icon("check"), title);
  return box;
}
