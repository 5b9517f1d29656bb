/* A refusal stands beside the place it is about, with what can be done; Escape gives up. The server's
   refusals arrive here too. */

import { icon } from "../../../geogrid/js/icons.js";
import { say } from "../../../geogrid/js/words.js";
import { beside } from "../placing.js";
import { boundsOf } from "../refusal_drawing.js";
import { serverRefusal } from "../refusals.js";
import { button } from "../strip.js";

export function addCallout(desk, box) {
  let anchor = null;
  const place = () => {
    if (box.hidden) return;
    const about = anchor && onScreen(desk, anchor);
    const [left, top] = beside(desk.map.getSize(), { x: box.offsetWidth, y: box.offsetHeight }, about, covering(box));
    box.style.left = `${left}px`;
    box.style.top = `${top}px`;
  };
  desk.map.on("move zoomend resize", place);

  desk.on("refusal", (refusal) => {
    const held = box.contains(document.activeElement);
    box.hidden = !refusal;
    if (!refusal) {
      if (held) desk.map.getContainer().focus({ preventScroll: true });
      return;
    }
    box.className = `callout refusal ${refusal.kind ?? ""}`.trim();
    box.dataset.code = refusal.code;
    box.replaceChildren(...contents(desk, refusal));
    const bounds = refusal.around ?? boundsOf(refusal.where);
    anchor = bounds;
    bringIntoView(desk, bounds);
    place();
    const frame = desk.map.getContainer();
    // The keyboard goes to the answer only where it was used for the question.
    if (document.activeElement === frame && "keys" in frame.dataset) box.querySelector("button")?.focus();
  });

  desk.draft.on("refused", ({ entry, error }) => {
    const again = (unlock) => desk.carryOut({ verb: entry.verb, arguments: entry.arguments }, { change: entry.change, unlock });
    desk.refuse(serverRefusal(desk, entry, error, again));
  });
}

function onScreen(desk, [west, south, east, north]) {
  const least = desk.map.latLngToContainerPoint([north, west]);
  const most = desk.map.latLngToContainerPoint([south, east]);
  return [least.x, least.y, most.x, most.y];
}

/** What else lies on the map to be read or pressed, in pixels of the map. */
function covering(box) {
  const stage = box.parentElement.getBoundingClientRect();
  return [...box.parentElement.querySelectorAll("[data-covers-map], .leaflet-control")].filter((one) => one !== box && one.offsetWidth).map((one) => {
    const { left, top, right, bottom } = one.getBoundingClientRect();
    return [left - stage.left, top - stage.top, right - stage.left, bottom - stage.top];
  });
}

function contents(desk, { title, sentence, suggestion, actions, giveUp = say("Give up") }) {
  const head = document.createElement("h2");
  head.append(icon("warn"), document.createTextNode(title));
  const parts = [head, line(sentence)];
  if (suggestion) parts.push(line(suggestion, "muted"));
  const bar = document.createElement("p");
  bar.className = "bar";
  for (const { word, run, kind = "soft" } of actions) {
    bar.append(button(word, () => {
      desk.refuse(null);
      run();
    }, { kind }));
  }
  if (giveUp) bar.append(button(actions.length ? giveUp : say("Understood"), () => desk.refuse(null), { name: "give-up" }));
  parts.push(bar);
  return parts;
}

function line(words, kind = "") {
  const one = document.createElement("p");
  one.className = kind;
  one.textContent = words;
  return one;
}

/** The place is shown when it cannot be seen, or is too small to be understood. */
function bringIntoView(desk, bounds) {
  if (!bounds) return;
  const [west, south, east, north] = bounds;
  const box = window.L.latLngBounds([[south, west], [north, east]]);
  if (!desk.map.getBounds().contains(box)) desk.opened.fit(box.pad(1), { maxZoom: 18, animate: false });
}
