/* How grids are called in lists and sentences, and whether a grid is in its range. */

import { isChinese, say } from "../../geogrid/js/words.js";
import { balanceOf } from "./balance.js";

export function nameTools(desk) {
  desk.short = (lineage) => {
    const grid = desk.mesh.grids.get(lineage);
    if (!grid) return "";
    const parent = desk.mesh.grids.get(grid.parent);
    const community = (parent?.name || "").replace(/社区$/, "");
    return community && grid.label ? `${community} ${grid.label}` : grid.name || grid.code;
  };
  desk.describe = (lineage) => {
    const grid = desk.mesh.grids.get(lineage);
    if (!grid) return "";
    if (grid.dwellings == null) return desk.nameOf(lineage);
    const { words } = balanceOf(grid.dwellings, desk.config.range);
    return say("%(name)s: %(dwellings)s dwellings, %(balance)s", { name: desk.nameOf(lineage), dwellings: grid.dwellings, balance: words });
  };
}

/** "1.2 ha", "3.4 km²". */
export function areaWords(squareMetres) {
  if (squareMetres == null) return "";
  const hectares = squareMetres / 10000;
  if (hectares < 100) return say("%(number)s ha", { number: hectares.toFixed(1) });
  return say("%(number)s km²", { number: (hectares / 100).toFixed(2) });
}

export function timeWords(iso, timezone) {
  const at = new Date(iso);
  const locale = isChinese() ? "zh-CN" : "en-GB";
  const today = new Date().toDateString() === at.toDateString();
  const wanted = today ? { hour: "2-digit", minute: "2-digit" } : { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(locale, { ...wanted, timeZone: timezone || undefined }).format(at);
}
