/* A page that waits for a dossier: asks every two seconds, and shows itself anew when one is made. */

const EVERY_MS = 2000;
const TYPING = "input, select, textarea";
const url = document.getElementById("waiting").dataset.state;
const shown = new Map(
  [...document.querySelectorAll("[data-dossier]")].map((row) => [row.dataset.dossier, row.dataset.state]),
);

async function ask() {
  let changed = false;
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (answer.redirected || (answer.status >= 400 && answer.status < 500)) changed = true; // the page says why
    else if (answer.ok) {
      const { dossiers } = await answer.json();
      changed = Object.entries(dossiers).some(([number, state]) => shown.get(number) !== state);
    }
  } catch {
    /* no network at the moment: the next question may get through */
  }
  // Somebody who is filling in the form below is not interrupted.
  if (changed && !document.activeElement?.matches(TYPING)) window.location.reload();
  else window.setTimeout(ask, EVERY_MS);
}

window.setTimeout(ask, EVERY_MS);
