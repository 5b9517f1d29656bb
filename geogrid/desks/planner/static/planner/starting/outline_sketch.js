/* An outline drawn by clicks. The text field beside the map holds the same points, one a line:
   either may be changed, the other follows.
 *
 *   new OutlineSketch(opened, { text: textarea, tools: element with [data-act] buttons, said: p });
 *
 * `single`: one piece only, as a compound has. */

import { say, sayCount } from "../../geogrid/js/words.js";
import { crossing, formatPoints, parsePoints } from "./typed_points.js";

const { L } = window;
const HANDLED = 400; // more points than this are changed in the text only
const NUDGE_PX = { plain: 2, shift: 20 };
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export class OutlineSketch {
  constructor(opened, { text, tools, said, single = false, onChange = null }) {
    Object.assign(this, { opened, map: opened.map, text, tools, said, single, onChange });
    this.pieces = [];
    this.chosen = null; // [piece, index]
    this.past = [];
    this.adding = true;
    this.locked = false; // drawn from GeoJSON with holes: the text alone holds all of it
    this.shapes = L.layerGroup().addTo(this.map);
    this.handles = L.layerGroup().addTo(this.map);
    this.map.on("click", (event) => this.addAt(event.latlng));
    this.map.getContainer().addEventListener("keydown", (event) => this.keyOnMap(event));
    text.addEventListener("input", () => this.read());
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button) this[button.dataset.act]();
    });
    this.read();
    if (this.pieces.length) {
      this.setAdding(false);
      this.fit();
    }
  }

  // ---- what the buttons do
  add() {
    this.setAdding(!this.adding);
    this.tell();
  }

  undo() {
    if (!this.past.length) return;
    this.text.value = this.past.pop();
    this.chosen = null;
    this.read();
  }

  delete() {
    if (this.locked) return;
    const [piece, index] = this.chosen || this.last();
    if (piece == null) return;
    this.change(() => {
      this.pieces[piece].splice(index, 1);
      if (!this.pieces[piece].length) this.pieces.splice(piece, 1);
    });
    this.chosen = null;
    this.draw();
    this.map.getContainer().focus({ preventScroll: true });
  }

  piece() {
    if (this.locked || this.single) return;
    this.setAdding(true);
    this.beginsPiece = true;
    this.tell(say("The next point begins another piece."));
  }

  fit() {
    const points = this.pieces.flat();
    if (points.length) this.opened.fit(L.latLngBounds(points.map(([x, y]) => [y, x])), { animate: false });
  }

  setAdding(on) {
    this.adding = on;
    const button = this.tools.querySelector('[data-act="add"]');
    if (button) button.setAttribute("aria-pressed", String(on));
  }

  // ---- points
  addAt(latlng) {
    if (!this.adding || this.locked) return;
    this.change(() => {
      if (!this.pieces.length || this.beginsPiece) this.pieces.push([]);
      this.beginsPiece = false;
      this.pieces[this.pieces.length - 1].push([latlng.lng, latlng.lat]);
    });
    this.chosen = this.last();
    this.draw();
  }

  keyOnMap(event) {
    if (event.target !== this.map.getContainer()) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.addAt(this.map.getCenter());
    } else if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      event.preventDefault();
      this.undo();
    }
  }

  keyOnPoint(event, piece, index) {
    const turn = ARROWS[event.key];
    if (turn) {
      event.preventDefault();
      event.stopPropagation();
      const step = event.shiftKey ? NUDGE_PX.shift : NUDGE_PX.plain;
      const [x, y] = this.pieces[piece][index];
      const from = this.map.latLngToContainerPoint([y, x]);
      const to = this.map.containerPointToLatLng([from.x + turn[0] * step, from.y + turn[1] * step]);
      this.move(piece, index, to);
      this.draw();
      this.focusPoint(piece, index);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.chosen = [piece, index];
      this.delete();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      this.choose(piece, index);
      this.focusPoint(piece, index);
    }
  }

  move(piece, index, latlng) {
    this.change(() => {
      this.pieces[piece][index] = [latlng.lng, latlng.lat];
    });
    this.chosen = [piece, index];
  }

  choose(piece, index) {
    const ring = this.pieces[piece];
    // The first point closes the outline, as everybody expects.
    if (this.adding && index === 0 && ring.length > 2) this.setAdding(false);
    this.chosen = [piece, index];
    this.draw();
  }

  change(act) {
    this.past.push(this.text.value);
    act();
    this.text.value = formatPoints(this.pieces);
    this.pieces = parsePoints(this.text.value).pieces || [];
    if (this.onChange) this.onChange(this.pieces);
  }

  last() {
    const piece = this.pieces.length - 1;
    return piece < 0 ? [null, null] : [piece, this.pieces[piece].length - 1];
  }

  // ---- text to map
  read() {
    const told = parsePoints(this.text.value);
    if (!told.pieces) {
      this.tell(say("Line %(line)s cannot be read.", { line: told.line }), true);
      return;
    }
    this.pieces = told.pieces;
    this.locked = told.holes > 0;
    this.chosen = null;
    this.draw();
    if (document.activeElement === this.text && this.pieces.flat().length > 2) this.fit();
    if (this.onChange) this.onChange(this.pieces);
  }

  draw() {
    this.shapes.clearLayers();
    this.handles.clearLayers();
    const colour = this.opened.palette.draft;
    const pane = "geogrid-draft";
    this.renderer = this.renderer || L.svg({ pane });
    const style = { renderer: this.renderer, pane, interactive: false, color: colour, weight: 3, fillOpacity: 0.12 };
    const crossed = this.pieces.map(crossing).find(Boolean);
    for (const piece of this.pieces) {
      this.shapes.addLayer(L.polygon(piece.map(([x, y]) => [y, x]), style));
    }
    if (crossed) {
      const danger = { ...style, color: this.opened.palette.danger, radius: 12, fill: false };
      this.shapes.addLayer(L.circleMarker([crossed[1], crossed[0]], danger));
    }
    if (!this.locked && this.pieces.flat().length <= HANDLED) {
      this.pieces.forEach((piece, number) => this.drawHandles(piece, number));
    }
    this.tell();
    if (crossed) {
      const at = { place: `${crossed[1].toFixed(6)}, ${crossed[0].toFixed(6)}` };
      this.tell(say("The outline crosses itself at %(place)s.", at), true);
    }
  }

  drawHandles(piece, number) {
    piece.forEach(([x, y], index) => {
      const current = this.chosen && this.chosen[0] === number && this.chosen[1] === index;
      const handle = this.handle([y, x], current ? "chosen" : "", say("Point %(number)s of the outline", { number: index + 1 }));
      handle.at = [number, index];
      handle.on("click", () => this.choose(number, index));
      handle.on("dragend", () => {
        this.move(number, index, handle.getLatLng());
        this.draw();
      });
      handle.getElement().addEventListener("keydown", (event) => this.keyOnPoint(event, number, index));
      if (piece.length < 3 || piece.length > HANDLED / 2) return;
      const [nx, ny] = piece[(index + 1) % piece.length];
      const middle = [(y + ny) / 2, (x + nx) / 2];
      const insert = (latlng) => {
        this.change(() => this.pieces[number].splice(index + 1, 0, [latlng.lng, latlng.lat]));
        this.chosen = [number, index + 1];
        this.draw();
        this.focusPoint(number, index + 1);
      };
      const between = this.handle(middle, "between", say("Put a point in after point %(number)s", { number: index + 1 }));
      between.on("click", () => insert(between.getLatLng()));
      between.on("dragend", () => insert(between.getLatLng()));
      between.getElement().addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        insert(between.getLatLng());
      });
    });
  }

  handle(latlng, kind, label) {
    const icon = L.divIcon({ className: `sketchpoint ${kind}`, iconSize: [28, 28] });
    const marker = L.marker(latlng, { icon, draggable: true, keyboard: true, autoPan: true, bubblingMouseEvents: false });
    this.handles.addLayer(marker);
    const element = marker.getElement();
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", label);
    return marker;
  }

  focusPoint(piece, index) {
    this.handles.eachLayer((layer) => {
      if (layer.at && layer.at[0] === piece && layer.at[1] === index) layer.getElement().focus({ preventScroll: true });
    });
  }

  // ---- words
  tell(words, bad = false) {
    const count = this.pieces.flat().length;
    const usual = this.locked
      ? say("This outline has holes: change it in the text.")
      : count ? sayCount("%(count)s point", "%(count)s points", count) : say("No point yet.");
    this.said.textContent = words || usual;
    this.said.classList.toggle("bad", bad);
  }
}
