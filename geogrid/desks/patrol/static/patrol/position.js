/* Where the phone is. Asked for only when somebody wants it, never kept. */

import { say } from "../geogrid/js/words.js";

const OPTIONS = { enableHighAccuracy: true, timeout: 10000, maximumAge: 15000 };

/** Whether this phone can say where it is at all. */
export function canLocate() {
  return "geolocation" in navigator && window.isSecureContext;
}

/** Resolves to "granted", "denied" or "prompt". */
export async function permission() {
  if (!navigator.permissions) return "prompt";
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state;
  } catch (error) {
    return "prompt";
  }
}

/** Resolves to {lon, lat, accuracy}; rejects with a sentence a person can act on. */
export function locate() {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({ lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy }),
      (error) => reject(new Error(sentence(error))),
      OPTIONS,
    );
  });
}

function sentence(error) {
  if (error.code === error.PERMISSION_DENIED) {
    return say("Position not allowed: sorted by due date");
  }
  return say("No position at the moment: sorted by due date");
}

const EARTH = 6371008.8;

/** Metres between two {lon, lat}, good to half a percent: for a word on the screen, not a record. */
export function metresBetween(a, b) {
  const rad = Math.PI / 180;
  const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  const y = (b.lat - a.lat) * rad;
  return Math.hypot(x, y) * EARTH;
}
