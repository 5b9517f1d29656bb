/* The one place where a map is opened. Leaflet through django-leaflet's map class, our own basemap,
   controls with names, one tab stop, and no word of anybody else's.
 *
 *   {{ config|json_script:"map-config" }}
 *   (import openMap from here; no import line in this comment: the static files storage would follow it)
 *   const { map, fit, pin, showPosition } = openMap(document.getElementById("map"));
 *
 * config: {bounds: [west, south, east, north], max_bounds (like it), attribution, label,
 * tiles: "/feed/basemap/{z}/{x}/{y}.mvt?v=..", controls: true, locate: true, names: true,
 * closest: 20}; all but bounds are optional. A page that has its own [data-locate] or [data-attribution] keeps those.
 */

import { basemapLayer } from "./basemap.js";
import { addControls } from "./controls.js";
import { LabelLayer } from "./labels.js";
import { readPalette } from "./palette.js";
import { OwnPosition, PinLayer } from "./position.js";
import { isChinese, say } from "./words.js";

const { L } = window;
const PANES = { "geogrid-heat": 405, "geogrid-grids": 410, "geogrid-draft": 430, "geogrid-labels": 450 };
const MARGIN_PX = 36;
const CLOSEST_ZOOM = 20;

/** The page's json_script of this id, or {}. */
export function readConfig(id) {
  const script = document.getElementById(id || "map-config");
  return script ? JSON.parse(script.textContent) : {};
}

/** Open a map in `element`; see the head of this file. Returns {map, basemap, labels, palette, ...}. */
export function openMap(element, given) {
  const config = given || readConfig();
  const palette = readPalette(element);
  const map = bareMap(element, config);
  const latitude = map.getCenter().lat;
  const basemap = config.tiles ? basemapLayer(config.tiles, palette, latitude) : null;
  for (const [name, order] of Object.entries(PANES)) {
    const pane = map.createPane(name);
    pane.style.zIndex = order;
    pane.classList.add("quiet-pane", name);
  }
  if (basemap) basemap.addTo(map);
  const large = document.documentElement.classList.contains("large");
  const labels = new LabelLayer({
    palette, basemap, chinese: isChinese(), names: config.names, scale: large ? 1.25 : 1,
  });
  const position = new OwnPosition(map, palette);
  const pins = new PinLayer(map, palette);
  const fit = (bounds, options) => fitUncovered(map, bounds, options);
  const opened = { map, basemap, labels, palette, config, position, fit };
  opened.pin = (latlng, options) => pins.show(latlng, options);
  opened.unpin = () => pins.clear();
  map.geogrid = opened;
  labels.addTo(map).addSource(pins).addSource(position);
  addControls(opened);
  watchSize(element, map);
  return opened;
}

function bareMap(element, config) {
  const bounds = boxOf(config.bounds);
  const limits = config.max_bounds ? boxOf(config.max_bounds) : bounds.pad(0.6);
  if (!element.hasAttribute("role")) element.setAttribute("role", "region");
  if (config.label || !element.hasAttribute("aria-label")) {
    element.setAttribute("aria-label", config.label || say("Map. Everything on it is also in the list."));
  }
  const map = L.Map.djangoMap(element, {
    djoptions: {
      layers: [], overlays: [], attributionprefix: "", scale: null, minimap: false, resetview: false,
      minzoom: 10, maxzoom: config.closest || CLOSEST_ZOOM,
    },
    zoomControl: false,
    attributionControl: false,
    maxBounds: limits.pad(3), // a sheet may cover half of the map: its edge must reach the middle
    maxBoundsViscosity: 0.8,
    fadeAnimation: !calm(),
    zoomAnimation: !calm(),
    markerZoomAnimation: !calm(),
    inertia: !calm(),
    wheelPxPerZoomLevel: 90,
    globals: false,
  });
  fitUncovered(map, bounds, { animate: false });
  return map;
}

const boxOf = ([west, south, east, north]) => L.latLngBounds([[south, west], [north, east]]);

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/* How much of the map a sheet or a floating bar covers, in px from each side. */
function covered(map) {
  const frame = map.getContainer().getBoundingClientRect();
  const sheet = document.querySelector(".mapdesk.has-sheet > .side");
  const insets = { top: MARGIN_PX, right: MARGIN_PX, bottom: MARGIN_PX, left: MARGIN_PX };
  const bar = document.querySelector(".searchbar");
  const above = bar && getComputedStyle(bar).position === "absolute" ? bar.getBoundingClientRect() : null;
  // Beside the map, in a panel, it covers nothing.
  if (above && above.bottom > frame.top && above.right > frame.left + MARGIN_PX) {
    insets.top += above.bottom - frame.top;
  }
  if (sheet && getComputedStyle(sheet).position === "absolute") {
    // Where it will come to rest, not where it is on its way.
    const stop = Number(sheet.dataset.stop || 57) / 100;
    const height = sheet.parentElement.getBoundingClientRect().height * Math.min(stop, 0.6);
    insets.bottom += Math.min(height, frame.height * 0.62);
  }
  return insets;
}

function fitUncovered(map, bounds, options) {
  const { top, right, bottom, left } = covered(map);
  map.fitBounds(bounds, {
    paddingTopLeft: [left, top],
    paddingBottomRight: [right, bottom],
    maxZoom: 17,
    animate: !calm(),
    ...options,
  });
}

function watchSize(element, map) {
  if (typeof ResizeObserver === "undefined") return;
  new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false })).observe(element);
}
