/* What the screen shows while the server has not answered: the plan as it last said, and on top of it
   one's own commands that are on their way, in order. Every answer takes all of them off, is applied
   to the plan as the server knows it, and the rest is done again; what does not fit any more is not
   drawn, and the server's answer to it decides.

   new Pending(mesh)
   .show(commandId, change) -> touched lineages   change null: nothing can be shown yet
   .settle(commandId | null, answer) -> {shapes, attributes, made, ended}   as mesh.apply, and what was redone
   .drop(commandId) -> touched lineages     a refusal or a conflict: as if it had never been shown
   .size, .has(commandId), .shown(commandId) -> boolean
   .authoritative(work) -> work() run on the mesh as the server knows it */

import { reshape } from "./changes.js";

export class Pending {
  constructor(mesh) {
    this.mesh = mesh;
    this._layers = []; // {commandId, change, before: Map lineage -> parts}, in the order of sending
  }

  get size() {
    return this._layers.length;
  }

  has(commandId) {
    return this._layers.some((layer) => layer.commandId === commandId);
  }

  shown(commandId) {
    return this._layers.some((layer) => layer.commandId === commandId && layer.before.size > 0);
  }

  show(commandId, change) {
    const layer = { commandId, change, before: new Map() };
    this._layers.push(layer);
    return this._lay(layer);
  }

  drop(commandId) {
    const touched = this._lift();
    this._layers = this._layers.filter((layer) => layer.commandId !== commandId);
    for (const lineage of this._relay()) touched.add(lineage);
    return touched;
  }

  settle(commandId, answer) {
    const redrawn = this._lift();
    this._layers = this._layers.filter((layer) => layer.commandId !== commandId);
    const touched = this.mesh.apply(answer);
    for (const lineage of [...redrawn, ...this._relay()]) {
      if (this.mesh.grids.has(lineage)) touched.shapes.add(lineage);
    }
    return touched;
  }

  authoritative(work) {
    this._lift();
    try {
      return work();
    } finally {
      this._relay();
    }
  }

  _lay(layer) {
    layer.before = new Map();
    const reshaped = layer.change && reshape(this.mesh, layer.change);
    if (!reshaped) return new Set();
    const shapes = new Map();
    for (const [lineage, parts] of reshaped.shapes) {
      layer.before.set(lineage, this.mesh.grids.get(lineage).parts);
      shapes.set(lineage, parts && parts.map((rings) => rings.map((points) => this._ring(points))));
    }
    return this.mesh.replace(shapes);
  }

  _ring(points) {
    const ids = new Int32Array(points.length / 2);
    for (let i = 0; i < ids.length; i++) ids[i] = this.mesh.vertices.id(points[2 * i], points[2 * i + 1]);
    return ids;
  }

  _lift() {
    const touched = new Set();
    for (const layer of this._layers.slice().reverse()) {
      for (const lineage of this.mesh.replace(layer.before)) touched.add(lineage);
      layer.before = new Map();
    }
    return touched;
  }

  _relay() {
    const touched = new Set();
    for (const layer of this._layers) for (const lineage of this._lay(layer)) touched.add(lineage);
    return touched;
  }
}
