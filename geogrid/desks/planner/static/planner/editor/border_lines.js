/* The borders of a grid as lines to be drawn: every border of the plan once, sorted by what it is.
   Kept until the grid's shape changes; a whole town is worked out once.

   new BorderLines(mesh)   .of(grid) -> {leaf, fixed, outline}: Int32Array[] of vertices
   .forget()               grids hang elsewhere now: what is fixed may be other borders */

import { pointsOf, twiceArea } from "./rings.js";

export class BorderLines {
  constructor(mesh) {
    this.mesh = mesh;
    this.forget();
  }

  forget() {
    this._known = new WeakMap(); // by the grid's parts, which are replaced as a whole
  }

  of(grid) {
    let lines = this._known.get(grid.parts);
    if (!lines) {
      lines = this._sorted(grid.parts);
      this._known.set(grid.parts, lines);
    }
    return lines;
  }

  _sorted(parts) {
    const lines = { leaf: [], fixed: [], outline: [] };
    for (const rings of parts) {
      rings.forEach((ring, i) => {
        const onTheLeft = twiceArea(pointsOf(ring, this.mesh.vertices)) > 0 === (i === 0);
        this._ring(onTheLeft ? ring : ring.slice().reverse(), lines);
      });
    }
    return lines;
  }

  _ring(ring, lines) {
    let path = [];
    let now = null;
    const end = () => {
      if (now && path.length > 1) lines[now].push(Int32Array.from(path));
    };
    for (let i = 0; i < ring.length; i++) {
      const a = ring[i];
      const b = ring[(i + 1) % ring.length];
      const kind = this._kind(a, b);
      if (kind !== now) {
        end();
        path = [a];
        now = kind;
      }
      path.push(b);
    }
    end();
  }

  /** null where the neighbour, who walks it the other way, draws it. */
  _kind(a, b) {
    const { mesh } = this;
    if (mesh.isOutline(a, b)) return "outline";
    const across = mesh.x(b) - mesh.x(a);
    if (across < 0 || (across === 0 && mesh.y(b) < mesh.y(a))) return null;
    return mesh.isFixed(a, b) ? "fixed" : "leaf";
  }
}
