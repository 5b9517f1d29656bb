/* Dwellings against the scheme's range, as on the page of the plan in force (planner/tables.py).

   balanceOf(dwellings, {least, most}) -> {step: -2..2, side: "low" | "in" | "high", words, mark: 0..100}
   histogram(numbers, range) -> [{x, y, height, count, outside}]   344 wide, 82 high */

import { say } from "../../geogrid/js/words.js";

const BARS = 12;

export function balanceOf(dwellings, { least, most }) {
  const width = Math.max(most - least, 1);
  const mark = Math.min(Math.max(25 + ((dwellings - least) / width) * 50, 2), 98);
  if (dwellings < least) return { step: dwellings < least * 0.9 ? -2 : -1, side: "low", words: say("too few"), mark };
  if (dwellings > most) return { step: dwellings > most * 1.1 ? 2 : 1, side: "high", words: say("too many"), mark };
  return { step: 0, side: "in", words: say("in range"), mark };
}

export function histogram(numbers, { least, most }) {
  const step = Math.max((most - least) / 8, 1);
  const counts = new Array(BARS).fill(0);
  for (const number of numbers) counts[Math.min(Math.max(Math.floor((number - least) / step) + 2, 0), BARS - 1)] += 1;
  const top = Math.max(...counts, 1);
  return counts.map((count, n) => ({
    x: Math.round((n * 28.6 + 3) * 10) / 10,
    y: Math.round((82 - (count / top) * 70) * 10) / 10,
    height: Math.round((count / top) * 700) / 10,
    count,
    outside: n < 2 || n > 9,
  }));
}
