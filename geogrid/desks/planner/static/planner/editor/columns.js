/* The columns of the balance table: what each is called, its figure, and how that is written.

   COLUMNS -> [{name, word(), value(grid, mesh) -> number | null, words(value)}]   column(name) */

import { say } from "../../geogrid/js/words.js";
import { compactness, deltaOf } from "./figures.js";
import { areaWords } from "./naming.js";

const load = (name) => (grid) => grid.loads?.[name] ?? null;
const plain = (value) => (value === null ? "–" : String(value));

export const COLUMNS = [
  { name: "dwellings", word: () => say("Homes"), value: (grid) => grid.dwellings ?? null, words: plain },
  { name: "delta", word: () => say("Change"), value: deltaOf, words: (value) => (value ? `${value > 0 ? "+" : "−"}${Math.abs(value)}` : "") },
  { name: "buildings", word: () => say("Buildings"), value: load("buildings"), words: plain },
  { name: "shops", word: () => say("Shops"), value: load("shops"), words: plain },
  { name: "schools", word: () => say("Schools"), value: load("schools"), words: plain },
  { name: "hospitals", word: () => say("Hospitals"), value: load("hospitals"), words: plain },
  { name: "hazards", word: () => say("Hazards"), value: load("hazards"), words: plain },
  { name: "cases", word: () => say("Open cases"), value: (grid) => grid.open_cases ?? null, words: plain },
  { name: "area", word: () => say("Area"), value: load("area_m2"), words: (value) => (value === null ? "–" : areaWords(value)) },
  { name: "compactness", word: () => say("Compactness"), value: (grid, mesh) => compactness(grid.parts, mesh), words: (value) => (value === null ? "–" : value.toFixed(2)) },
  { name: "pieces", word: () => say("Pieces"), value: (grid) => grid.parts?.length ?? null, words: plain },
];

export function column(name) {
  return COLUMNS.find((one) => one.name === name) ?? COLUMNS[0];
}
