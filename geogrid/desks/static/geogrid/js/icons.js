/* Icons and badges of the sprite (img/icons.svg) for what scripts build. */

const SVG = "http://www.w3.org/2000/svg";

function fromSprite(symbol, className, size) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  if (size) {
    svg.setAttribute("width", size);
    svg.setAttribute("height", size);
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons}#${symbol}`);
  svg.append(use);
  return svg;
}

/** An icon of 16 ("s"), 20 ("") or 24 px ("l"). */
export function icon(name, size) {
  return fromSprite(`i-${name}`, size ? `i ${size}` : "i");
}

/** A place's badge, `size` in px. */
export function badge(kind, size) {
  return fromSprite(`p-${kind}`, "badge", size || 22);
}

/** A button with an icon and a name that is read aloud and shown as a tooltip. */
export function iconButton(name, label, className) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className || "ib";
  button.setAttribute("aria-label", label);
  button.title = label;
  button.append(icon(name));
  return button;
}
