/* Whether everything drawn is with the server: always on the screen, said when it changes for worse. */

import { say, sayCount } from "../../../geogrid/js/words.js";

const LOOKS = { saved: "ok", saving: "", offline: "warn", signed_out: "danger", closed: "danger" };

export function addSaved(desk, chip) {
  const words = chip.querySelector("[data-words]");
  let before = "";
  const show = (state) => {
    chip.className = `chip ${state.kept ? LOOKS[state.name] : "danger"}`;
    chip.dataset.state = state.name;
    words.textContent = wordsOf(state);
    if (state.name !== before && !["saved", "saving"].includes(state.name)) desk.announce(wordsOf(state));
    if (before && !["saved", "saving"].includes(before) && ["saved", "saving"].includes(state.name)) desk.announce(say("The server can be reached again."));
    before = state.name;
    if (state.name === "signed_out") offerSignIn(chip);
  };
  desk.draft.on("state", show);
  desk.draft.on("restored", ({ entries, parked }) => {
    const count = entries.length + parked.length;
    if (count) desk.announce(sayCount("%(count)s change from before is being sent.", "%(count)s changes from before are being sent.", count));
  });
  const revision = document.getElementById("revision");
  desk.on("changed", () => { if (revision) revision.textContent = desk.mesh.revision; });
}

function wordsOf({ name, waiting, kept }) {
  if (name === "saved") return say("Saved");
  if (name === "saving") return sayCount("Saving %(count)s change…", "Saving %(count)s changes…", waiting);
  if (name === "signed_out") return say("Signed out: what you drew is kept here");
  if (name === "closed") return say("Not a draft any more: what you drew is kept here");
  if (!waiting) return say("No network");
  if (!kept) return say("No network, and this browser keeps nothing: do not close the page");
  return sayCount("No network: %(count)s change kept here", "No network: %(count)s changes kept here", waiting);
}

function offerSignIn(chip) {
  if (chip.querySelector("a")) return;
  const link = document.createElement("a");
  link.href = `/accounts/login/?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = say("Sign in");
  chip.append(link);
}
