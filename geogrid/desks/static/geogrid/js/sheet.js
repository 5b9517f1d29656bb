/* The phone's bottom sheet: three stops, and a grip that is a button for whoever cannot drag.
 *
 *   <main class="mapdesk has-sheet"><section class="side"><button class="grip" ...></button>..</section>
 *   openSheet(document.querySelector(".side"), { stop: 57 });
 */

import { say } from "./words.js";

export const STOPS = [25, 57, 92]; // % of the frame's height
const FLICK_PX_PER_MS = 0.5;
const GAP_PX = 4;

/** The stop a released sheet goes to: the nearest, or the next one in the direction of a flick. */
export function restingStop(percent, speed) {
  if (speed > FLICK_PX_PER_MS) return STOPS.filter((stop) => stop < percent).pop() || STOPS[0];
  if (speed < -FLICK_PX_PER_MS) return STOPS.find((stop) => stop > percent) || STOPS[STOPS.length - 1];
  return STOPS.reduce((best, stop) => (Math.abs(stop - percent) < Math.abs(best - percent) ? stop : best));
}

/** Make `side` a sheet; returns {goTo(stop), stop}. Fires "sheetstop" on it with {stop}. */
export function openSheet(side, options) {
  const grip = side.querySelector(".grip");
  const large = document.documentElement.classList.contains("large");
  const sheet = {
    stop: null,
    /** Pages ask for a stop; large type has no room for the middle one. */
    goTo(stop) {
      sheet.rest(large && stop === STOPS[1] ? STOPS[2] : stop);
    },
    rest(stop) {
      sheet.stop = stop;
      side.dataset.stop = String(stop);
      setHeight(side, stop);
      if (grip) {
        grip.setAttribute("aria-expanded", String(stop > STOPS[0]));
        grip.setAttribute("aria-label", stop === STOPS[2] ? say("Make the card smaller") : say("Make the card larger"));
      }
      side.dispatchEvent(new CustomEvent("sheetstop", { detail: { stop } }));
    },
  };
  if (grip) {
    // One press goes up, from the top all the way down.
    grip.addEventListener("click", () => {
      if (!grip.dataset.dragged) sheet.rest(STOPS[(STOPS.indexOf(sheet.stop) + 1) % STOPS.length]);
    });
    listenToDrag(grip, side, sheet);
  }
  window.addEventListener("resize", () => sheet.rest(sheet.stop));
  sheet.goTo((options && options.stop) || STOPS[1]);
  return sheet;
}

/* Never over the search bar, however large its type. */
function setHeight(side, percent) {
  const frame = side.parentElement.getBoundingClientRect();
  const bar = side.parentElement.querySelector(".searchbar");
  const above = bar ? bar.getBoundingClientRect().bottom - frame.top + GAP_PX : 0;
  const height = Math.min((frame.height * percent) / 100, frame.height - above);
  side.parentElement.style.setProperty("--sheet", `${Math.round(height)}px`);
}

function listenToDrag(grip, side, sheet) {
  let from = null;
  const percentAt = (event) => {
    const frame = side.parentElement.getBoundingClientRect();
    const height = Math.round(frame.height * from.percent / 100) - (event.clientY - from.y);
    return Math.max(12, Math.min(STOPS[2], (height / frame.height) * 100));
  };
  grip.addEventListener("pointerdown", (event) => {
    from = { y: event.clientY, percent: sheet.stop, at: event.timeStamp };
    delete grip.dataset.dragged;
    grip.setPointerCapture(event.pointerId);
    side.classList.add("dragging");
  });
  grip.addEventListener("pointermove", (event) => {
    if (!from || Math.abs(event.clientY - from.y) < 6) return;
    grip.dataset.dragged = "yes";
    setHeight(side, percentAt(event));
  });
  const release = (event) => {
    if (!from) return;
    side.classList.remove("dragging");
    if (grip.dataset.dragged) {
      const speed = (event.clientY - from.y) / Math.max(1, event.timeStamp - from.at);
      sheet.rest(restingStop(percentAt(event), speed));
      // The click that follows a drag is not a press.
      setTimeout(() => delete grip.dataset.dragged, 50);
    }
    from = null;
  };
  grip.addEventListener("pointerup", release);
  grip.addEventListener("pointercancel", release);
}
