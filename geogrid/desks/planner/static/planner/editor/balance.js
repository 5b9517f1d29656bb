/* Dwellings against the scheme's range, as on the page of the plan in force (planner/tables.py).

   balanceOf(dwellings, {least, most}) -> {step: -2..2, side: "low" | "in" | "high", words, mark: 0..100} */

import { say } from "../../geogrid/js/words.js";

export function balanceOf(dwellings, { least, most }) {
  const width = Math.max(most - least, 1);
  const mark = Math.min(Math.max(25 + ((dwellings - least) / width) * 50, 2), 98);
  if (dwellings < least) return { step: dwellings < least * 0.9 ? -2 : -1, side: "low", words: say("too few"), mark };
  if (dwellings > most) return { step: dwellings > most * 1.1 ? 2 : 1, side: "high", words: say("too many"), mark };
  return { step: 0, side: "in", words: say("in range"), mark };
}
