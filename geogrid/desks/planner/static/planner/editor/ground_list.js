/* What can be shown below the grids: where it comes from, from which zoom, and what it is called.
   source "ground": ground.json of the draft; "feed": places of the layer registry. */

import { say } from "../../geogrid/js/words.js";

const GROUND = [
  { name: "blocks", section: "ground", source: "ground", from: 13, word: () => say("Blocks") },
  { name: "buildings", section: "ground", source: "ground", from: 16, word: () => say("Buildings with dwellings") },
  { name: "addresses", section: "ground", source: "ground", from: 17, word: () => say("House numbers") },
  { name: "neighbours", section: "ground", source: "ground", from: 10, word: () => say("Grids of neighbouring areas") },
  { name: "shops", section: "places", source: "feed", from: 15, word: () => say("Shops") },
  { name: "schools", section: "places", source: "feed", from: 12, word: () => say("Schools") },
  { name: "hospitals", section: "places", source: "feed", from: 13, word: () => say("Hospitals and clinics") },
  { name: "facilities", section: "places", source: "feed", from: 15, word: () => say("Public facilities") },
  { name: "hazards", section: "places", source: "feed", from: 12, word: () => say("Hazard points") },
];

/** What this desk can show: the list above, and the kinds of places that the office added itself. */
export function groundOf({ config }) {
  const own = (config.map?.layers ?? []).filter((layer) => layer.own);
  return [...GROUND, ...own.map(({ key, name }) => ({ name: key, section: "places", source: "feed", from: 15, word: () => name }))];
}
