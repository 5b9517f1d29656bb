/* Looks every few seconds whether the proposal is there, and shows the page anew when it is. */

const EVERY_MS = 3000;
const script = document.querySelector("script[data-url]");

async function look() {
  const answer = await fetch(script.dataset.url).catch(() => null);
  const told = answer && answer.ok ? await answer.json() : { state: "waiting" };
  if (told.state === "done" || told.state === "refused") location.reload();
  else setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
