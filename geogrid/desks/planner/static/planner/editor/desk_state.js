/* What the parts of the desk share: the plan, what is selected, which tool is at work, what is drawn
   on top. Parts change it through these methods and listen to what others changed.

   desk.on(event, handler): select ({lineage, vertex}), tool (tool), changed (touched), refusal, heat
   desk.select(lineage)  .chooseVertex(vertex)  .use(tool name)  .refuse(refusal | null)
   desk.carryOut(command, {change, unlock, ghost})  .redraw()  .repaint()  .nameOf(lineage)
   desk.hide(edges)  leaves edges out of the standing picture while they are dragged */

import { BorderLines } from "./border_lines.js";
import { CommandInvalid } from "./commands.js";
import { GridsCanvas, HeatCanvas, edgeName } from "./grid_layers.js";
import { Projection } from "./projection.js";
import { TopCanvas } from "./top_layer.js";
import { heldBack } from "./holds.js";
import { heldRefusal } from "./refusals.js";
import { say } from "../../geogrid/js/words.js";

export class Desk {
  constructor({ config, opened, mesh, draft, undoable, announce }) {
    Object.assign(this, { config, opened, mesh, draft, undoable, announce });
    this.map = opened.map;
    this.palette = opened.palette;
    this.editable = config.editable;
    this.projection = new Projection(mesh, this.map);
    this.lines = new BorderLines(mesh);
    this.hidden = new Set();
    this.heat = null;
    this.selection = { lineage: null, vertex: -1 };
    this.hovered = null;
    this.refusal = null;
    this.ghosts = [];
    this.cursor = { shown: false, at: [0, 0] };
    this.tools = new Map();
    this.tool = null;
    this._handlers = new Map();
    this._waiting = [];
    this._addCanvases();
    draft.on("changed", (touched) => this._changed(touched));
  }

  _addCanvases() {
    const { palette, map } = this;
    const scene = this;
    this._heatCanvas = new HeatCanvas({ scene, palette, pane: "geogrid-heat" }).addTo(map);
    this._gridsCanvas = new GridsCanvas({ scene, palette, pane: "geogrid-grids" }).addTo(map);
    this._topCanvas = new TopCanvas({ desk: this, palette, pane: "geogrid-draft" }).addTo(map);
  }

  on(event, handler) {
    if (!this._handlers.has(event)) this._handlers.set(event, new Set());
    this._handlers.get(event).add(handler);
  }

  emit(event, told) {
    for (const handler of this._handlers.get(event) ?? []) handler(told);
  }

  // ---- Drawing

  redraw() {
    this._gridsCanvas.redraw();
    if (this.heat) this._heatCanvas.redraw();
    this._topCanvas.repaint();
    this.opened.labels?.redraw();
  }

  repaint() {
    this._topCanvas.repaint();
  }

  hide(edges) {
    this.hidden = new Set(edges.map(([a, b]) => edgeName(a, b)));
    this._gridsCanvas.redraw();
    this._topCanvas.repaint();
  }

  setHeat(step) {
    this.heat = step;
    this._heatCanvas.redraw();
    this.emit("heat", step);
  }

  // ---- Choosing

  select(lineage, { fit = false } = {}) {
    const known = lineage && this.mesh.grids.get(lineage)?.parts ? lineage : null;
    this.selection = { lineage: known, vertex: -1 };
    this.repaint();
    this.opened.labels?.redraw();
    this.emit("select", this.selection);
    if (fit && known) this.fit(known);
  }

  chooseVertex(vertex) {
    this.selection.vertex = vertex;
    this.repaint();
    this.emit("select", this.selection);
  }

  use(name) {
    if (this.tool?.name === name) return;
    this.tool?.stop();
    this.refuse(null);
    this.hide([]);
    this.cursor.shown = false;
    this.tool = this.tools.get(name);
    this.tool.start();
    this.repaint();
    this.emit("tool", this.tool);
  }

  fit(lineage, options = {}) {
    const grid = this.mesh.grids.get(lineage);
    if (grid?.box) this.fitSteps(grid.box, options);
  }

  fitSteps([west, south, east, north], options = {}) {
    const corners = [[south, west], [north, east]].map(([y, x]) => [y / 1e7, x / 1e7]);
    this.opened.fit(window.L.latLngBounds(corners), { maxZoom: 18, ...options });
  }

  nameOf(lineage) {
    const grid = this.mesh.grids.get(lineage);
    return grid ? grid.name || grid.code : "";
  }

  // ---- Acting

  /** Send a command; what cannot even be sent is said at once. */
  carryOut(make, options = {}) {
    if (!this.editable) return null;
    try {
      this.refuse(null);
      const command = typeof make === "function" ? make() : make;
      const held = heldBack(this, command);
      if (held) {
        this.refuse(heldRefusal(this, held, () => this.carryOut(command, options)));
        return null;
      }
      return this.draft.carryOut(command, options);
    } catch (error) {
      if (!(error instanceof CommandInvalid)) throw error;
      this.announce(say("There is not enough drawn for that yet."));
      return null;
    }
  }

  /** Run when these grids are no longer locked: the server has said so. */
  unheld(grids, run) {
    if (grids.every((lineage) => !this.mesh.grids.get(lineage)?.locked)) run();
    else this._waiting.push({ grids, run });
  }

  _letGo() {
    const ready = this._waiting.filter(({ grids }) => grids.every((lineage) => !this.mesh.grids.get(lineage)?.locked));
    this._waiting = this._waiting.filter((one) => !ready.includes(one));
    for (const { run } of ready) run();
  }

  refuse(refusal) {
    if (!refusal && !this.refusal) return;
    this.refusal = refusal;
    this.repaint();
    this.emit("refusal", refusal);
  }

  _changed(touched) {
    if (touched.attributes.size || touched.made.size || touched.ended.size) this.lines.forget();
    const { lineage, vertex } = this.selection;
    if (lineage && !this.mesh.grids.get(lineage)?.parts) this.select(null);
    else if (vertex >= 0 && !this.mesh.isVertex(vertex)) this.chooseVertex(-1);
    this.redraw();
    this.emit("changed", touched);
    if (this._waiting.length) this._letGo();
  }
}
