/* Cut a grid in two: along a line that is drawn from border to border, or along streets. */

import { say } from "../../../geogrid/js/words.js";
import * as commands from "../commands.js";
import { gridAt } from "../hit.js";
import { LineSketch } from "../line_sketch.js";
import { button, modes } from "../strip.js";
import { GroundPicker } from "../ground_picker.js";
import { nextVertex } from "../traversal.js";
import { Tool } from "./tool.js";

const BEYOND = 40; // steps past a border the line was ended on, so that it surely cuts it

export class SplitTool extends Tool {
  name = "split";

  constructor(desk) {
    super(desk);
    this.mode = "line";
    this.movesCursor = true;
    this.line = new LineSketch(desk);
    this.streets = new GroundPicker(desk, "streets", { sameName: true, onChange: () => this.changed() });
  }

  start() {
    this.pointer("draw");
    if (this.mode === "street") this.streets.load();
  }

  stop() {
    this.line.clear();
    this.streets.clear();
  }

  hint() {
    if (this.mode === "street") return say("Click the street to cut along.");
    return say("Click points from border to border. Enter or a double click cuts, Backspace takes the last point back.");
  }

  options() {
    const ready = this.mode === "line" ? this.line.points.length > 1 : this.streets.chosen.size > 0;
    return [
      modes(say("Ways to cut"), [["line", "edit", say("Draw a line")], ["street", "road", say("Along a street")]], this.mode, (mode) => {
        this.stop();
        this.mode = mode;
        this.start();
        this.changed();
      }),
      button(say("Cut"), () => this.finish(), { kind: "primary", name: "finish", disabled: !ready }),
    ];
  }

  click(at) {
    if (this.mode === "street") this.streets.toggle(at);
    else {
      this.line.add(at);
      this.changed();
    }
  }

  doubleClick() {
    if (this.mode === "line") this.finish();
  }

  hover(at) {
    if (this.mode === "street") this.streets.hover(at);
    else this.line.follow(at);
  }

  key(event) {
    if (event.key === "Enter") {
      this.finish();
      return true;
    }
    if (event.key === "Backspace" && this.mode === "line") {
      this.line.back();
      this.changed();
      return true;
    }
    const name = event.key.toLowerCase();
    if ((name === "n" || name === "p") && this.desk.selection.lineage) return this._toVertex(name === "n" ? 1 : -1);
    return false;
  }

  /** The cursor steps to the vertices of the selected grid, where a cut often begins. */
  _toVertex(by) {
    const { desk } = this;
    this._vertex = nextVertex(desk.mesh, desk.selection.lineage, this._vertex ?? -1, by);
    const { x, y } = desk.projection.screen([desk.mesh.x(this._vertex), desk.mesh.y(this._vertex)]);
    desk.cursor = { shown: true, at: [x, y] };
    desk.repaint();
    return true;
  }

  escape() {
    if (!this.line.points.length && !this.streets.chosen.size) return false;
    this.stop();
    this.changed();
    this.desk.announce(say("Given up; nothing changed."));
    return true;
  }

  finish() {
    const { desk } = this;
    const line = this.mode === "line" ? this._line() : this.streets.lines();
    const points = this.mode === "line" ? line : line.flat();
    const lineage = this._gridOf(points);
    if (!lineage) {
      desk.announce(say("Choose the grid first, or draw across it."));
      return;
    }
    desk.carryOut(() => commands.split({ lineage, line }));
    this.stop();
    this.changed();
  }

  _line() {
    const { points, ends } = this.line;
    if (points.length < 2) return points;
    const last = points.length - 1;
    const told = points.slice();
    if (ends[0] === "edge") told[0] = beyond(points[1], points[0]);
    if (ends[last] === "edge") told[last] = beyond(points[last - 1], points[last]);
    return told;
  }

  /** The selected grid where the line runs through it; else the grid in which most of it lies. */
  _gridOf(points) {
    const { mesh, selection } = this.desk;
    const counts = new Map();
    for (let i = 1; i < points.length; i++) {
      for (const t of [0.2, 0.5, 0.8]) {
        const at = [0, 1].map((k) => points[i - 1][k] + (points[i][k] - points[i - 1][k]) * t);
        const lineage = gridAt(mesh, ...at);
        if (lineage) counts.set(lineage, (counts.get(lineage) ?? 0) + 1);
      }
    }
    if (counts.has(selection.lineage)) return selection.lineage;
    const [most = null] = [...counts].sort((one, other) => other[1] - one[1])[0] ?? [];
    return most ?? selection.lineage;
  }

  draw(context, view) {
    if (this.mode === "street") this.streets.draw(context, view);
    else this.line.draw(context, view);
  }
}

function beyond(from, to) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  return [0, 1].map((k) => Math.round(to[k] + ((to[k] - from[k]) / length) * BEYOND));
}
