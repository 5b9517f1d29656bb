/* Where lattice points lie on the map. Mercator places of vertices are worked out once each.

   new Projection(mesh, map)
   .at(vertex) sets .nx, .ny         normalised Mercator [0..1] of a vertex: no garbage in hot loops
   .place([x, y], view) -> [x, y]    layer px of a point in steps; view: CanvasLayer's
   .steps(latlng) -> [x, y]          the nearest lattice point
   .latlng([x, y]) -> L.LatLng       .screen([x, y]) -> {x, y} px of the map's container
   .pixels() -> {across, along}      px a step is wide and high now: what hit.js calls a view
   .box([west, south, east, north]) -> normalised [left, top, right, bottom] */

import { normalised } from "../../geogrid/js/canvas_layer.js";
import { pixelsPerStep, toDegrees, toSteps } from "./lattice.js";

const { L } = window;

export class Projection {
  constructor(mesh, map) {
    this.mesh = mesh;
    this.map = map;
    this.xs = new Float64Array(0);
    this.ys = new Float64Array(0);
    this._done = 0;
  }

  /** Call before a loop of reads: vertices made since the last time get their place. */
  refresh() {
    const { vertices } = this.mesh;
    if (this.xs.length < vertices.size) {
      this.xs = larger(this.xs, vertices.xs.length);
      this.ys = larger(this.ys, vertices.xs.length);
    }
    for (; this._done < vertices.size; this._done++) {
      const [x, y] = normalised(toDegrees(vertices.xs[this._done]), toDegrees(vertices.ys[this._done]));
      this.xs[this._done] = x;
      this.ys[this._done] = y;
    }
    return this;
  }

  place([x, y], view) {
    const [nx, ny] = normalised(toDegrees(x), toDegrees(y));
    return [nx * view.scale + view.dx, ny * view.scale + view.dy];
  }

  steps(latlng) {
    return [toSteps(latlng.lng), toSteps(latlng.lat)];
  }

  latlng([x, y]) {
    return L.latLng(toDegrees(y), toDegrees(x));
  }

  screen(point) {
    return this.map.latLngToContainerPoint(this.latlng(point));
  }

  pixels() {
    return pixelsPerStep(this.map.getZoom(), this.map.getCenter().lat);
  }

  box([west, south, east, north]) {
    const [left, bottom] = normalised(toDegrees(west), toDegrees(south));
    const [right, top] = normalised(toDegrees(east), toDegrees(north));
    return [left, top, right, bottom];
  }
}

function larger(numbers, size) {
  const grown = new Float64Array(size);
  grown.set(numbers);
  return grown;
}
