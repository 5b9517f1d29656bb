/* What can be done with a grid without the map: a form each. The card, the table and the toolbar open
   them. desk.openForm(lineage, "describe" | "merge" | "hand" | "lock" | "parent" | "renumber" | "more") */

import { say } from "../../../geogrid/js/words.js";
import * as commands from "../commands.js";
import { mergeGrids } from "../merge_change.js";
import { preview } from "../preview.js";
import { button } from "../strip.js";
import { choiceField, openDialog, textField } from "./dialog.js";
import { openHandForm } from "./hand_form.js";

export function addGridForms(desk) {
  desk.openForm = (lineage, act) => {
    const grid = desk.mesh.grids.get(lineage);
    if (grid) FORMS[act](desk, grid);
  };
}

const FORMS = { describe: describeForm, merge: mergeForm, hand: openHandForm, lock: lockForm, parent: parentForm, renumber: renumberForm, more: moreForm };

function moreForm(desk, grid) {
  const list = document.createElement("div");
  list.className = "stack-xs";
  const before = document.activeElement;
  const dialog = openDialog({ title: desk.nameOf(grid.lineage), lead: desk.describe(grid.lineage), fields: [list], submit: "", onSubmit: () => true });
  const add = (act, symbol, word) => {
    const one = button(word, () => {
      dialog.onclose = null;
      dialog.close();
      before?.focus?.();
      desk.openForm(grid.lineage, act);
    }, { kind: "plain block", symbol, name: act });
    list.append(one);
  };
  add("describe", "tag", say("Name, number, kind, enclave"));
  add("merge", "merge", say("Merge with a neighbour"));
  add("hand", "hand", say("Hand a block to another grid"));
  add("lock", grid.locked ? "key" : "lock", grid.locked ? say("Unlock its border") : say("Lock its border"));
  add("parent", "up", say("Move to another parent"));
  if (grid.parent) add("renumber", "sign", say("Renumber the grids of %(parent)s", { parent: desk.nameOf(grid.parent) }));
  list.querySelector("button").focus();
}

function describeForm(desk, grid) {
  const name = textField("name", say("Name"), { value: grid.name, required: true });
  const label = textField("label", say("Number on the map"), { value: grid.label ?? "", required: true, most: 12 });
  const kinds = [["basic", say("basic")], ["dedicated", say("dedicated")], ["unassigned", say("unassigned")]];
  const kind = choiceField("kind", say("Kind"), kinds, { value: grid.kind });
  const reason = textField("pieces_reason", say("Reason for several pieces (enclave)"), {
    value: grid.pieces_reason ?? "", most: 200, hint: say("Leave it empty where the grid is one piece."),
  });
  const size = textField("range_reason", say("Reason why it may be out of range"), {
    value: grid.range_reason ?? "", most: 200, hint: say("Stands in the dossier. Leave it empty where the grid is in range."),
  });
  openDialog({
    title: say("Properties of %(name)s", { name: desk.nameOf(grid.lineage) }),
    fields: [name.element, label.element, kind.element, size.element, reason.element],
    submit: say("Save"),
    onSubmit: () => {
      if (!name.check() || !label.check()) return false;
      const told = { lineage: grid.lineage };
      if (name.value !== grid.name) told.name = name.value;
      if (label.value !== (grid.label ?? "")) told.label = label.value;
      if (kind.value !== grid.kind) told.kind = kind.value;
      if (size.value !== (grid.range_reason ?? "")) told.range_reason = size.value;
      if (reason.value !== (grid.pieces_reason ?? "")) told.pieces_reason = reason.value;
      if (Object.keys(told).length > 1) desk.carryOut(() => commands.describe(told));
      return true;
    },
  });
}

function lockForm(desk, grid) {
  const { lineage } = grid;
  const name = desk.nameOf(lineage);
  if (grid.locked) {
    desk.carryOut(() => commands.describe({ lineage, locked: false }));
    desk.announce(say("%(name)s is unlocked.", { name }));
    return;
  }
  const reason = textField("lock_reason", say("Reason (may be empty)"), { most: 200 });
  openDialog({
    title: say("Lock the border of %(name)s", { name }),
    lead: say("Nobody moves it in this draft until it is unlocked. Proposals leave it as it is."),
    fields: [reason.element],
    submit: say("Lock"),
    onSubmit: () => {
      desk.carryOut(() => commands.describe({ lineage, locked: true, lock_reason: reason.value }));
      desk.announce(say("%(name)s is locked.", { name }));
      return true;
    },
  });
}

function mergeForm(desk, grid) {
  const near = desk.mesh.neighbourGrids(grid.lineage).map((lineage) => [lineage, desk.short(lineage)]);
  near.sort((one, other) => (one[1] < other[1] ? -1 : 1));
  const other = choiceField("other", say("Neighbour that is joined to it, and ends"), [["", say("choose a neighbour")], ...near], { required: true });
  openDialog({
    title: say("Merge with %(name)s", { name: desk.nameOf(grid.lineage) }),
    fields: [other.element],
    submit: say("Merge"),
    onSubmit: () => {
      if (!other.check()) return false;
      const told = { target: grid.lineage, others: [other.value] };
      const change = mergeGrids(told.target, told.others);
      const seen = preview(desk.mesh, change);
      desk.carryOut(() => commands.merge(told), { change: seen && !seen.problems.length ? change : null });
      return true;
    },
  });
}

function parentForm(desk, grid) {
  const { mesh } = desk;
  const above = [...mesh.grids.values()].filter((one) => one.level === grid.level - 1 && one.lineage !== grid.parent);
  above.sort((one, other) => (one.code < other.code ? -1 : 1));
  const parent = choiceField("parent", say("Parent"), [["", say("a new one")], ...above.map((one) => [one.lineage, one.name || one.code])], {
    value: above[0]?.lineage ?? "",
    onChange: (value) => { name.element.hidden = Boolean(value); },
  });
  const name = textField("name", say("Name of the new one"), { required: true });
  name.element.hidden = above.length > 0;
  openDialog({
    title: say("Move %(name)s to another parent", { name: desk.nameOf(grid.lineage) }),
    fields: [parent.element, name.element],
    submit: say("Move"),
    onSubmit: () => {
      if (!parent.value && !name.check()) return false;
      desk.carryOut(() => commands.moveToParent({ grids: [grid.lineage], parent: parent.value || null, name: parent.value ? "" : name.value }));
      return true;
    },
  });
}

function renumberForm(desk, grid) {
  openDialog({
    title: say("Renumber the grids of %(parent)s?", { parent: desk.nameOf(grid.parent) }),
    lead: say("They are numbered from west to east, then north to south. Codes that were used before are never used again."),
    fields: [],
    submit: say("Renumber"),
    onSubmit: () => {
      desk.carryOut(() => commands.renumber({ below: grid.parent }));
      return true;
    },
  });
}
