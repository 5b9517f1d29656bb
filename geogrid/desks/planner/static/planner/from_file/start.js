/* Where a file is dropped on the map of the current plan, or chosen with the button beside it. */

import { GridLayer } from "../../geogrid/js/grids.js";
import { loadOrSay } from "../../geogrid/js/loading.js";
import { openMap, readConfig } from "../../geogrid/js/map.js";
import { say } from "../../geogrid/js/words.js";

const config = readConfig();
const opened = openMap(document.getElementById("map"), config);
const form = document.getElementById("bring");
const input = document.getElementById("file");
const box = document.getElementById("dropbox");
const word = document.getElementById("dropword");
const said = document.getElementById("said");

function send() {
  const names = [...input.files].map((file) => file.name).join(", ");
  form.querySelector("[data-chosen]").textContent = names;
  said.textContent = say("Reading %(file)s …", { file: names });
  form.querySelector("#send").setAttribute("aria-disabled", "true");
  form.requestSubmit ? form.requestSubmit() : form.submit();
}

let over = 0;
function hover(on) {
  over = on ? over : 0;
  box.classList.toggle("dropbox-over", on);
  word.hidden = !on;
}

const brings = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");

/* Anywhere on the page: a file that misses the map must not be opened instead of it. */
document.addEventListener("dragenter", (event) => {
  if (!brings(event)) return;
  event.preventDefault();
  over += 1;
  hover(true);
});
document.addEventListener("dragover", (event) => {
  if (brings(event)) event.preventDefault();
});
document.addEventListener("dragleave", (event) => {
  if (!brings(event)) return;
  over -= 1;
  if (over <= 0) hover(false);
});
document.addEventListener("drop", (event) => {
  if (!brings(event)) return;
  event.preventDefault();
  hover(false);
  if (!event.dataTransfer.files.length) {
    said.textContent = say("A folder cannot be read: drop the files in it, or pack it as zip.");
    return;
  }
  input.files = event.dataTransfer.files;
  send();
});
input.addEventListener("change", () => input.files.length && send());
addEventListener("pageshow", () => form.querySelector("#send").removeAttribute("aria-disabled"));

async function show() {
  if (config.grids_url) {
    await loadOrSay(config.grids_url, document.getElementById("map"), (json) => {
      const grids = new GridLayer(json, { dim: false, fill: false, interactive: false });
      grids.addTo(opened.map).fit(null, { animate: false });
    });
  }
  box.dataset.ready = "";
}
show();
