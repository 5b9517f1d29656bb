/* Something that is being moved: previewed at every step, drawn red where it would not do, and sent
   when it is let go. Moving by hand and by keyboard are the same thing.

   new MoveSketch(desk, {change(dx, dy) -> change, command(change) -> command, edges: [a, b][], at: [x, y]})
   .by(dx, dy) steps from where it began   .drop() -> whether it was sent   .cancel()
   .draw(context, view)   .moved */

import { preview } from "./preview.js";
import { handle, stepsPath, strokes, tag } from "./paint.js";
import { drawProblems } from "./refusal_drawing.js";
import { refusalOf } from "./refusals.js";
import { say } from "../../geogrid/js/words.js";

const TELL_CLOSER_THAN_M = 8;

export class MoveSketch {
  constructor(desk, { change, command, edges, at, point = true }) {
    Object.assign(this, { desk, change, command, at, point });
    this.moved = [0, 0];
    this.seen = null;
    this.lastGood = null;
    this.unlocked = false;
    desk.refuse(null);
    desk.hide(edges);
  }

  by(dx, dy) {
    this.moved = [Math.round(dx), Math.round(dy)];
    this._look();
    this.desk.repaint();
  }

  _look() {
    const change = this.change(...this.moved);
    this.seen = change && preview(this.desk.mesh, change);
    if (this.seen && !this.seen.problems.length && change) this.lastGood = this.moved.slice();
  }

  get idle() {
    return this.moved[0] === 0 && this.moved[1] === 0;
  }

  drop() {
    const { desk, seen } = this;
    if (this.idle || !seen) {
      this.cancel();
      return false;
    }
    if (seen.problems.length) {
      this._refuse(seen);
      return false;
    }
    this._send(seen.change, seen.certain);
    return true;
  }

  _send(change, certain = true, unlock = "") {
    const { desk } = this;
    desk.hide([]);
    this.over = true;
    desk.carryOut(() => this.command(change), { change: certain ? change : null, unlock });
  }

  /** Never a silent snap-back: what was drawn stays drawn, with the reason and what can be done. */
  _refuse(seen) {
    const { desk } = this;
    desk.hide([]);
    this.over = true;
    const actions = [];
    if (this.lastGood && Math.hypot(...this.lastGood) > 0) {
      const metres = this._metres(this.lastGood);
      actions.push({
        word: say("Stop at the farthest place (%(metres)s m)", { metres }),
        run: () => {
          const change = this.change(...this.lastGood);
          desk.carryOut(() => this.command(change), { change });
        },
      });
    }
    desk.refuse(refusalOf(desk, seen, {
      actions,
      unlock: (reason) => this._send(seen.change, seen.certain, reason),
    }));
  }

  cancel() {
    this.over = true;
    this.desk.hide([]);
    this.desk.repaint();
  }

  _metres([dx, dy]) {
    const latitude = this.desk.map.getCenter().lat;
    const across = 0.011132 * Math.cos((latitude * Math.PI) / 180);
    return Math.max(1, Math.round(Math.hypot(dx * across, dy * 0.011113)));
  }

  draw(context, view) {
    const { desk, seen } = this;
    if (this.over || !seen) return;
    const { palette, projection } = desk;
    const wrong = seen.problems.length > 0;
    const colour = wrong ? palette.danger : palette.gSel;
    for (const lineage of seen.touched) {
      const steps = seen.steps(lineage);
      if (!steps) continue;
      const path = stepsPath(steps, view, projection);
      if (lineage === desk.selection.lineage) {
        context.fillStyle = palette.gSelFill;
        context.fill(path, "evenodd");
        strokes(context, path, [[7, "#fff"], [3, palette.gSel]]);
      } else strokes(context, path, [[2, palette.gSel]]);
    }
    for (const [ax, ay, bx, by] of seen.lines) {
      const path = new Path2D();
      path.moveTo(...projection.place([ax, ay], view));
      path.lineTo(...projection.place([bx, by], view));
      strokes(context, path, [[7, "#fff"], [3.5, colour, wrong ? [7, 4] : []]]);
    }
    drawProblems(context, view, desk, seen.problems);
    const [x, y] = projection.place([this.at[0] + this.moved[0], this.at[1] + this.moved[1]], view);
    if (this.point) handle(context, x, y, { palette, chosen: true, danger: wrong });
    if (!wrong && seen.closest && seen.closest.metres < TELL_CLOSER_THAN_M) {
      tag(context, x + 14, y - 14, say("%(number)s m", { number: seen.closest.metres.toFixed(1) }), { palette });
    }
  }
}
