/* The tools, and the toolbar that chooses among them: one tab stop, arrow keys inside. */

import { say } from "../../geogrid/js/words.js";
import { BorderTool, SnapTool, StraightenTool } from "./tools/border.js";
import { CutOutTool } from "./tools/cut_out.js";
import { HandOverTool } from "./tools/hand_over.js";
import { MergeTool } from "./tools/merge.js";
import { ReadTool } from "./tools/read.js";
import { SelectTool } from "./tools/select.js";
import { SplitTool } from "./tools/split.js";
import { VertexTool } from "./tools/vertex.js";

const TOOLS = [SelectTool, VertexTool, BorderTool, StraightenTool, SnapTool, SplitTool, HandOverTool, MergeTool, CutOutTool];

export function addTools(desk) {
  for (const Kind of desk.editable ? TOOLS : [ReadTool]) {
    const tool = new Kind(desk);
    desk.tools.set(tool.name, tool);
  }
  const bar = document.getElementById("tools");
  if (!bar) return;
  const buttons = [...bar.querySelectorAll("[data-tool]")];
  for (const button of buttons) button.addEventListener("click", () => desk.use(button.dataset.tool));
  bar.querySelector("[data-do=describe]").addEventListener("click", () => {
    if (desk.selection.lineage) desk.openForm(desk.selection.lineage, "describe");
    else desk.announce(say("Choose a grid first."));
  });
  bar.addEventListener("keydown", (event) => {
    const all = [...bar.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = all[(to + all.length) % all.length];
    for (const one of all) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  });
  desk.on("tool", (tool) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.tool === tool.name));
    if (bar.contains(document.activeElement)) return;
    for (const one of bar.querySelectorAll("button")) one.tabIndex = one.dataset.tool === tool.name ? 0 : -1;
  });
}
