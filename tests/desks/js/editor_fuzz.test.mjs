import assert from "node:assert/strict";
import { test } from "node:test";

import { deleteVertex, insertVertex, moveVertex } from "../editor/changes.js";
import { mergeGrids } from "../editor/merge_change.js";
import { Mesh } from "../editor/mesh.js";
import { Pending } from "../editor/pending.js";
import { preview } from "../editor/preview.js";
import { chance, lineageOf, residue, town } from "./editor_town.mjs";

/** What the server's history would be: grids as lists of "x,y" texts, edited without the mesh's help. */
class Model {
  constructor(json, random) {
    this.random = random;
    this.json = structuredClone(json);
    this.revision = 0;
    this.next = 1000;
    this.rings = new Map(json.grids.map((grid) => [grid.lineage, grid.boundary.coordinates[0][0].slice(0, -1).map(String)]));
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  /** One edit: what it changed, made and ended. */
  step() {
    const chosen = this.random();
    if (chosen < 0.3) return this.split();
    if (chosen < 0.6) return this.merge();
    if (chosen < 0.8) return this.insert();
    return this.turn();
  }

  split() {
    const lineage = this.pick([...this.rings.keys()]);
    const ring = this.rings.get(lineage);
    if (ring.length < 5) return { changed: [], ended: [] };
    const i = Math.floor(this.random() * (ring.length - 3));
    const j = i + 2 + Math.floor(this.random() * (ring.length - i - 2 - (i === 0 ? 1 : 0)));
    const middle = this.between(ring[i], ring[j]);
    const fresh = lineageOf(this.next++);
    this.rings.set(lineage, [...ring.slice(0, i + 1), middle, ...ring.slice(j)]);
    this.rings.set(fresh, [...ring.slice(i, j + 1), middle]);
    return { changed: [lineage, fresh], ended: [] };
  }

  merge() {
    const lineage = this.pick([...this.rings.keys()]);
    const ring = this.rings.get(lineage);
    for (const [other, theirs] of this.rings) {
      if (other === lineage) continue;
      const own = new Set(edges(ring));
      const shared = edges(theirs).filter((edge) => own.has(back(edge)));
      const joined = shared.length ? outlineOf([...own].filter((edge) => !shared.includes(back(edge))), edges(theirs).filter((edge) => !shared.includes(edge))) : null;
      if (!joined) continue;
      this.rings.set(lineage, joined);
      this.rings.delete(other);
      return { changed: [lineage], ended: [other] };
    }
    return { changed: [], ended: [] };
  }

  insert() {
    const lineage = this.pick([...this.rings.keys()]);
    const [a, b] = this.pick(edges(this.rings.get(lineage))).split(">");
    const middle = this.between(a, b);
    const changed = [];
    for (const [one, ring] of this.rings) {
      const at = ring.findIndex((place, i) => {
        const next = ring[(i + 1) % ring.length];
        return (place === a && next === b) || (place === b && next === a);
      });
      if (at < 0) continue;
      this.rings.set(one, [...ring.slice(0, at + 1), middle, ...ring.slice(at + 1)]);
      changed.push(one);
    }
    return { changed, ended: [] };
  }

  /** The same ring told from another vertex on, as a server may. */
  turn() {
    const lineage = this.pick([...this.rings.keys()]);
    const ring = this.rings.get(lineage);
    const by = Math.floor(this.random() * ring.length);
    this.rings.set(lineage, [...ring.slice(by), ...ring.slice(0, by)]);
    return { changed: [lineage], ended: [] };
  }

  /** A lattice point that no grid has yet: where it lies does not matter to who shares it. */
  between(a, b) {
    const [ax, ay] = a.split(",").map((text) => Math.round(Number(text) * 1e7));
    const [bx, by] = b.split(",").map((text) => Math.round(Number(text) * 1e7));
    for (;;) {
      const at = [Math.round((ax + bx) / 2 + (this.random() - 0.5) * 4000) / 1e7, Math.round((ay + by) / 2 + (this.random() - 0.5) * 4000) / 1e7].join();
      if (![...this.rings.values()].some((ring) => ring.includes(at))) return at;
    }
  }

  boundary(lineage) {
    const ring = this.rings.get(lineage).map((place) => place.split(",").map(Number));
    return { type: "MultiPolygon", coordinates: [[[...ring, ring[0]]]] };
  }

  grid(lineage) {
    return { lineage, code: lineage.slice(-4), name: lineage, kind: "basic", level: 1, parent: null, pieces_reason: "", boundary: this.boundary(lineage) };
  }

  grids() {
    return [...this.rings.keys()].map((lineage) => this.grid(lineage));
  }

  /** Several edits told at once, as an answer does that holds everything since a revision. */
  answer(count) {
    const base = this.revision;
    const changed = new Set();
    const ended = new Set();
    for (let i = 0; i < count; i++) {
      const told = this.step();
      for (const one of told.changed) changed.add(one);
      for (const one of told.ended) ended.add(one);
      this.revision += 1;
    }
    return {
      revision: this.revision, base_revision: base,
      changed_grids: [...changed].filter((one) => this.rings.has(one)).map((one) => this.grid(one)),
      ended: [...ended].map((lineage) => ({ lineage, code: "", name: "" })),
    };
  }
}

const edges = (ring) => ring.map((place, i) => `${place}>${ring[(i + 1) % ring.length]}`);
const back = (edge) => edge.split(">").reverse().join(">");

function outlineOf(...lists) {
  const next = new Map();
  const all = lists.flat();
  for (const edge of all) {
    const [a, b] = edge.split(">");
    if (next.has(a)) return null;
    next.set(a, b);
  }
  const ring = [];
  let at = next.keys().next().value;
  while (next.has(at)) {
    ring.push(at);
    const to = next.get(at);
    next.delete(at);
    at = to;
  }
  return ring.length === all.length ? ring : null;
}

/** Every vertex with whom it is joined to and who owns it, by place. */
function wiring(mesh) {
  const place = (vertex) => `${mesh.x(vertex)},${mesh.y(vertex)}`;
  const told = {};
  for (const { parts } of mesh.leaves()) {
    for (const vertex of parts.flat().flatMap((ring) => [...ring])) {
      told[place(vertex)] ??= {
        owners: mesh.owners(vertex).sort(),
        joined: mesh.neighbours(vertex).map((other) => `${place(other)} ${mesh.edgeOwners(vertex, other).sort()}`).sort(),
      };
    }
  }
  return told;
}

test("after any edits the mesh is the server's plan, vertex for vertex, and wired as if loaded anew", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = chance(seed);
    const json = town(4, 4, { bends: 3, seed });
    const model = new Model(json, random);
    const mesh = Mesh.fromGrids(json);
    const numbers = new Map();
    for (let round = 0; round < 30; round++) {
      mesh.apply(model.answer(1 + Math.floor(random() * 4)));
      assert.deepEqual(mesh.equalsServer(model.grids()), [], `seed ${seed} round ${round}`);
      for (const { parts } of mesh.leaves()) {
        for (const vertex of parts.flat().flatMap((ring) => [...ring])) {
          const place = `${mesh.x(vertex)},${mesh.y(vertex)}`;
          assert.equal(numbers.get(place) ?? vertex, vertex, "a vertex keeps its number");
          numbers.set(place, vertex);
        }
      }
    }
    const grids = mesh.toGrids();
    assert.deepEqual(grids.map(({ boundary }) => boundary), grids.map(({ lineage }) => model.boundary(lineage)));
    assert.deepEqual(wiring(mesh), wiring(Mesh.fromGrids(model.grids())));
    const edgesLeft = residue(grids).every((edge) => {
      const [a, b] = edge.split(">").map((text) => text.split(",").map((number) => Math.round(number * 1e7)));
      return mesh.isOutline(mesh.vertexAt(...a), mesh.vertexAt(...b));
    });
    assert.ok(edgesLeft, "what does not cancel is outline");
  }
});

test("previewed changes keep the tiling exact, whatever lies on top of what, and leave no trace when dropped", () => {
  for (let seed = 1; seed <= 15; seed++) {
    const random = chance(100 + seed);
    const json = town(4, 4, { bends: 3, seed });
    const outline = residue(json.grids).length;
    const mesh = Mesh.fromGrids(json);
    const before = wiring(mesh);
    const pending = new Pending(mesh);
    let shown = 0;
    for (let i = 0; i < 40; i++) {
      const grid = mesh.leaves()[Math.floor(random() * mesh.leaves().length)];
      const ring = grid.parts[0][0];
      const at = Math.floor(random() * ring.length);
      const [a, b] = [ring[at], ring[(at + 1) % ring.length]];
      const nudge = (scale) => Math.round((random() - 0.5) * scale);
      const change = [
        () => moveVertex(mesh, a, mesh.x(a) + nudge(6000), mesh.y(a) + nudge(6000)),
        () => insertVertex(mesh, a, b, Math.round((mesh.x(a) + mesh.x(b)) / 2) + nudge(2000), Math.round((mesh.y(a) + mesh.y(b)) / 2) + nudge(2000)),
        () => deleteVertex(mesh, a),
        () => mergeGrids(grid.lineage, mesh.neighbourGrids(grid.lineage).slice(0, 1)),
      ][Math.floor(random() * 4)]();
      const seen = preview(mesh, change);
      if (seen === null || seen.problems.length) continue;
      pending.show(`id${i}`, change);
      shown += 1;
      const left = residue(mesh.toGrids().filter(({ boundary }) => boundary));
      const straight = left.every((edge) => {
        const [p, q] = edge.split(">").map((text) => text.split(",").map((number) => Math.round(number * 1e7)));
        return mesh.isOutline(mesh.vertexAt(...p), mesh.vertexAt(...q));
      });
      assert.ok(straight && left.length <= outline + shown, `seed ${seed} step ${i}`);
    }
    assert.ok(shown > 5);
    const ids = Array.from({ length: 40 }, (_, i) => `id${i}`).filter((id) => pending.has(id));
    while (ids.length) pending.drop(ids.splice(Math.floor(random() * ids.length), 1)[0]);
    assert.deepEqual(mesh.equalsServer(json), []);
    assert.deepEqual(wiring(mesh), before);
  }
});

test("a mesh with pending changes follows answers as one without", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const random = chance(200 + seed);
    const json = town(4, 4, { bends: 3, seed });
    const model = new Model(json, random);
    const mesh = Mesh.fromGrids(json);
    const pending = new Pending(mesh);
    for (let round = 0; round < 25; round++) {
      const ring = mesh.leaves()[Math.floor(random() * mesh.leaves().length)].parts[0][0];
      const vertex = ring[Math.floor(random() * ring.length)];
      pending.show(`id${round}`, moveVertex(mesh, vertex, mesh.x(vertex) + 17, mesh.y(vertex) - 5));
      if (random() < 0.4) pending.settle(`id${Math.floor(random() * round)}`, model.answer(2));
      assert.deepEqual(pending.authoritative(() => mesh.equalsServer(model.grids())), [], `seed ${seed} round ${round}`);
    }
    for (let round = 0; round < 25; round++) pending.drop(`id${round}`);
    assert.deepEqual(wiring(mesh), wiring(Mesh.fromGrids(model.grids())));
  }
});
