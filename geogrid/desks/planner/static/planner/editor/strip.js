/* The strip above the map: what the tool at hand asks for. Parts for tools, and the strip itself. */

import { icon } from "../../geogrid/js/icons.js";
import { say } from "../../geogrid/js/words.js";

/** Two or three ways of one tool: [[name, icon, word] ...]. */
export function modes(label, list, chosen, choose) {
  const group = document.createElement("div");
  group.className = "seg";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label);
  for (const [name, symbol, word] of list) {
    const one = document.createElement("button");
    one.type = "button";
    one.dataset.mode = name;
    one.setAttribute("aria-pressed", String(name === chosen));
    one.append(icon(symbol, "s"), document.createTextNode(word));
    one.addEventListener("click", () => choose(name));
    group.append(one);
  }
  return group;
}

export function button(word, run, { kind = "", symbol = "", name = "", disabled = false } = {}) {
  const one = document.createElement("button");
  one.type = "button";
  one.className = `btn ${kind}`.trim();
  if (name) one.dataset.action = name;
  if (disabled) one.setAttribute("aria-disabled", "true");
  if (symbol) one.append(icon(symbol, "s"));
  one.append(document.createTextNode(word));
  one.addEventListener("click", () => one.getAttribute("aria-disabled") !== "true" && run());
  return one;
}

/** A grid to be chosen from the list: the way to name a target without the map. Those `apart` come last,
    under the words why. */
export function gridChoice(desk, label, chosen, choose, { among = null, empty = say("choose a grid"), apart = null } = {}) {
  const box = document.createElement("label");
  box.className = "strip-choice";
  const words = document.createElement("span");
  words.textContent = label;
  const select = document.createElement("select");
  select.className = "select";
  select.append(new Option(empty, ""));
  const grids = among ? among.map((lineage) => desk.mesh.grids.get(lineage)).filter(Boolean) : desk.mesh.leaves();
  grids.sort((one, other) => (one.code < other.code ? -1 : 1));
  const option = (grid) => new Option(desk.short(grid.lineage), grid.lineage, false, grid.lineage === chosen);
  const far = grids.filter(({ lineage }) => apart?.is(lineage));
  select.append(...grids.filter((grid) => !far.includes(grid)).map(option));
  if (far.length) {
    const group = document.createElement("optgroup");
    Object.assign(group, { label: apart.words, disabled: apart.barred });
    group.append(...far.map(option));
    select.append(group);
  }
  select.addEventListener("change", () => choose(select.value || null));
  box.append(words, select);
  return box;
}

export class Strip {
  constructor(desk, element) {
    this.desk = desk;
    this.element = element;
    desk.on("tool", () => this.show());
    desk.on("options", () => this.show());
    desk.on("select", () => this.show());
  }

  /** Keeps the keyboard where it was when a button makes the strip anew. */
  show() {
    const { tool } = this.desk;
    if (!tool) return;
    const held = this.element.contains(document.activeElement) ? document.activeElement : null;
    const place = held && [...this.element.querySelectorAll("button, select, input")].indexOf(held);
    const hint = document.createElement("p");
    hint.textContent = tool.hint();
    const options = this.desk.editable ? tool.options() : [];
    this.element.replaceChildren(...options, hint);
    this.element.hidden = !this.desk.editable;
    if (held) [...this.element.querySelectorAll("button, select, input")][place]?.focus();
  }
}
