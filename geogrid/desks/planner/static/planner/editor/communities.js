/* Communities (the lowest fixed level) in words: the border between two of them is administrative.

   nameOfUnit(desk, lineage) -> the community a grid lies in, "" without
   otherUnits(desk, target, others) -> lineages of communities among the others' that are not the target's
   acrossWords(desk, target, units) -> why land cannot go from these communities to the target */

import { say } from "../../geogrid/js/words.js";

export function nameOfUnit(desk, lineage) {
  const unit = desk.mesh.unit(lineage);
  return unit ? desk.nameOf(unit) : "";
}

export function otherUnits({ mesh }, target, others) {
  const mine = mesh.unit(target);
  return [...new Set(others.map((one) => mesh.unit(one)))].filter((unit) => unit && mine && unit !== mine);
}

export function acrossWords(desk, target, units) {
  const others = units.map((unit) => desk.nameOf(unit)).join(say(", "));
  return say("This lies in %(others)s, the grid in %(mine)s. The border between them is administrative and stays.", { others, mine: nameOfUnit(desk, target) });
}

export function unlockWords(desk) {
  return desk.config.may?.unlock ? say("It can be unlocked with a reason.")
    : say("Stay inside the community, or ask somebody who approves plans to unlock the border.");
}
