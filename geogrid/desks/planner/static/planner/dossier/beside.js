/* Plans side by side: each on a map of its own, and all maps look at the same place. */

import { GridLayer } from "../../geogrid/js/grids.js";
import { loadOrSay } from "../../geogrid/js/loading.js";
import { openMap, readConfig } from "../../geogrid/js/map.js";
import { say } from "../../geogrid/js/words.js";

const config = readConfig();
let following = false;

function opened(plan) {
  return openMap(document.getElementById(`map-${plan.number}`), {
    ...config, locate: false, label: say("Map of %(plan)s. The table says the same in figures.", { plan: plan.title }),
  });
}

function follow(leader, maps) {
  if (following) return;
  following = true;
  for (const map of maps) {
    if (map !== leader) map.setView(leader.getCenter(), leader.getZoom(), { animate: false });
  }
  following = false;
}

/* Where a map looks, for whoever has to know without looking: tests. */
function tell(map) {
  const { lat, lng } = map.getCenter();
  map.getContainer().dataset.at = [lat.toFixed(4), lng.toFixed(4), map.getZoom()].join(" ");
}

function draw(map, plan) {
  return loadOrSay(plan.url, map.getContainer(), ({ after }) => {
    new GridLayer(after, { dim: false, fill: false, interactive: false }).addTo(map);
  });
}

const maps = config.plans.map((plan) => opened(plan).map);
for (const map of maps) {
  map.on("move zoomend", () => follow(map, maps));
  map.on("moveend", () => tell(map));
  tell(map);
}
Promise.all(config.plans.map((plan, place) => draw(maps[place], plan))).then(() => {
  document.getElementById("beside").dataset.ready = "";
});
