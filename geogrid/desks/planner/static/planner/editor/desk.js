/* The boundary editor: opens the map of the draft. */

import { openMap, readConfig } from "../../geogrid/js/map.js";

const config = readConfig("draft-config");
openMap(document.getElementById("map"), config.map);
