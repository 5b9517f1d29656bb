/* The grids of a draft as a planar mesh: a vertex exists once, so neighbours cannot drift apart.

   Mesh.fromGrids(json) -> Mesh      json: grids.json, or only its list of grids
   mesh.apply(answer) -> Touched     {shapes, attributes, made, ended}: Sets of lineages; sets revision;
                                     an answer not newer than the mesh changes nothing
   mesh.grids  Map lineage -> grid   what the server said (code, name, kind, level, parent, loads ...)
                                     plus parts (Int32Array[][] of vertices; null above the leaves), box
   mesh.revision, mesh.levels, mesh.leafDepth, mesh.version (counts every change of shapes)
   mesh.leaves() -> grid[]           mesh.children(lineage) -> grid[]
   mesh.x(v), mesh.y(v) steps        mesh.degrees(v) -> [lon, lat]     mesh.vertexAt(x, y) -> v or -1
   mesh.isVertex(v)                  whether a border runs through it now
   mesh.owners(v) -> lineage[]       mesh.neighbours(v) -> v[]         mesh.degree(v) -> number
   mesh.edgeOwners(a, b) -> lineage[]   isEdge, isShared, isOutline, isFixed(a, b) -> boolean
   mesh.neighbourGrids(lineage) -> lineage[]   that share a border, not only a corner
   mesh.unit(lineage) -> lineage of its grid at the lowest fixed level, or null
   mesh.steps(lineage) -> Int32Array[][]   x, y, x, y ... of every ring, unclosed
   mesh.boundary(lineage) -> MultiPolygon in degrees, exactly k / 1e7
   mesh.toGrids() -> list like grids.json's   mesh.equalsServer(json) -> [] or lineages that differ
   mesh.replace(Map lineage -> parts)   sets rings; previews and pending edits go through it */

import { toDegrees } from "./lattice.js";
import { Links } from "./links.js";
import { partsFromGeoJson, partsToGeoJson, pointsOf, samePartsAs } from "./rings.js";
import { VertexTable } from "./vertices.js";

export class Mesh {
  static fromGrids(json) {
    const grids = Array.isArray(json) ? json : json.grids;
    const levels = Array.isArray(json) ? [] : (json.levels ?? []);
    const depths = (levels.length ? levels : grids).map((one) => one.depth ?? one.level ?? 1);
    const mesh = new Mesh(levels, depths.reduce((a, b) => Math.max(a, b), 0), 24 * grids.length);
    mesh.revision = json.plan?.revision ?? 0;
    for (const one of grids) mesh._take(one);
    return mesh;
  }

  constructor(levels, leafDepth, expected) {
    this.levels = levels;
    this.leafDepth = leafDepth;
    this.fixedDepth = levels.reduce((depth, level) => (level.fixed ? Math.max(depth, level.depth) : depth), 0);
    this.revision = 0;
    this.version = 0;
    this.grids = new Map();
    this.vertices = new VertexTable(expected);
    this._links = new Links(expected);
    this._units = new Map();
  }

  // ---- What the server says ----

  apply(answer) {
    const touched = { shapes: new Set(), attributes: new Set(), made: new Set(), ended: new Set() };
    if (answer.revision <= this.revision) return touched; // an answer to a command sent again: old news
    for (const one of answer.ended ?? []) {
      if (this._drop(one.lineage)) touched.ended.add(one.lineage);
    }
    for (const one of answer.changed_grids ?? []) {
      const known = this.grids.has(one.lineage);
      if (this._take(one)) touched.shapes.add(one.lineage);
      (known ? touched.attributes : touched.made).add(one.lineage);
    }
    this.revision = Math.max(this.revision, answer.revision ?? 0);
    return touched;
  }

  /** One grid of grids.json or of an answer; whether its shape is another now. */
  _take(one) {
    let grid = this.grids.get(one.lineage);
    if (grid === undefined) {
      grid = { parts: null, box: null, chunks: null, number: this._links.newOwner(one.lineage) };
      this.grids.set(one.lineage, grid);
    }
    if (grid.parent !== one.parent) this._units.clear();
    for (const name in one) if (name !== "boundary") grid[name] = one[name];
    return this._put(grid, this._read(one));
  }

  /** Boundaries above the leaves follow from the leaves. */
  _read({ boundary, level = this.leafDepth }) {
    return boundary && level === this.leafDepth ? partsFromGeoJson(boundary, this.vertices) : null;
  }

  _drop(lineage) {
    const grid = this.grids.get(lineage);
    if (grid === undefined) return false;
    this._put(grid, null);
    this.grids.delete(lineage);
    this._links.endOwner(grid.number);
    this._units.clear();
    return true;
  }

  _put(grid, parts) {
    if (samePartsAs(grid.parts, parts)) return false;
    if (grid.parts) this._links.remove(grid.number, grid.parts);
    if (parts) this._links.add(grid.number, parts);
    grid.parts = parts;
    grid.box = parts && boxOf(parts, this.vertices);
    grid.chunks = null; // edge_index makes them when somebody asks
    this.version += 1;
    return true;
  }

  replace(shapes) {
    const changed = new Set();
    for (const [lineage, parts] of shapes) {
      const grid = this.grids.get(lineage);
      if (grid && this._put(grid, parts)) changed.add(lineage);
    }
    return changed;
  }

  // ---- Grids ----

  leaves() {
    return Array.from(this.grids.values()).filter((grid) => grid.parts !== null);
  }

  children(lineage) {
    return Array.from(this.grids.values()).filter((grid) => grid.parent === lineage);
  }

  unit(lineage) {
    if (!this.fixedDepth) return null;
    if (!this._units.has(lineage)) {
      let grid = this.grids.get(lineage);
      while (grid && grid.level > this.fixedDepth) grid = this.grids.get(grid.parent);
      this._units.set(lineage, grid ? grid.lineage : null);
    }
    return this._units.get(lineage);
  }

  neighbourGrids(lineage) {
    const found = new Set();
    const grid = this.grids.get(lineage);
    for (const ring of grid?.parts?.flat() ?? []) {
      for (let i = 0, before = ring[ring.length - 1]; i < ring.length; before = ring[i], i++) {
        for (const owner of this.edgeOwners(before, ring[i])) found.add(owner);
      }
    }
    found.delete(lineage);
    return [...found];
  }

  // ---- Vertices and edges ----

  x(vertex) {
    return this.vertices.x(vertex);
  }

  y(vertex) {
    return this.vertices.y(vertex);
  }

  degrees(vertex) {
    return [toDegrees(this.x(vertex)), toDegrees(this.y(vertex))];
  }

  vertexAt(x, y) {
    const vertex = this.vertices.find(x, y);
    return vertex >= 0 && this.isVertex(vertex) ? vertex : -1;
  }

  isVertex(vertex) {
    return this._links.has(vertex);
  }

  owners(vertex) {
    return this._links.owners(vertex);
  }

  neighbours(vertex) {
    return this._links.neighbours(vertex);
  }

  degree(vertex) {
    return this.neighbours(vertex).length;
  }

  edgeOwners(a, b) {
    return this._links.edgeOwners(a, b);
  }

  isEdge(a, b) {
    return this._links.countOwners(a, b) > 0;
  }

  isShared(a, b) {
    return this._links.countOwners(a, b) > 1;
  }

  isOutline(a, b) {
    return this._links.countOwners(a, b) === 1;
  }

  /** Between grids of different units at a fixed level: administrative, moved only when unlocked. */
  isFixed(a, b) {
    if (!this.fixedDepth) return false;
    const owners = this.edgeOwners(a, b);
    return owners.length === 2 && this.unit(owners[0]) !== this.unit(owners[1]);
  }

  // ---- Shapes ----

  steps(lineage) {
    return (this.grids.get(lineage)?.parts ?? []).map((rings) => rings.map((ring) => pointsOf(ring, this.vertices)));
  }

  boundary(lineage) {
    const parts = this.grids.get(lineage)?.parts;
    return parts ? partsToGeoJson(parts, this.vertices) : null;
  }

  toGrids() {
    return Array.from(this.grids.values(), ({ parts, box, chunks, number, ...attributes }) => ({
      ...attributes,
      boundary: parts && partsToGeoJson(parts, this.vertices),
    }));
  }

  /** Lineages whose shape or existence differs from the server's list; empty when all is equal. */
  equalsServer(json) {
    const theirs = new Map((Array.isArray(json) ? json : json.grids).map((one) => [one.lineage, one]));
    const missing = [...theirs.keys()].filter((lineage) => !this.grids.has(lineage));
    const different = [...this.grids.values()].filter((grid) => {
      const other = theirs.get(grid.lineage);
      return other === undefined || !samePartsAs(grid.parts, this._read(other));
    });
    return [...missing, ...different.map((grid) => grid.lineage)];
  }
}

/** [west, south, east, north] in steps. */
function boxOf(parts, table) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [outer] of parts) {
    for (const id of outer) {
      const x = table.x(id);
      const y = table.y(id);
      if (x < west) west = x;
      if (x > east) east = x;
      if (y < south) south = y;
      if (y > north) north = y;
    }
  }
  return [west, south, east, north];
}
