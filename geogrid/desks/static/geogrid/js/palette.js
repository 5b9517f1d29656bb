/* The map's colours, read from tokens.css, so that contrast and print reach the canvas as well. */

const ROLES = [
  "m-land", "m-farm", "m-forest", "m-grass", "m-industry", "m-water", "m-building", "m-building-line",
  "m-street", "m-casing", "m-main", "m-main-casing", "m-foot-area", "m-path", "m-rail",
  "m-text", "m-street-text", "m-water-text", "m-halo", "m-dim",
  "g-leaf", "g-case", "g-fixed", "g-ribbon", "g-sel", "g-sel-fill", "g-label", "g-label-near", "g-scale",
  "h-low2", "h-low1", "h-in", "h-high1", "h-high2", "draft", "danger", "info", "ink", "font",
];

/** Return {land: "m-land's value", ...}: each role under its name in camelCase. */
export function readPalette(element) {
  const style = getComputedStyle(element || document.documentElement);
  const palette = {};
  for (const role of ROLES) {
    const name = role.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
    palette[name] = style.getPropertyValue("--" + role).trim();
  }
  palette.gScale = Number(palette.gScale) || 1;
  return palette;
}
