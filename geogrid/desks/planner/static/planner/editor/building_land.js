/* The land of chosen buildings, as the server cuts it: half-way to the next house. Shown before it is
   handed over.

   new BuildingLand(desk, onChange)   .ask(building ids, target) .clear() .draw(context, view)
   .area (GeoJSON or null) .sources (lineages) .words (what it is, for the strip)
   .also: buildings that have to go along for it to be one piece
   .blocked: why it would be refused, "" when it can change hands */

import { asked } from "./asked.js";
import { acrossWords, otherUnits, unlockWords } from "./communities.js";
import { hatch } from "./hatch.js";
import { pointToSteps } from "./lattice.js";
import { linePath, strokes } from "./paint.js";
import { simple } from "./refusal_drawing.js";
import { say } from "../../geogrid/js/words.js";

const MOST = 200; // their numbers have to fit into one line of a request

export class BuildingLand {
  constructor(desk, onChange) {
    Object.assign(this, { desk, onChange });
    this._asked = 0;
    this._forget();
  }

  _forget() {
    this.area = null;
    this.sources = null;
    this.also = [];
    this.words = "";
    this.blocked = "";
  }

  clear() {
    this._asked += 1;
    this._forget();
  }

  async ask(buildings, target) {
    this.clear();
    if (!buildings.length) return;
    if (buildings.length > MOST) {
      this._say(say("%(count)s buildings are more than can go one by one (%(most)s). Draw around them, or choose blocks.", { count: buildings.length, most: MOST }));
      return;
    }
    const turn = this._asked;
    this.words = say("Their land is being cut…");
    try {
      const told = await asked(this.desk, `${this.desk.config.urls.land}?buildings=${buildings.join(",")}${target ? `&to=${target}` : ""}`);
      if (turn !== this._asked) return; // something else was chosen meanwhile
      this._take(told, target);
    } catch (error) {
      if (turn !== this._asked) return;
      this._say(error.message);
    }
    this.onChange();
  }

  _say(words) {
    this.words = words;
    this.desk.announce(words);
  }

  _take({ area, sources, buildings, dwellings, also, message }, target) {
    this.area = area;
    this.also = also;
    this.sources = area && sources;
    this.words = area ? say("%(buildings)s buildings with their land, %(dwellings)s dwellings.", { buildings, dwellings })
      : say("These buildings are in that grid already.");
    if (message) this.words = message;
    const { desk } = this;
    const units = target && area ? otherUnits(desk, target, sources) : [];
    const pieces = [target, ...sources].some((one) => desk.mesh.grids.get(one)?.pieces_reason);
    if (units.length) {
      this.words = `${acrossWords(desk, target, units)} ${unlockWords(desk)}`;
      if (!desk.config.may?.unlock) this.blocked = this.words;
      this.also = [];
    } else if (message && !pieces) this.blocked = message;
    this._say(this.words);
  }

  draw(context, view) {
    if (!this.area) return;
    const { palette, projection } = this.desk;
    const colour = this.blocked ? palette.danger : palette.draft;
    for (const { coordinates } of simple(this.area)) {
      const path = new Path2D();
      for (const ring of coordinates) path.addPath(linePath(ring.map((point) => projection.place(pointToSteps(point), view)), true));
      context.fillStyle = hatch(context, colour, 8, 1.2);
      context.fill(path, "evenodd");
      strokes(context, path, [[5, "#fff"], [2.5, colour]]);
    }
  }
}
