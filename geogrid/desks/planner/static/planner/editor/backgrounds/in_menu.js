/* Backgrounds and placed pictures in the editor's menu of layers: on, off, and how strong. Loaded when
   the desk stands; what is on and how strong is remembered in this browser.

   addBackgrounds(desk) */

import { say } from "../../../geogrid/js/words.js";
import { tileLayer } from "./tile_layer.js";
import { UnderlayLayer } from "./underlay_layer.js";

const KEPT = "geogrid.opacity/";

export async function addBackgrounds(desk) {
  let offered;
  try {
    const answer = await fetch(desk.config.urls.backgrounds, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    offered = await answer.json();
  } catch {
    return; // without network there is nothing to show, and drawing goes on
  }
  const { backgrounds, underlays, manage } = offered;
  if (!backgrounds.length && !underlays.length && !manage) return;
  const section = desk.layersMenu.addSection({ name: "backgrounds", title: say("Backgrounds") });
  for (const told of underlays) addLayer(desk, section, pictureOf(told), told.name);
  for (const told of backgrounds) addLayer(desk, section, tilesOf(told, desk), told.name);
  if (manage) section.append(link(manage, say("Add or place backgrounds")));
}

function pictureOf(told) {
  return {
    name: `underlay-${told.id}`,
    hint: say("%(metres)s m off", { metres: told.residual_m.toFixed(1) }),
    opacity: 0.6,
    make: (opacity) => new UnderlayLayer(told, { pane: "geogrid-underlays", opacity }),
  };
}

function tilesOf(told, desk) {
  return {
    name: `background-${told.id}`,
    hint: told.attribution,
    opacity: 1,
    make(opacity) {
      const layer = tileLayer(told, { pane: "geogrid-backgrounds", opacity });
      layer.on("tileerror", () => desk.layersMenu.note(this.name, say("Some of it does not come.")));
      return layer;
    },
  };
}

function addLayer(desk, section, one, word) {
  let layer = null;
  const strength = slider(word, remembered(one.name) ?? one.opacity, (opacity) => {
    remember(one.name, opacity);
    layer?.setOpacity(opacity);
  });
  desk.layersMenu.addToggle(section, {
    name: one.name,
    word,
    hint: one.hint,
    run(on) {
      strength.hidden = !on;
      if (on) {
        layer ??= one.make(Number(strength.querySelector("input").value) / 100);
        layer.addTo(desk.map);
      } else layer?.remove();
    },
  });
  section.append(strength);
}

function slider(word, opacity, change) {
  const row = document.createElement("label");
  row.className = "layer-opacity";
  row.hidden = true;
  const words = document.createElement("span");
  words.className = "vh";
  words.textContent = say("Opacity of %(name)s", { name: word });
  const input = document.createElement("input");
  input.type = "range";
  input.min = "10";
  input.max = "100";
  input.step = "5";
  input.value = String(Math.round(opacity * 100));
  input.addEventListener("input", () => change(Number(input.value) / 100));
  row.append(words, input);
  return row;
}

function link(address, words) {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.className = "layer-link";
  anchor.textContent = words;
  return anchor;
}

function remembered(name) {
  try {
    return Number(window.localStorage.getItem(KEPT + name)) || null;
  } catch {
    return null;
  }
}

function remember(name, opacity) {
  try {
    window.localStorage.setItem(KEPT + name, String(opacity));
  } catch {
    // a browser that keeps nothing starts at the usual strength
  }
}
