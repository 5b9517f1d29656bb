/* One hazard point on its map. */

import { StopsMap, deliveredStops } from "./stops_map.js";

const map = new StopsMap(document.getElementById("map"));
map.show(deliveredStops(), null);
map.showGrids();
