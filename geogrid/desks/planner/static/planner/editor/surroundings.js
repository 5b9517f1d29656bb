/* What lies around a change: the edges and vertices that stay, near those that are fresh.

   new Surroundings(mesh, reshaped, withinM)
   .crossings() -> problems: fresh edges that cross or touch what is not theirs
   .tooClose() -> problems: borders through the lattice cell of a vertex that is not theirs
   .closest() -> {metres, at, to} | null   nearest foreign vertex or border within `withinM`
   .vertices() -> v[] that stay, where land may change hands     .untouched(ring) -> boolean */

import { Cells } from "./cells.js";
import { edgesNear } from "./edge_index.js";
import { crosses, cutsCell, nearestOnSegment, side } from "./geometry.js";
import { metresPerStep, toDegrees } from "./lattice.js";

export class Surroundings {
  constructor(mesh, { gone, fresh, joints }, withinM) {
    this.mesh = mesh;
    this.withinM = withinM;
    this.fresh = fresh.filter(([ax, ay, bx, by]) => ax !== bx || ay !== by);
    this.changed = new Set(gone.flat());
    this.scale = metresPerStep(fresh.length ? toDegrees(fresh[0][1]) : 0);
    this.box = boxOf([...fresh, ...gone.map(([a, b]) => [mesh.x(a), mesh.y(a), mesh.x(b), mesh.y(b)])]);
    this.allowed = new Set(Array.from(this.changed, (vertex) => placeKey(mesh.x(vertex), mesh.y(vertex))));
    for (const [x, y] of joints) this.allowed.add(placeKey(x, y));
    this._sortStaying(new Set(gone.map(([a, b]) => edgeKey(a, b))));
    this.freshCells = new Cells(this.box, this.fresh);
  }

  /** The edges that stay, as far away as `closest` looks. */
  _sortStaying(seen) {
    this.ends = []; // [a, b] of each
    const segments = [];
    const { xs, ys } = this.mesh.vertices;
    const [wide, high] = [this.withinM / this.scale.across + 1, this.withinM / this.scale.along + 1];
    const [west, south, east, north] = this.box;
    const around = [west - wide, south - high, east + wide, north + high];
    if (this.fresh.length) {
      edgesNear(this.mesh, around, (a, b) => {
        const key = edgeKey(a, b);
        if (seen.has(key)) return;
        seen.add(key);
        this.ends.push([a, b]);
        segments.push([xs[a], ys[a], xs[b], ys[b]]);
      });
    }
    this.staying = new Cells(this.fresh.length ? around : [0, 0, 0, 0], segments);
  }

  crossings() {
    const problems = [];
    this.fresh.forEach((edge, i) => {
      this.staying.near(edge, 0, (index) => {
        if (this._meet(edge, this.staying.segments[index], true)) problems.push(this._problem("folds", edge, index));
      });
      this.freshCells.near(edge, 0, (other) => {
        if (other > i && this._meet(edge, this.fresh[other], false)) problems.push({ code: "folds", where: edge, grids: [] });
      });
    });
    return problems;
  }

  /** Whether two edges have more in common than an end where both may end. */
  _meet([px, py, qx, qy], [ax, ay, bx, by], foreign) {
    const first = px === ax && py === ay ? 1 : px === bx && py === by ? 2 : 0;
    const second = qx === ax && qy === ay ? 1 : qx === bx && qy === by ? 2 : 0;
    if (!first && !second) return crosses(px, py, qx, qy, ax, ay, bx, by);
    if (first && second) return true; // one upon the other
    const [x, y, ox, oy] = first ? [px, py, qx, qy] : [qx, qy, px, py];
    if (foreign && !this.allowed.has(placeKey(x, y))) return true; // touches a border that is not its own
    const [sx, sy] = (first || second) === 1 ? [bx, by] : [ax, ay];
    return side(x, y, ox, oy, sx, sy) === 0 && (ox - x) * (sx - x) + (oy - y) * (sy - y) > 0;
  }

  tooClose() {
    const problems = [];
    this.fresh.forEach((edge, i) => {
      this.staying.near(edge, 1, (index) => {
        if (cellsMet(edge, this.staying.segments[index])) problems.push(this._problem("too_close", edge, index));
      });
      this.freshCells.near(edge, 1, (other) => {
        if (other > i && cellsMet(edge, this.fresh[other])) problems.push({ code: "too_close", where: edge, grids: [] });
      });
    });
    return problems;
  }

  closest() {
    let best = null;
    const { across, along } = this.scale;
    const look = (px, py, ax, ay, bx, by) => {
      const near = nearestOnSegment(px, py, ax, ay, bx, by, across, along);
      if (near.distance < (best?.metres ?? this.withinM)) best = { metres: near.distance, at: [px, py], to: [near.x, near.y] };
    };
    for (const edge of this.fresh) {
      const [px, py, qx, qy] = edge;
      this.staying.near(edge, (best?.metres ?? this.withinM) / Math.min(across, along), (index) => {
        const [ax, ay, bx, by] = this.staying.segments[index];
        if (sharesEnd(edge, ax, ay, bx, by)) return;
        look(px, py, ax, ay, bx, by);
        look(qx, qy, ax, ay, bx, by);
        look(ax, ay, px, py, qx, qy);
        look(bx, by, px, py, qx, qy);
      });
    }
    return best;
  }

  vertices() {
    if (this._vertices === undefined) {
      const [west, south, east, north] = this.box;
      const { xs, ys } = this.mesh.vertices;
      this._vertices = [...new Set(this.ends.flat())].filter((vertex) => !this.changed.has(vertex)
        && xs[vertex] >= west && xs[vertex] <= east && ys[vertex] >= south && ys[vertex] <= north);
    }
    return this._vertices;
  }

  untouched(ring) {
    return !ring.some((vertex) => this.changed.has(vertex));
  }

  _problem(code, where, index) {
    return { code, where, grids: this.mesh.edgeOwners(...this.ends[index]) };
  }
}

function boxOf(segments) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [ax, ay, bx, by] of segments) {
    west = Math.min(west, ax, bx);
    south = Math.min(south, ay, by);
    east = Math.max(east, ax, bx);
    north = Math.max(north, ay, by);
  }
  return [west, south, east, north];
}

function sharesEnd([px, py, qx, qy], ax, ay, bx, by) {
  return (px === ax && py === ay) || (px === bx && py === by) || (qx === ax && qy === ay) || (qx === bx && qy === by);
}

/** Whether one segment runs through the lattice cell of an end of the other that it does not share. */
function cellsMet(one, other) {
  return cellMet(one, other[0], other[1]) || cellMet(one, other[2], other[3])
    || cellMet(other, one[0], one[1]) || cellMet(other, one[2], one[3]);
}

function cellMet([ax, ay, bx, by], x, y) {
  if ((ax === x && ay === y) || (bx === x && by === y)) return false;
  return cutsCell(ax, ay, bx, by, x, y);
}

function placeKey(x, y) {
  return `${x},${y}`;
}

function edgeKey(a, b) {
  return Math.min(a, b) * 67108864 + Math.max(a, b); // exact for 2^26 vertices
}
