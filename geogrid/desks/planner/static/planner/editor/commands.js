/* What a planner tells a draft to become, as the server reads it (territory/commands.py): verbs with
   arguments that name lineages. Points are lattice steps [x, y], areas and shapes GeoJSON in degrees.
   Each function answers {verb, arguments}; outbox.js adds command_id, base_revision and unlock.

   split({lineage, line}) merge({target, others}) claim({target, area, sources?}) cutOut({area, name?, kind?})
   redraw({lineage, shape}) moveBorder({one, other, line}) moveVertex({vertex, to})
   insertVertex({start, finish, point}) deleteVertex({vertex}) straighten({one, other})
   snapToStreet({one, other, within_m?}) rebalance({shapes: {lineage: shape}, made?, gone?})
   moveToParent({grids, parent?, name?}) describe({lineage, name?, label?, kind?, pieces_reason?,
   range_reason?, lock_reason?, locked?})
   renumber({below?}) undo({revision}) returnTo({revision})

   An argument that says nothing throws CommandInvalid: .part names the argument, .reason is one of
   "points" (too few), "missing", "grids" (none, or the same twice), "number", "shape". */

import { pointToDegrees, pointToSteps } from "./lattice.js";

const FARTHEST_M = 1000;
const MAY_BE_EMPTY = ["pieces_reason", "range_reason", "lock_reason"];

export class CommandInvalid extends Error {
  constructor(part, reason) {
    super(`${part}: ${reason}`);
    this.name = "CommandInvalid";
    this.part = part;
    this.reason = reason;
  }
}

export function split({ lineage, line }) {
  return command("split", { lineage: lineageOf("lineage", lineage), line: lineOf("line", line) });
}

export function merge({ target, others }) {
  const rest = lineagesOf("others", others).filter((one) => one !== target);
  if (!rest.length) throw new CommandInvalid("others", "grids");
  return command("merge", { target: lineageOf("target", target), others: rest });
}

export function claim({ target, area, sources }) {
  const told = { target: lineageOf("target", target), area: areaOf("area", area) };
  if (sources) told.sources = lineagesOf("sources", sources);
  return command("claim", told);
}

export function cutOut({ area, name = "", kind = "dedicated" }) {
  return command("cut_out", { area: areaOf("area", area), name: name.trim(), kind });
}

export function redraw({ lineage, shape }) {
  return command("redraw", { lineage: lineageOf("lineage", lineage), shape: areaOf("shape", shape) });
}

export function moveBorder({ one, other, line }) {
  return command("move_border", { ...twoOf(one, other), line: lineOf("line", line) });
}

export function moveVertex({ vertex, to }) {
  const told = { vertex: spotOf("vertex", vertex), to: spotOf("to", to) };
  if (String(told.vertex) === String(told.to)) throw new CommandInvalid("to", "points");
  return command("move_vertex", told);
}

export function insertVertex({ start, finish, point }) {
  return command("insert_vertex", { start: spotOf("start", start), finish: spotOf("finish", finish), point: spotOf("point", point) });
}

export function deleteVertex({ vertex }) {
  return command("delete_vertex", { vertex: spotOf("vertex", vertex) });
}

export function straighten({ one, other }) {
  return command("straighten", twoOf(one, other));
}

export function snapToStreet({ one, other, within_m = 15 }) {
  if (!(within_m > 0 && within_m <= FARTHEST_M)) throw new CommandInvalid("within_m", "number");
  return command("snap_to_street", { ...twoOf(one, other), within_m });
}

/** `made`: grids to be made (the argument "new"), `gone`: lineages of grids that end. */
export function rebalance({ shapes = {}, made = [], gone = [] }) {
  const told = Object.entries(shapes).map(([lineage, shape]) => [lineageOf("shapes", lineage), areaOf("shapes", shape)]);
  if (!told.length && !gone.length) throw new CommandInvalid("shapes", "grids");
  const more = { ...(made.length && { new: made.map((shape) => areaOf("new", shape)) }), ...(gone.length && { gone: lineagesOf("gone", gone) }) };
  return command("rebalance", { shapes: Object.fromEntries(told), ...more });
}

export function moveToParent({ grids, parent = null, name = "" }) {
  return command("move_to_parent", { grids: lineagesOf("grids", grids), parent, name: name.trim() });
}

export function describe({ lineage, ...said }) {
  const told = { lineage: lineageOf("lineage", lineage) };
  for (const part of ["name", "label", "kind", ...MAY_BE_EMPTY]) {
    if (said[part] === undefined || said[part] === null) continue;
    told[part] = String(said[part]).trim();
    if (!told[part] && !MAY_BE_EMPTY.includes(part)) throw new CommandInvalid(part, "missing");
  }
  if (typeof said.locked === "boolean") told.locked = said.locked;
  if (Object.keys(told).length === 1) throw new CommandInvalid("name", "missing");
  return command("describe", told);
}

export function renumber({ below = null } = {}) {
  return command("renumber", { below });
}

export function undo({ revision }) {
  return command("undo", { revision: revisionOf(revision) });
}

export function returnTo({ revision }) {
  return command("return_to", { revision: revisionOf(revision) });
}

function command(verb, told) {
  return { verb, arguments: told };
}

function lineageOf(part, lineage) {
  if (typeof lineage !== "string" || !lineage) throw new CommandInvalid(part, "missing");
  return lineage;
}

function lineagesOf(part, lineages) {
  const told = [...new Set(Array.from(lineages ?? [], (one) => lineageOf(part, one)))];
  if (!told.length) throw new CommandInvalid(part, "grids");
  return told;
}

function twoOf(one, other) {
  if (one === other) throw new CommandInvalid("other", "grids");
  return { one: lineageOf("one", one), other: lineageOf("other", other) };
}

function revisionOf(revision) {
  if (!Number.isInteger(revision) || revision < 0) throw new CommandInvalid("revision", "number");
  return revision;
}

/** A point in degrees with seven decimals, from whole or broken steps. */
function spotOf(part, point) {
  if (!Array.isArray(point) || !point.slice(0, 2).every(Number.isFinite)) throw new CommandInvalid(part, "missing");
  return pointToDegrees([Math.round(point[0]) + 0, Math.round(point[1]) + 0]);
}

/** A line of two points or more, or several: [[x, y] ...] or [[[x, y] ...] ...]. */
function lineOf(part, line) {
  const several = Array.isArray(line?.[0]?.[0]);
  const lines = (several ? line : [line ?? []]).map((points) => {
    const spots = points.map((point) => spotOf(part, point));
    const told = spots.filter((spot, i) => i === 0 || String(spot) !== String(spots[i - 1]));
    if (told.length < 2) throw new CommandInvalid(part, "points");
    return told;
  });
  return several ? { type: "MultiLineString", coordinates: lines } : { type: "LineString", coordinates: lines[0] };
}

/** A Polygon or MultiPolygon, every point put on the lattice. */
function areaOf(part, area) {
  if (area?.type !== "Polygon" && area?.type !== "MultiPolygon") throw new CommandInvalid(part, "shape");
  const polygons = area.type === "Polygon" ? [area.coordinates] : area.coordinates;
  const told = polygons.map((rings) => rings.map((ring) => {
    const spots = ring.map((point) => pointToDegrees(pointToSteps(point)));
    if (new Set(spots.map(String)).size < 3) throw new CommandInvalid(part, "points");
    return spots;
  }));
  if (!told.length) throw new CommandInvalid(part, "shape");
  return area.type === "Polygon" ? { type: "Polygon", coordinates: told[0] } : { type: "MultiPolygon", coordinates: told };
}
