/* Looks every few seconds whether the proposal is there, and shows the page anew when it is. */

const EVERY_MS = 3000;
const script = document.querySelector("script[data-url]");

async function look() {
  let told = { state: "waiting" };
  try {
    const answer = await fetch(script.dataset.url);
    // Signed out, or taken away meanwhile: the page itself says so.
    if (answer.redirected || (answer.status >= 400 && answer.status < 500)) return location.reload();
    if (answer.ok) told = await answer.json();
  } catch {
    // no network at the moment: the next question may get through
  }
  if (told.state === "done" || told.state === "refused") return location.reload();
  return setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
