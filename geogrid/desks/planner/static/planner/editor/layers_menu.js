/* What lies below the grids, switched on and off: a button on the map and its menu. What is chosen is
   remembered in this browser.

   desk.layersMenu
   .addSection({name, title}) -> section element: append what you like
   .addToggle(section, {name, word, hint = "", on = false, run(on) -> void | Promise}) -> checkbox
       run is told once at the start if it is on, then at every change
   .note(name, words)    what there is to say beside a toggle: "zoom in", "12 shown"; "" takes it away
   .open() .close()
   Panes of desk.map, from below: tilePane (own basemap) < "geogrid-backgrounds" < "geogrid-underlays" <
   "geogrid-ground" < balance colours < grids. */

import { icon, iconButton } from "../../geogrid/js/icons.js";
import { say } from "../../geogrid/js/words.js";
import { groundOf } from "./ground_list.js";

const { L } = window;
const PANES = { "geogrid-backgrounds": 250, "geogrid-underlays": 260, "geogrid-ground": 407 };
const KEPT = "geogrid.layers/";

export class LayersMenu {
  constructor(desk) {
    this.desk = desk;
    for (const [name, order] of Object.entries(PANES)) {
      const pane = desk.map.createPane(name);
      pane.style.zIndex = order;
      pane.classList.add(name, "quiet-pane");
    }
    this.button = iconButton("layers", say("Layers"), "ib");
    this.button.id = "layers-open";
    this.button.setAttribute("aria-expanded", "false");
    this.button.setAttribute("aria-controls", "layers-menu");
    this.button.addEventListener("click", () => (this.box.hidden ? this.open() : this.close()));
    desk.map.addControl(new Control(this.button));
    this.box = this._box();
    desk.map.getContainer().parentElement.append(this.box);
    this._fill();
  }

  open() {
    this.box.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.box.querySelector("input, button, select")?.focus();
    this.desk.opened.labels.redraw();
  }

  close() {
    this.box.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    this.button.focus();
    this.desk.opened.labels.redraw();
  }

  addSection({ name, title }) {
    const section = document.createElement("fieldset");
    section.dataset.section = name;
    const legend = document.createElement("legend");
    legend.textContent = title;
    section.append(legend);
    this.body.append(section);
    return section;
  }

  addToggle(section, { name, word, hint = "", on = false, run }) {
    const row = document.createElement("label");
    row.className = "layer-toggle";
    const input = document.createElement("input");
    input.type = "checkbox";
    input.dataset.layer = name;
    const words = document.createElement("span");
    words.textContent = word;
    const note = document.createElement("small");
    note.dataset.note = name;
    note.textContent = hint;
    words.append(note);
    row.append(input, words);
    section.append(row);
    input.checked = remembered(name) ?? on;
    input.addEventListener("change", () => {
      remember(name, input.checked);
      run(input.checked);
    });
    if (input.checked !== Boolean(on) || input.checked) run(input.checked);
    return input;
  }

  note(name, words) {
    const note = this.box.querySelector(`[data-note="${name}"]`);
    if (note && note.textContent !== words) note.textContent = words;
  }

  _box() {
    const box = document.createElement("div");
    box.id = "layers-menu";
    box.className = "layers-menu float";
    box.hidden = true;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", say("Layers"));
    const head = document.createElement("div");
    head.className = "head";
    const title = document.createElement("h2");
    title.append(icon("layers"), document.createTextNode(say("Layers")));
    const shut = iconButton("close", say("Close"));
    shut.addEventListener("click", () => this.close());
    head.append(title, shut);
    this.body = document.createElement("div");
    this.body.className = "layers-body";
    box.append(head, this.body);
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    });
    return box;
  }

  _fill() {
    const { desk } = this;
    const ground = this.addSection({ name: "ground", title: say("Ground") });
    if (desk.opened.basemap) {
      this.addToggle(ground, {
        name: "basemap", word: say("Own basemap"), on: true,
        run: (on) => {
          desk.map.getPane("tilePane").style.display = on ? "" : "none";
          desk.opened.labels.options.names = on;
          if (!on) desk.opened.labels._words = null;
          desk.opened.labels._read();
          desk.opened.labels.redraw();
        },
      });
    }
    for (const { name, word } of groundOf(desk).filter((one) => one.section === "ground")) this._addGround(ground, name, word());
    const places = this.addSection({ name: "places", title: say("Places") });
    for (const { name, word } of groundOf(desk).filter((one) => one.section === "places")) this._addGround(places, name, word());
  }

  /** The code that draws these is loaded when one of them is switched on. */
  _addGround(section, name, word) {
    this.addToggle(section, {
      name, word,
      run: async (on) => {
        if (!on && !this._ground) return;
        this._ground ??= import("./ground_layers.js").then(({ GroundLayers }) => new GroundLayers(this.desk, this));
        (await this._ground).show(name, on);
      },
    });
  }
}

const Control = L.Control.extend({
  options: { position: "bottomright" },

  initialize(button) {
    this.button = button;
  },

  onAdd() {
    const box = L.DomUtil.create("div", "mapctl");
    box.dataset.coversMap = "";
    L.DomEvent.disableClickPropagation(box);
    box.append(this.button);
    return box;
  },
});

function remembered(name) {
  try {
    const kept = window.localStorage.getItem(KEPT + name);
    return kept === null ? null : kept === "on";
  } catch {
    return null;
  }
}

function remember(name, on) {
  try {
    window.localStorage.setItem(KEPT + name, on ? "on" : "off");
  } catch {
    // a browser that keeps nothing shows what it is told now
  }
}
