/* Things of the ground that are chosen by clicking: streets, blocks, buildings. Loaded for what the
   map shows, and drawn so that one sees what can be taken.

   new GroundPicker(desk, layer, {sameName, onChange})   .load() .toggle(at) .hover(at) .step(by) .clear()
   .chosen: Map id -> feature    .lines() steps    .geometries() GeoJSON    .draw(context, view) */

import { say } from "../../geogrid/js/words.js";
import { nearestOnSegment } from "./geometry.js";
import { hatch } from "./hatch.js";
import { pointToSteps } from "./lattice.js";
import { linePath, ring, strokes } from "./paint.js";
import { insidePoints } from "./rings.js";
import { simple } from "./refusal_drawing.js";

const NEAR_PX = 12;

export class GroundPicker {
  constructor(desk, layer, { sameName = false, onChange = () => {} } = {}) {
    Object.assign(this, { desk, layer, sameName, onChange });
    this.features = [];
    this.chosen = new Map();
    this.under = null;
    this._at = -1;
    desk.map.on("moveend", () => this._active && this.load());
  }

  async load() {
    this._active = true;
    const bounds = this.desk.map.getBounds();
    const bbox = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((one) => one.toFixed(7));
    try {
      const answer = await fetch(`${this.desk.config.urls.ground}?layer=${this.layer}&bbox=${bbox}`);
      const collection = await answer.json();
      if (!answer.ok) throw new Error(collection.message);
      this.features = collection.features.map(prepared).filter((one) => one.shapes.length);
      if (collection.truncated) this.desk.announce(say("There is more here than can be shown: zoom in."));
      else if (!this.features.length) this.desk.announce(say("Nothing of that kind is known here."));
    } catch (error) {
      this.desk.announce(error.message || say("The ground cannot be loaded without network."));
    }
    this.desk.repaint();
  }

  clear() {
    this._active = false;
    this.chosen.clear();
    this.under = null;
    this.desk.repaint();
  }

  find({ steps: [x, y] }) {
    const { across, along } = this.desk.projection.pixels();
    let best = null;
    for (const one of this.features) {
      const [west, south, east, north] = one.box;
      if (x < west - NEAR_PX / across || x > east + NEAR_PX / across || y < south - NEAR_PX / along || y > north + NEAR_PX / along) continue;
      const distance = distanceTo(one, x, y, across, along);
      if (distance <= NEAR_PX && (best === null || distance < best.distance)) best = { one, distance };
    }
    return best?.one ?? null;
  }

  hover(at) {
    this.under = this.find(at);
    this.desk.repaint();
  }

  toggle(at) {
    const found = this.find(at);
    if (found) this._switch(found);
    return Boolean(found);
  }

  _switch(found) {
    const on = !this.chosen.has(found.id);
    const { name } = found.properties;
    const all = this.sameName && name ? this.features.filter((one) => one.properties.name === name) : [found];
    for (const one of all) {
      if (on) this.chosen.set(one.id, one);
      else this.chosen.delete(one.id);
    }
    this.desk.announce(on ? say("Chosen: %(name)s", { name: this.words(found) }) : say("No longer chosen: %(name)s", { name: this.words(found) }));
    this.onChange();
  }

  /** Choose more by number; what is not loaded is taken without its shape. */
  add(numbers) {
    for (const id of numbers) this.chosen.set(id, this.features.find((one) => one.id === id) ?? { id, shapes: [], properties: {} });
    this.onChange();
  }

  words({ properties }) {
    const { name, address, streets, dwellings } = properties;
    const called = name || address || (streets ?? []).join(say(", ")) || say("without a name");
    return dwellings ? say("%(name)s, %(dwellings)s dwellings", { name: called, dwellings }) : called;
  }

  lines() {
    return [...this.chosen.values()].flatMap(({ shapes }) => shapes.map((shape) => shape.rings[0]));
  }

  geometries() {
    return [...this.chosen.values()].map((one) => one.geometry);
  }

  draw(context, view) {
    const { palette, projection } = this.desk;
    for (const one of this.features) {
      const chosen = this.chosen.has(one.id);
      for (const { type, rings } of one.shapes) {
        const places = rings.map((points) => points.map((point) => projection.place(point, view)));
        if (type === "Point") {
          ring(context, ...places[0][0], chosen ? 8 : 5, chosen ? palette.draft : palette.gSel, 2);
          continue;
        }
        const path = new Path2D();
        for (const points of places) path.addPath(linePath(points, type === "Polygon"));
        if (type === "Polygon" && chosen) {
          context.fillStyle = hatch(context, palette.draft, 8, 1.4);
          context.fill(path, "evenodd");
        }
        if (chosen) strokes(context, path, [[6, "#fff"], [3, palette.draft]]);
        else if (one === this.under) strokes(context, path, [[6, "#fff"], [3, palette.gSel]]);
        else if (this.layer !== "streets") strokes(context, path, [[1.2, palette.info]]);
      }
    }
  }
}

function prepared({ id, geometry, properties }) {
  const shapes = simple(geometry).map(({ type, coordinates }) => ({
    type,
    rings: (type === "Point" ? [[coordinates]] : type === "LineString" ? [coordinates] : coordinates).map((points) => points.map(pointToSteps)),
  }));
  const all = shapes.flatMap(({ rings }) => rings.flat());
  const xs = all.map((point) => point[0]);
  const ys = all.map((point) => point[1]);
  const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  return { id, geometry, properties, shapes, box };
}

function distanceTo({ shapes }, x, y, across, along) {
  let best = Infinity;
  for (const { type, rings } of shapes) {
    if (type === "Polygon" && rings.filter((points) => insidePoints(x, y, points.flat())).length % 2) return 0;
    for (const points of rings) {
      for (let i = 0; i < points.length; i++) {
        const [ax, ay] = points[Math.max(0, i - 1)];
        const near = nearestOnSegment(x, y, ax, ay, points[i][0], points[i][1], across, along);
        best = Math.min(best, near.distance);
      }
    }
  }
  return best;
}
