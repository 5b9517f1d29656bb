/* Tools for the border between two grids: move it as a whole, straighten it, lay it on the street. */

import { say } from "../../../geogrid/js/words.js";
import { moveBorder, straightenBorder } from "../border_change.js";
import { borderAt, borderEdges, bordersOf } from "../borders.js";
import * as commands from "../commands.js";
import { MoveSketch } from "../move_sketch.js";
import { strokes } from "../paint.js";
import { preview } from "../preview.js";
import { refusalOf } from "../refusals.js";
import { button } from "../strip.js";
import { nextBorder } from "../traversal.js";
import { Tool } from "./tool.js";

const NUDGE_PX = 4;
const TOWARDS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

class OfBorders extends Tool {
  start() {
    this.under = null;
    this.border = null;
    this.pointer("choose");
  }

  stop() {
    this.under = null;
    this.border = null;
  }

  hover(at) {
    this.under = this.find(at);
    this.pointer(this.under ? this.grip : "choose");
    this.desk.repaint();
  }

  leave() {
    this.under = null;
    this.desk.repaint();
  }

  /** A border between two grids under the pointer. */
  find(at) {
    const edge = this.hit(at, { kinds: ["edge"], edgePx: 12, accept: (a, b) => this.desk.mesh.isShared(a, b) });
    return edge ? borderAt(this.desk.mesh, edge.a, edge.b) : null;
  }

  choose(border) {
    this.border = border;
    const names = [border.one, border.other].map((one) => this.desk.nameOf(one));
    this.desk.announce(say("Border between %(one)s and %(other)s", { one: names[0], other: names[1] }));
    this.changed();
  }

  click(at) {
    const border = this.find(at);
    if (!border) {
      this.border = null;
      this.selectAt(at);
      this.changed();
      return;
    }
    this.choose(border);
    this.act(border);
  }

  key(event) {
    const name = event.key.toLowerCase();
    const { lineage } = this.desk.selection;
    if ((name === "n" || name === "p") && lineage) {
      const shared = bordersOf(this.desk.mesh, lineage).some(({ other }) => other !== null);
      let border = this.border;
      if (!shared) return true;
      do border = nextBorder(this.desk.mesh, lineage, border, name === "n" ? 1 : -1);
      while (border && border.other === null);
      if (border) this.choose(border);
      return true;
    }
    if (event.key === "Enter" && this.border) {
      this.act(this.border);
      return true;
    }
    return false;
  }

  escape() {
    if (!this.border) return false;
    this.border = null;
    this.changed();
    return true;
  }

  options() {
    const { border } = this;
    return border ? [button(this.verb(), () => this.act(border), { kind: "soft", name: "act" })] : [];
  }

  done() {
    this.border = null;
    this.under = null;
    this.changed();
  }

  draw(context, view) {
    for (const border of [this.under, this.border]) {
      if (!border) continue;
      const { projection, palette } = this.desk;
      const path = new Path2D();
      for (const [a, b] of borderEdges(border)) {
        path.moveTo(projection.xs[a] * view.scale + view.dx, projection.ys[a] * view.scale + view.dy);
        path.lineTo(projection.xs[b] * view.scale + view.dx, projection.ys[b] * view.scale + view.dy);
      }
      strokes(context, path, [[9, "#fff"], [5, border === this.border ? palette.draft : palette.gSel]]);
    }
  }
}

export class BorderTool extends OfBorders {
  name = "border";
  grip = "grab";

  hint() {
    return say("Drag a border; its ends run along the borders they stand on. Keys: N chooses, arrows move, Enter sends.");
  }

  options() { return []; }
  act() { this.settle(); }

  press(at) {
    const border = this.find(at);
    if (!border) return null;
    let sketch = null;
    return {
      move: (now) => {
        sketch = sketch ?? this._sketch(border, at.steps);
        sketch.by(now.steps[0] - at.steps[0], now.steps[1] - at.steps[1]);
      },
      end: () => {
        this.sketch = null;
        if (sketch?.drop()) this.desk.announce(say("Border moved."));
        this.done();
      },
      cancel: () => {
        this.sketch = null;
        sketch?.cancel();
      },
    };
  }

  _sketch(border, at) {
    const { mesh } = this.desk;
    this.under = null;
    this.border = null;
    this.sketch = new MoveSketch(this.desk, {
      at, point: false,
      edges: borderEdges(border),
      change: (dx, dy) => (dx || dy ? moveBorder(mesh, border, dx, dy) : null),
      command: ({ one, other, line }) => commands.moveBorder({ one, other, line }),
    });
    return this.sketch;
  }

  key(event) {
    if (event.key in TOWARDS && (this.border || this.sketch)) {
      const { across, along } = this.desk.projection.pixels();
      const sketch = this.sketch ?? this._sketch(this.border, [0, 0]);
      const [right, up] = TOWARDS[event.key];
      const px = NUDGE_PX * (event.shiftKey ? 5 : 1);
      sketch.by(sketch.moved[0] + (right * px) / across, sketch.moved[1] + (up * px) / along);
      return true;
    }
    if (event.key === "Enter" && this.sketch) return this.settle();
    if (this.sketch && "np".includes(event.key.toLowerCase())) this.settle();
    return super.key(event);
  }

  settle() {
    const { sketch } = this;
    this.sketch = null;
    if (sketch?.drop()) this.desk.announce(say("Border moved."));
    return true;
  }

  escape() {
    if (!this.sketch) return super.escape();
    this.sketch.cancel();
    this.sketch = null;
    return true;
  }

  stop() {
    this.sketch?.cancel();
    this.sketch = null;
    super.stop();
  }

  drawsSelected() {
    return Boolean(this.sketch?.seen);
  }

  draw(context, view) {
    super.draw(context, view);
    this.sketch?.draw(context, view);
  }
}

export class StraightenTool extends OfBorders {
  name = "straighten";
  grip = "point";

  verb() { return say("Straighten"); }
  hint() { return say("Click the border that should run straight."); }

  act(border) {
    const { desk } = this;
    const { one, other } = border;
    const several = bordersOf(desk.mesh, one).filter((each) => each.one === other || each.other === other).length > 1;
    const change = several ? null : straightenBorder(desk.mesh, border);
    const seen = change && preview(desk.mesh, change);
    const command = commands.straighten({ one, other });
    if (seen?.problems.length) {
      desk.refuse(refusalOf(desk, seen, { unlock: (unlock) => desk.carryOut(command, { change, unlock }) }));
    } else desk.carryOut(command, { change: seen?.certain ? change : null });
    this.done();
  }
}

export class SnapTool extends OfBorders {
  name = "snap";
  grip = "point";

  verb() { return say("Lay it on the street"); }
  hint() { return say("Click the border that should follow the street beside it (within 15 m)."); }

  act({ one, other }) {
    this.desk.carryOut(() => commands.snapToStreet({ one, other }));
    this.done();
  }
}
