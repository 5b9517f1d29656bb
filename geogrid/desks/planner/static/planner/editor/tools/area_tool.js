/* Tools that work on a piece of land: drawn with a lasso (dragged, or point by point), or put together
   from blocks or buildings. */

import { say } from "../../../geogrid/js/words.js";
import { lassoArea, unitedArea } from "../areas.js";
import { GroundPicker } from "../ground_picker.js";
import { BuildingLand } from "../building_land.js";
import { LineSketch } from "../line_sketch.js";
import { button, modes } from "../strip.js";
import { Tool } from "./tool.js";

const LASSO_STEP_PX = 5;

export class AreaTool extends Tool {
  constructor(desk) {
    super(desk);
    this.mode = "lasso";
    this.movesCursor = true;
    this.lasso = new LineSketch(desk, { closed: true });
    const onChange = () => {
      if (this.mode === "buildings") this.land.ask([...this.pickers.buildings.chosen.keys()], this.target);
      this.changed();
    };
    this.land = new BuildingLand(desk, () => this.changed());
    this.pickers = {
      blocks: new GroundPicker(desk, "blocks", { onChange }),
      buildings: new GroundPicker(desk, "buildings", { onChange }),
    };
  }

  get picker() {
    return this.pickers[this.mode] ?? null;
  }

  start() {
    this.pointer("draw");
    this.picker?.load();
  }

  stop() {
    this.lasso.clear();
    for (const picker of Object.values(this.pickers)) picker.clear();
    this.land.clear();
  }

  ways() {
    const list = [["lasso", "edit", say("Lasso")], ["blocks", "map", say("Blocks")], ["buildings", "home", say("Buildings")]];
    return modes(say("What to take"), list, this.mode, (mode) => {
      this.stop();
      this.mode = mode;
      this.start();
      this.changed();
    });
  }

  /** A button for the buildings without which the chosen ones cannot change hands. */
  along() {
    const { also } = this.land;
    if (this.mode !== "buildings" || !also.length) return [];
    return [button(say("Take them along"), () => this.picker.add(also), { name: "along" })];
  }

  get ready() {
    if (this.mode === "buildings") return Boolean(this.land.area) && !this.land.blocked;
    return this.picker ? this.picker.chosen.size > 0 : this.lasso.points.length > 2;
  }

  /** What was drawn or put together, as GeoJSON; buildings with their own land. */
  area() {
    if (this.mode === "blocks") return unitedArea(this.picker.geometries());
    return this.mode === "lasso" ? lassoArea(this.lasso.points) : this.land.area;
  }

  /** From whom: buildings say it, the others take from everybody. */
  get sources() {
    return this.mode === "buildings" ? this.land.sources : null;
  }

  press(at) {
    if (this.mode !== "lasso" || this.lasso.points.length) return null;
    let last = null;
    return {
      move: (now) => {
        if (last && Math.hypot(now.px.x - last.x, now.px.y - last.y) < LASSO_STEP_PX) return;
        if (!last) this.lasso.add(at);
        last = now.px;
        this.lasso.points.push(now.steps.map(Math.round));
        this.lasso.ends.push(null);
        this.lasso.next = null;
        this.desk.repaint();
      },
      end: () => last && this.changed(),
      cancel: () => this.lasso.clear(),
    };
  }

  click(at) {
    if (this.picker) this.picker.toggle(at);
    else {
      this.lasso.add(at);
      this.changed();
    }
  }

  doubleClick() {
    if (this.ready) this.finish();
  }

  hover(at) {
    if (this.picker) this.picker.hover(at);
    else if (this.lasso.points.length < 80) this.lasso.follow(at);
  }

  key(event) {
    if (event.key === "Enter") {
      if (this.ready) this.finish();
      else if (this.land.blocked) this.desk.announce(this.land.blocked);
      return true;
    }
    if (event.key === "Backspace" && this.mode === "lasso") {
      this.lasso.back();
      this.changed();
      return true;
    }
    return false;
  }

  escape() {
    if (!this.lasso.points.length && !this.picker?.chosen.size) return false;
    this.lasso.clear();
    this.picker?.chosen.clear();
    this.land.clear();
    this.changed();
    this.desk.announce(say("Given up; nothing changed."));
    return true;
  }

  done() {
    this.lasso.clear();
    this.picker?.chosen.clear();
    this.land.clear();
    this.changed();
  }

  draw(context, view) {
    if (this.mode === "buildings") this.land.draw(context, view);
    if (this.picker) this.picker.draw(context, view);
    else this.lasso.draw(context, view);
  }
}
