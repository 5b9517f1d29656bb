/* The public map: a click, a row, a search or a position leads to one grid's card. Everything shown in
   the panel is a part of a page that also exists without scripts, fetched by its own address. */

import { GridLayer } from "../geogrid/js/grids.js";
import { PlaceLayer } from "../geogrid/js/badges.js";
import { openMap, readConfig } from "../geogrid/js/map.js";
import { openSheet } from "../geogrid/js/sheet.js";
import { syncList } from "../geogrid/js/list_sync.js";
import { Panel } from "./panel.js";
import { answerPosition } from "./position_answer.js";
import { wireSearch } from "./search.js";

const { gettext } = window;
const config = readConfig();
const page = document.querySelector("main.pub");
const panel = new Panel(page, config);

start().catch((problem) => {
  // The drawn map and the links stay; they need no script.
  document.body.classList.remove("scripted");
  page.classList.remove("live");
  console.warn(problem);
});

async function start() {
  document.body.classList.add("scripted");
  const grip = page.querySelector("[data-grip]");
  grip.hidden = false;
  const sheet = openSheet(page.querySelector(".side"), { stop: 57 });
  const collection = await (await fetch(config.grids_url)).json();
  page.classList.add("live");
  const opened = openMap(document.getElementById("map"), config);
  const grids = new GridLayer(collection).addTo(opened.map);
  page.querySelector("[data-drawn]").remove();
  connect(opened, grids, sheet);
}

function connect(opened, grids, sheet) {
  const showPlace = wireSearch(page, panel, config);
  const list = syncList(panel.body, { attribute: "grid", onHover: (code) => grids.hover(code) });
  panel.onShow = ({ code, lon, lat, place, quiet }) => {
    grids.select(code);
    list.current(code);
    if (place) showPlace(place);
    if (lon == null) opened.unpin();
    else opened.pin([lat, lon], { label: place });
    if (code && !quiet) {
      sheet.goTo(57);
      grids.fit(code);
    }
  };
  grids.on("gridclick", ({ code, originalEvent }) => {
    if (code) panel.openGrid({ code, focus: originalEvent instanceof KeyboardEvent });
    else panel.say(gettext("This place lies outside of the area."), "warn");
  });
  grids.on("gridhover", ({ code }) => panel.mark(code));
  opened.map.on("geogrid:position", ({ latlng, accuracy }) => {
    answerPosition({ panel, config, latlng, accuracy, titles: (code) => nameOf(grids, code) });
  });
  wirePlaces(opened);
  wireOptions();
  panel.listen();
  if (!panel.shown().code) grids.fit(null, { animate: false });
  panel.onShow({ ...panel.shown(), quiet: !panel.shown().code });
}

function nameOf(grids, code) {
  const feature = grids.feature(code);
  return feature ? feature.properties.name : code;
}

/* Layers of places: fetched when first switched on. */
function wirePlaces(opened) {
  const box = page.querySelector("[data-layers]");
  box.hidden = false;
  const shown = new Map();
  const set = async (key, on) => {
    if (!on) {
      if (shown.has(key)) shown.get(key).remove();
      return;
    }
    if (!shown.has(key)) {
      const layer = config.layers.find((known) => known.key === key);
      const collection = await (await fetch(layer.url)).json();
      shown.set(key, new PlaceLayer({}).setData(collection));
    }
    shown.get(key).addTo(opened.map);
    opened.labels.redraw();
  };
  for (const tick of box.querySelectorAll("input")) {
    tick.addEventListener("change", () => set(tick.value, tick.checked));
    if (tick.checked) set(tick.value, true);
  }
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    box.open = false;
    box.querySelector("summary").focus();
  });
  opened.map.on("mousedown", () => (box.open = false));
}

/* On a phone the layers, type size and language hide behind one button. */
function wireOptions() {
  const more = page.querySelector("[data-more]");
  const options = document.getElementById("map-options");
  more.hidden = false;
  more.addEventListener("click", () => {
    const open = options.classList.toggle("open");
    more.setAttribute("aria-expanded", String(open));
  });
}
