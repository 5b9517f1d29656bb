/* From "where am I" to a card. When the position may be off into another grid, both are named. */

import { metres } from "../geogrid/js/words.js";

const { gettext, interpolate } = window;

const TOO_VAGUE = 300; // metres; beyond that a card would be a guess

/**
 * @param {object} asked {panel, config, latlng, accuracy in metres, titles: code => name}
 */
export async function answerPosition({ panel, config, latlng, accuracy, titles }) {
  const lon = latlng.lng.toFixed(7);
  const lat = latlng.lat.toFixed(7);
  const query = new URLSearchParams({
    lon, lat, accuracy: Math.min(accuracy, 5000).toFixed(0), area: config.area,
  });
  let found;
  try {
    const answer = await fetch(`${config.where_url}?${query}`);
    if (!answer.ok) throw new Error(String(answer.status));
    found = await answer.json();
  } catch (problem) {
    panel.say(gettext("Your position is known, but the grid could not be asked for. Is there a connection?"), "warn");
    return;
  }
  const links = found.possible.slice(0, 4).map((grid) => ({
    words: titles(grid.code),
    url: config.grid_url.replace("CODE", grid.code),
  }));
  if (!found.grid && !links.length) {
    panel.say(gettext("You are outside of this area."), "warn");
    return;
  }
  if (found.grid && accuracy <= TOO_VAGUE) await panel.openPlace({ code: found.grid.code, lon, lat, place: gettext("Your position") });
  if (links.length > 1 || !found.grid) {
    panel.say(
      interpolate(
        gettext("Your position is known to within %(length)s. It may be any of:"),
        { length: metres(accuracy) },
        true,
      ),
      "warn",
      links,
    );
  }
}
