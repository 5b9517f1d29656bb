/* Where a number stands in the range: a dot inside, a diamond outside. */

const SVG = "http://www.w3.org/2000/svg";

export function rangeStrip({ mark, side, step }) {
  const svg = element("svg", { viewBox: "0 0 100 14", "aria-hidden": "true", preserveAspectRatio: "none" });
  svg.append(element("path", { class: "range-line", d: "M0 7H100" }));
  svg.append(element("rect", { class: "range-in", x: 25, y: 1, width: 50, height: 12, rx: 3 }));
  if (side === "in") svg.append(element("ellipse", { class: "mark-in", cx: mark, cy: 7, rx: 6, ry: 5 }));
  else {
    const name = `mark-${side}${Math.abs(step)}`;
    svg.append(element("path", { class: name, d: `M${mark - 7} 7L${mark} 1L${mark + 7} 7L${mark} 13Z` }));
  }
  return svg;
}

export function element(name, attributes) {
  const one = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
  return one;
}
