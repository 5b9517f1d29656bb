/* The paper under the grids: our own vector tiles, painted on canvas in the order of the map style.
   All street casings before all fills, or crossings look like cuts. Names are drawn by labels.js. */

const POLYGON = 3;
const LINE = 2;
const EQUATOR_METRES_PER_PX = 156543.03392;
/* rank: [metres, least px of the fill, px the casing adds] */
const STREETS = {
  1: [14, 4.2, 2], 2: [12, 3.4, 2], 3: [7.5, 2.2, 1.4], 4: [4, 1.1, 1.4], 5: [7, 2, 1.4],
};
const WIDTH_OF_REALITY = 0.82;
const LAND_USE = {
  forest: "mForest", grass: "mGrass", farm: "mFarm", industry: "mIndustry", commerce: "mIndustry",
};
const WATERWAY_METRES = { river: 8, canal: 6 };
const DATA_ZOOM = 15;

export function metresPerPixel(latitude, zoom) {
  return (EQUATOR_METRES_PER_PX * Math.cos((latitude * Math.PI) / 180)) / Math.pow(2, zoom);
}

/** Width in px of a street's fill. */
export function streetWidth(rank, metresPerPx) {
  const [metres, least] = STREETS[rank];
  return Math.max(least, (metres / metresPerPx) * WIDTH_OF_REALITY);
}

class Area {
  constructor(colour, line) {
    this.colour = colour;
    this.line = line;
  }

  draw(context, geometry, zoom, feature) {
    const colour = this.colour(feature);
    if (!colour) return;
    context.fillStyle = colour;
    trace(context, geometry);
    context.fill("evenodd");
    if (this.line) {
      context.strokeStyle = this.line.colour;
      context.lineWidth = this.line.width(zoom);
      context.stroke();
    }
  }
}

class Line {
  constructor(options) {
    this.options = options;
  }

  draw(context, geometry, zoom, feature) {
    const { colour, width, dash, cap } = this.options;
    context.strokeStyle = colour;
    context.lineWidth = width(zoom, feature);
    context.lineJoin = "round";
    context.lineCap = cap || "round";
    context.setLineDash(dash || []);
    trace(context, geometry);
    context.stroke();
  }
}

function trace(context, geometry) {
  context.beginPath();
  for (const part of geometry) {
    part.forEach((point, i) => (i ? context.lineTo(point.x, point.y) : context.moveTo(point.x, point.y)));
  }
}

/** Paint rules of protomaps-leaflet for a map around `latitude`. */
export function paintRules(palette, latitude) {
  const mpp = (zoom) => metresPerPixel(latitude, zoom);
  const land = new Area((feature) => palette[LAND_USE[feature.props.class]]);
  const lake = new Area(() => palette.mWater);
  const brook = new Line({
    colour: palette.mWater,
    width: (zoom, f) => Math.max(1, (WATERWAY_METRES[f.props.class] || 2) / mpp(zoom)),
  });
  const building = new Area(() => palette.mBuilding, {
    colour: palette.mBuildingLine,
    width: (zoom) => (zoom >= 17 ? 0.8 : 0.5),
  });
  const path = new Line({ colour: palette.mPath, width: (z) => (z >= 18 ? 1.5 : 1), dash: [1, 3] });
  const rules = [
    { dataLayer: "landuse", symbolizer: land },
    { dataLayer: "water", symbolizer: lake, filter: (z, f) => f.geomType === POLYGON },
    { dataLayer: "water", symbolizer: brook, filter: (z, f) => f.geomType === LINE },
    { dataLayer: "buildings", symbolizer: building, minzoom: 14 },
    { dataLayer: "streets", symbolizer: path, minzoom: 16, filter: (z, f) => f.props.rank >= 6 },
    ...streetRules(palette, mpp),
  ];
  const rail = { colour: palette.mRail, width: (z) => (z < 14 ? 1.4 : 2.2), cap: "butt" };
  const tie = { colour: palette.mLand, width: () => 1, cap: "butt", dash: [7, 7] };
  rules.push({ dataLayer: "rails", symbolizer: new Line(rail) });
  rules.push({ dataLayer: "rails", symbolizer: new Line(tie), minzoom: 14 });
  return rules;
}

function streetRules(palette, mpp) {
  const casings = [];
  const fills = [];
  for (const rank of [5, 4, 3, 2, 1]) {
    const main = rank <= 2;
    const filter = (zoom, feature) => feature.props.rank === rank;
    const minzoom = rank >= 4 ? 15 : 0;
    const fill = main ? palette.mMain : rank === 5 ? palette.mFootArea : palette.mStreet;
    const width = (zoom) => streetWidth(rank, mpp(zoom));
    const around = (zoom) => width(zoom) + STREETS[rank][2];
    const casing = main ? palette.mMainCasing : palette.mCasing;
    casings.push(rule(minzoom, filter, new Line({ colour: casing, width: around })));
    fills.push(rule(minzoom, filter, new Line({ colour: fill, width })));
  }
  return casings.concat(fills);
}

function rule(minzoom, filter, symbolizer) {
  return { dataLayer: "streets", minzoom, filter, symbolizer };
}

/** The basemap as a Leaflet layer. */
export function basemapLayer(url, palette, latitude, attribution) {
  return window.protomapsL.leafletLayer({
    url,
    attribution: attribution || "",
    paintRules: paintRules(palette, latitude),
    labelRules: [],
    backgroundColor: palette.mLand,
    maxDataZoom: DATA_ZOOM,
    maxZoom: 22,
    noWrap: true,
    tileDelay: 1,
  });
}

/**
 * Streets and place names of the tiles in view, in px of the whole world at the map's zoom.
 *
 * @returns {Promise<{streets: {name, rank, points}[], places: {name, kind, point}[], water: object[]}>}
 */
export async function namesInView(basemap, map) {
  const zoom = map.getZoom();
  const { min, max } = map.getPixelBounds();
  const view = basemap.views.get("");
  const box = { minX: min.x, minY: min.y, maxX: max.x, maxY: max.y };
  const tiles = await view.getBbox(zoom, box);
  const found = { zoom, streets: [], places: [] };
  for (const tile of tiles) {
    const place = (point) => [point.x * tile.scale + tile.origin.x, point.y * tile.scale + tile.origin.y];
    for (const feature of tile.data.get("streets") || []) {
      const { name, rank } = feature.props;
      if (!name || rank > 5) continue;
      for (const part of feature.geom) found.streets.push({ name, rank, points: part.map(place) });
    }
    for (const feature of tile.data.get("places") || []) {
      const { name, kind } = feature.props;
      found.places.push({ name, kind, point: place(feature.geom[0][0]) });
    }
  }
  return found;
}
