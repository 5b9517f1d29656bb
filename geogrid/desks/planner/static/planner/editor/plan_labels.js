/* Numbers and names of the grids for the map's labels (js/labels.js), read from the mesh as it is. */

import { normalised } from "../../geogrid/js/canvas_layer.js";
import { gridAt } from "./hit.js";
import { toSteps } from "./lattice.js";

const EQUATOR_M = 40075016.686;

export class PlanLabels {
  constructor(desk) {
    this.desk = desk;
  }

  gridLabels(view) {
    const { mesh, selection } = this.desk;
    const chosen = mesh.grids.get(selection.lineage);
    const near = new Set(chosen ? mesh.neighbourGrids(chosen.lineage) : []);
    const [left, top, right, bottom] = view.box;
    const listed = [];
    for (const grid of mesh.leaves()) {
      if (!grid.label_point) continue;
      const [nx, ny] = normalised(...grid.label_point);
      const x = nx * view.scale + view.dx;
      const y = ny * view.scale + view.dy;
      if (x < left - 40 || x > right + 40 || y < top - 40 || y > bottom + 40) continue;
      const role = grid === chosen ? "selected" : near.has(grid.lineage) ? "near" : "other";
      const metre = 1 / (EQUATOR_M * Math.cos((grid.label_point[1] * Math.PI) / 180));
      const radius = (grid.label_radius_m || 0) * metre * view.scale;
      listed.push({
        index: grid.lineage, number: String(grid.label || grid.code), full: this.full(grid),
        x, y, radius, role, sameParent: Boolean(chosen) && chosen.parent === grid.parent,
      });
    }
    return listed;
  }

  full(grid) {
    const parent = this.desk.mesh.grids.get(grid.parent);
    const community = (parent?.name || "").replace(/社区$/, "");
    return community && grid.label ? `${community} ${grid.label}` : grid.name || grid.label || grid.code;
  }

  communities(view) {
    const { mesh } = this.desk;
    const groups = new Map();
    for (const grid of mesh.leaves()) {
      const parent = mesh.grids.get(grid.parent);
      if (!parent || !grid.label_point) continue;
      const group = groups.get(grid.parent) || { name: parent.name, x: 0, y: 0, weight: 0 };
      const [nx, ny] = normalised(...grid.label_point);
      const weight = (grid.label_radius_m || 1) ** 2;
      group.x += nx * weight;
      group.y += ny * weight;
      group.weight += weight;
      groups.set(grid.parent, group);
    }
    return [...groups].filter(([, { name }]) => name).map(([parent, { name, x, y, weight }]) => ({
      name,
      x: (x / weight) * view.scale + view.dx,
      y: (y / weight) * view.scale + view.dy,
      owns: (across, down) => mesh.grids.get(this._at(across, down))?.parent === parent,
    }));
  }

  outline(view) {
    const { mesh, selection, projection } = this.desk;
    const grid = mesh.grids.get(selection.lineage);
    if (!grid?.parts) return [];
    const { xs, ys } = projection.refresh();
    return grid.parts.flat().map((ring) =>
      Array.from(ring, (v) => [xs[v] * view.scale + view.dx, ys[v] * view.scale + view.dy]));
  }

  inside(x, y) {
    return Boolean(this.desk.selection.lineage) && this._at(x, y) === this.desk.selection.lineage;
  }

  _at(x, y) {
    const { lng, lat } = this.desk.map.layerPointToLatLng([x, y]);
    return gridAt(this.desk.mesh, toSteps(lng), toSteps(lat));
  }
}
