/* A page that waits for a dossier: asks every two seconds, and shows itself anew when one is made. */

const EVERY_MS = 2000;
const url = document.getElementById("waiting").dataset.state;
const shown = new Map(
  [...document.querySelectorAll("[data-dossier]")].map((row) => [row.dataset.dossier, row.dataset.state]),
);

async function ask() {
  let changed = false;
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const { dossiers } = await answer.json();
      changed = Object.entries(dossiers).some(([number, state]) => shown.get(number) !== state);
    }
  } catch {
    /* no network at the moment: the next question may get through */
  }
  if (changed) window.location.reload();
  else window.setTimeout(ask, EVERY_MS);
}

window.setTimeout(ask, EVERY_MS);
