/* Refusals in words: what the browser saw itself, or what the server said. Each says what, why, and
   what can be done, and keeps what was drawn.

   refusalOf(desk, preview, {actions, unlock}) -> refusal      serverRefusal(desk, entry, error) -> refusal
   refusal: {code, title, sentence, suggestion, where (GeoJSON), actions: [{word, run, kind}]} */

import { acrossWords, nameOfUnit, otherUnits, unlockWords } from "./communities.js";
import * as commands from "./commands.js";
import { askUnlock } from "./panels/unlock.js";
import { toDegrees } from "./lattice.js";
import { say } from "../../geogrid/js/words.js";

/** Worst first: the one that is said when several apply. */
const ORDER = ["off_outline", "needs_neighbour", "grid_locked", "fixed_outline", "folds", "vanishes", "too_close"];

const SENTENCES = {
  folds: () => say("The border would cross itself or another border there."),
  too_close: () => say("Two borders would come closer than 1 cm there."),
  vanishes: () => say("Nothing would be left of the grid."),
  off_outline: () => say("This leaves the territory of the plan."),
  fixed_outline: () => say("This outline is administrative and stays."),
  grid_locked: () => say("The grid is locked, so its border stays."),
};

const SUGGESTIONS = {
  folds: () => say("Stay on this side of the next border, or move that one first."),
  too_close: () => say("Draw farther off, or on the border itself."),
  vanishes: () => say("To give all of it away, merge it."),
  off_outline: () => say("Draw inside the outline."),
  grid_locked: () => say("Unlock it first, or draw around it."),
  no_cut: () => say("Begin and end the line outside of the grid, or on its border."),
  in_pieces: () => say("Hand over what lies between as well, or first give a reason for several pieces."),
  nothing_there: () => say("Choose something that belongs to another grid."),
  not_neighbours: () => say("Choose two grids that share a border."),
};

export function refusalOf(desk, seen, { actions = [], unlock = null }) {
  const code = ORDER.find((one) => seen.problems.some((problem) => problem.code === one)) ?? "folds";
  const problem = seen.problems.find((one) => one.code === code) ?? seen.problems[0];
  return {
    code,
    title: say("This does not fit here"),
    sentence: code === "needs_neighbour" ? notMine(desk, problem.grids)
      : code === "fixed_outline" ? fixedWords(desk, problem.grids) || named(desk, problem.grids, SENTENCES[code]()) : named(desk, problem.grids, SENTENCES[code]()),
    suggestion: code === "fixed_outline" ? unlockWords(desk) : SUGGESTIONS[code]?.() ?? "",
    where: whereOf(problem.where) ?? linesOf(seen.lines),
    ghost: seen.lines,
    actions: [...actions, ...unlocking(desk, code, unlock, problem.grids)],
  };
}

/** A command that names a grid whose border stays is refused before it is sent. */
export function heldRefusal(desk, { code, grids }, sendAgain) {
  return {
    code,
    title: say("This does not fit here"),
    sentence: code === "needs_neighbour" ? notMine(desk, grids) : named(desk, grids, SENTENCES[code]()),
    suggestion: SUGGESTIONS[code]?.() ?? "",
    where: around(desk, grids),
    ghost: [],
    actions: unlocking(desk, code, sendAgain, grids),
  };
}

/** The server's own words. */
function notMine(desk, grids) {
  const first = grids.slice(0, 5).map((lineage) => desk.mesh.grids.get(lineage)?.code).join(", ");
  return say("%(count)s of these grids lie outside of your part: %(first)s. Ask who draws there.", { count: grids.length, first });
}

function around(desk, grids) {
  const boundaries = grids.map((lineage) => desk.mesh.boundary(lineage)).filter(Boolean);
  return boundaries.length ? { type: "MultiPolygon", coordinates: boundaries.flatMap(({ coordinates }) => coordinates) } : null;
}

/** Between which communities, instead of all the grids on both sides. */
function fixedWords(desk, grids = [], { target, sources, others } = {}) {
  if (target) {
    const units = otherUnits(desk, target, sources ?? others ?? grids);
    return units.length && units.length < 4 ? acrossWords(desk, target, units) : "";
  }
  const names = [...new Set(grids.map((lineage) => nameOfUnit(desk, lineage)).filter(Boolean))];
  return names.length === 2 ? say("The border between %(one)s and %(other)s is administrative and stays.", { one: names[0], other: names[1] }) : "";
}

export function serverRefusal(desk, entry, error, sendAgain) {
  const code = error.code.replace(/^territory\./, "");
  const grids = (error.data?.grids ?? []).map((one) => one.lineage ?? one);
  const between = code === "fixed_outline" && fixedWords(desk, grids, entry.arguments);
  return {
    code,
    title: code === "nothing_changes" || code === "nothing_to_undo" ? say("Nothing changes") : say("This does not fit here"),
    sentence: between || error.message || say("The server did not accept this."),
    suggestion: between ? unlockWords(desk) : code in SENTENCES && !["vanishes", "fixed_outline", "grid_locked"].includes(code) ? SUGGESTIONS[code]()
      : code in SUGGESTIONS && !(code in SENTENCES) ? SUGGESTIONS[code]() : "",
    where: error.data?.where ?? null,
    ghost: drawnBy(entry),
    actions: unlocking(desk, code, sendAgain, grids),
  };
}

function unlocking(desk, code, run, grids = []) {
  if (code === "grid_locked" && run && desk.editable) {
    return [{
      word: say("Unlock it and do this"),
      run: () => {
        for (const lineage of grids) desk.carryOut(() => commands.describe({ lineage, locked: false }));
        desk.unheld(grids, () => run());
      },
    }];
  }
  if (code !== "fixed_outline" || !run || !desk.config.may?.unlock) return [];
  return [{ word: say("Unlock with a reason…"), run: () => askUnlock(desk, run) }];
}

/** The lines a command drew, in steps, as far as it drew any. */
export function drawnBy(entry) {
  const told = entry?.arguments ?? {};
  const shape = told.line ?? told.area ?? told.shape ?? null;
  if (shape) return segments(shape);
  if (told.vertex && told.to) return [[...told.vertex, ...told.to].map((degrees) => Math.round(degrees * 1e7))];
  return [];
}

function segments({ type, coordinates }) {
  const lines = type === "LineString" ? [coordinates] : type === "MultiPolygon" ? coordinates.flat() : coordinates;
  return lines.flatMap((line) => line.slice(1).map((to, i) => [...line[i], ...to].map((degrees) => Math.round(degrees * 1e7))));
}

function named(desk, grids, sentence) {
  const names = (grids ?? []).map((lineage) => desk.nameOf(lineage)).filter(Boolean);
  return names.length ? say("%(names)s: %(sentence)s", { names: names.join(say(", ")), sentence }) : sentence;
}

function whereOf(where) {
  if (!where) return null;
  const degrees = where.map(toDegrees);
  return where.length === 2 ? { type: "Point", coordinates: degrees }
    : { type: "LineString", coordinates: [degrees.slice(0, 2), degrees.slice(2)] };
}

function linesOf(lines) {
  if (!lines.length) return null;
  const told = lines.map((line) => [line.slice(0, 2).map(toDegrees), line.slice(2).map(toDegrees)]);
  return { type: "MultiLineString", coordinates: told };
}
