/* The balance of the whole draft: how many grids are in range, the histogram, and its colours on the
   map. */

import { icon } from "../../../geogrid/js/icons.js";
import { say } from "../../../geogrid/js/words.js";
import { balanceOf, histogram } from "../balance.js";
import { element } from "./range_strip.js";

export function addBalanceHead(desk) {
  const head = document.createElement("div");
  head.className = "hd";
  const title = document.createElement("h2");
  const heat = document.createElement("button");
  heat.type = "button";
  heat.id = "heat";
  heat.className = "btn plain heat-toggle";
  heat.setAttribute("aria-pressed", "false");
  heat.append(icon("layers"), document.createTextNode(say("Colours on the map")));
  heat.addEventListener("click", () => showHeat(desk, heat, heat.getAttribute("aria-pressed") !== "true"));
  head.append(title, heat);
  const drawing = element("svg", { class: "histogram", viewBox: "0 0 344 104", role: "img", "aria-label": say("How many grids have how many dwellings") });

  const update = () => {
    const counted = desk.mesh.leaves().filter((grid) => grid.kind === "basic" && grid.dwellings != null).map((grid) => grid.dwellings);
    const inside = counted.filter((number) => balanceOf(number, desk.config.range).side === "in").length;
    title.textContent = say("%(within)s of %(total)s in range", { within: inside, total: counted.length });
    drawing.replaceChildren(...bars(histogram(counted, desk.config.range), desk.config.range));
    drawing.style.display = counted.length ? "" : "none";
  };
  update();
  return { elements: [head, drawing], update };
}

function showHeat(desk, press, on) {
  press.setAttribute("aria-pressed", String(on));
  document.getElementById("heat-legend").hidden = !on;
  desk.setHeat(on ? (grid) => (grid.kind === "basic" && grid.dwellings != null ? balanceOf(grid.dwellings, desk.config.range).step : null) : null);
}

function bars(list, { least, most }) {
  const text = (x, words) => {
    const one = element("text", { x, y: 99 });
    one.textContent = words;
    return one;
  };
  return [
    element("rect", { class: "hist-range", x: 57.2, width: 228.8, height: 82, rx: 6 }),
    ...list.map(({ x, y, height, outside }) => element("rect", { class: outside ? "hist-out" : "hist-in", x, y, width: 22.6, height, rx: 2 })),
    element("path", { class: "hist-axis", d: "M0 82.5H344" }),
    text(57, least), text(286, most),
  ];
}
