/* The land of chosen buildings, as the server cuts it: half-way to the next house. Shown before it is
   handed over.

   new BuildingLand(desk, onChange)   .ask(building ids, target) .clear() .draw(context, view)
   .area (GeoJSON or null) .sources (lineages) .words (what it is, for the strip)
   .also: buildings that have to go along for it to be one piece */

import { hatch } from "./hatch.js";
import { pointToSteps } from "./lattice.js";
import { linePath, strokes } from "./paint.js";
import { simple } from "./refusal_drawing.js";
import { say } from "../../geogrid/js/words.js";

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
  }

  clear() {
    this._asked += 1;
    this._forget();
  }

  async ask(buildings, target) {
    this.clear();
    if (!buildings.length) return;
    const asked = this._asked;
    this.words = say("Their land is being cut…");
    try {
      const answer = await fetch(`${this.desk.config.urls.land}?buildings=${buildings.join(",")}${target ? `&to=${target}` : ""}`, { headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (asked !== this._asked) return; // something else was chosen meanwhile
      if (!answer.ok) throw new Error(told.message);
      this._take(told);
    } catch (error) {
      if (asked !== this._asked) return;
      this.words = error instanceof TypeError ? say("The ground cannot be loaded without network.") : error.message;
      this.desk.announce(this.words);
    }
    this.onChange();
  }

  _take({ area, sources, buildings, dwellings, also, message }) {
    this.area = area;
    this.also = also;
    this.sources = area && sources;
    this.words = area ? say("%(buildings)s buildings with their land, %(dwellings)s dwellings.", { buildings, dwellings })
      : say("These buildings are in that grid already.");
    if (message) this.words = message;
    this.desk.announce(this.words);
  }

  draw(context, view) {
    if (!this.area) return;
    const { palette, projection } = this.desk;
    for (const { coordinates } of simple(this.area)) {
      const path = new Path2D();
      for (const ring of coordinates) path.addPath(linePath(ring.map((point) => projection.place(pointToSteps(point), view)), true));
      context.fillStyle = hatch(context, palette.draft, 8, 1.2);
      context.fill(path, "evenodd");
      strokes(context, path, [[5, "#fff"], [2.5, palette.draft]]);
    }
  }
}
