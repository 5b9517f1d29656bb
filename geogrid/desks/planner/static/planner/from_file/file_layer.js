/* A file's grids and the places where it does not fit, drawn over the current plan.

     const layer = new FileLayer(map, palette);
     layer.setFile(data); layer.setFindings(data.findings, onChoose);
     layer.show("file" | "findings", on); layer.point(finding, names) */

import { boxOf, ringsOf } from "./shapes.js";

const { L } = window;
const SPECK_M = 12; // a finding narrower than this on the ground is shown with its surroundings

export class FileLayer {
  constructor(map, palette) {
    Object.assign(this, { map, palette, data: null, shown: { file: true, findings: true } });
    map.createPane("file").style.zIndex = 415;
    map.createPane("findings").style.zIndex = 440;
    map.getPane("file").classList.add("quiet-pane");
    this.file = L.layerGroup().addTo(map);
    this.findings = L.layerGroup().addTo(map);
    this.pointed = L.layerGroup().addTo(map);
  }

  setFile(data) {
    this.data = data;
    this.file.clearLayers();
    const renderer = L.canvas({ pane: "file", padding: 0.3 });
    const bad = new Set(data.bad);
    const quiet = { renderer, pane: "file", interactive: false, fill: false };
    const lines = data.shapes.map((shape) => ringsOf(shape, data.origin));
    const fine = lines.filter((_, number) => !bad.has(number)).flat();
    // Thin, so that the plan in force shows on both sides of it wherever the two agree.
    this.file.addLayer(L.polyline(fine, { ...quiet, color: this.palette.draft, weight: 1.75 }));
    for (const number of bad) {
      this.file.addLayer(L.polygon(lines[number], {
        ...quiet, color: this.palette.danger, weight: 3, fill: true, fillOpacity: 0.2,
      }));
    }
  }

  setFindings(findings, onChoose) {
    this.findings.clearLayers();
    const svg = L.svg({ pane: "findings" });
    for (const one of findings) {
      const rings = ringsOf(one.shape, this.data.origin);
      const colour = one.decided ? this.palette.gSel : this.palette.danger;
      const look = { renderer: svg, pane: "findings", color: colour, weight: 2, fillColor: colour, fillOpacity: 0.35 };
      const area = rings.some((ring) => ring.length > 3) ? L.polygon(rings, look) : L.polyline(rings, look);
      area.on("click", () => onChoose(one.key));
      this.findings.addLayer(area);
      if (!one.at) continue;
      const icon = L.divIcon({
        className: `handno finding${one.decided ? " decided" : ""}`, html: String(one.number), iconSize: [24, 24],
      });
      const badge = L.marker([one.at[1], one.at[0]], { icon, keyboard: false, zIndexOffset: -one.number });
      badge.on("click", () => onChoose(one.key));
      this.findings.addLayer(badge);
    }
  }

  show(what, on) {
    this.shown[what] = on;
    const group = this[what];
    if (on) group.addTo(this.map);
    else group.remove();
    if (what === "findings" && !on) this.pointed.clearLayers();
  }

  /** Draw whoever may get the land of a finding, by name. */
  point(one, names) {
    this.pointed.clearLayers();
    if (!one) return;
    one.grids.forEach((number, place) => {
      const shape = this.data.shapes[number];
      if (!shape || !shape.length) return;
      const rings = ringsOf(shape, this.data.origin);
      const look = { pane: "file", interactive: false, fill: false, weight: 3.5, color: this.palette.draft };
      this.pointed.addLayer(L.polygon(rings, look));
      const [[south, west], [north, east]] = boxOf(rings);
      const label = document.createElement("span");
      label.textContent = `${place + 1} ${names[place] || ""}`;
      const icon = L.divIcon({ className: "ownername", html: label, iconSize: null });
      const at = [(south + north) / 2, (west + east) / 2];
      this.pointed.addLayer(L.marker(at, { icon, interactive: false, keyboard: false }));
    });
  }

  /** Where a finding is, with room around it: what is thinner than a line is not seen alone. */
  boundsOf(one) {
    const box = boxOf(ringsOf(one.shape, this.data.origin));
    if (!box) return null;
    const bounds = L.latLngBounds(box);
    return bounds.isValid() ? bounds.getCenter().toBounds(SPECK_M * 4).extend(bounds.pad(0.6)) : null;
  }

  badBounds() {
    const box = boxOf(this.data.bad.flatMap((number) => ringsOf(this.data.shapes[number], this.data.origin)));
    return box ? L.latLngBounds(box) : null;
  }
}
