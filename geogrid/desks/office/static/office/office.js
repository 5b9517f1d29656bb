/* The office's desk, live: counts and rows are asked for every few seconds and exchanged when they
   changed; a row opens beside the list. Every address also works as a page of its own. */

import { CaseMap, ListMap } from "./maps.js";

const { gettext } = window;
const config = JSON.parse(document.getElementById("live-config").textContent);
const desk = document.querySelector(".desk");
const panel = document.getElementById("case");
const rows = document.getElementById("rows");
const counts = document.getElementById("counts");
const filters = document.getElementById("filters");
const chip = document.getElementById("live");
const listMap = document.getElementById("map") ? new ListMap(config, openCase) : null;

let tag = "";
let newest = null;
let changed = null;
let timer = 0;

document.body.classList.add("scripted");
chip.hidden = false;
wire();
if (!panel.hidden) showCase();
schedule();

function wire() {
  rows.addEventListener("click", (event) => {
    const link = event.target.closest("a[id^=row-]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    openCase(link.closest("tr").dataset.case);
  });
  panel.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    closeCase();
  });
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") escape(); });
  filters.addEventListener("change", () => filters.submit());
  window.addEventListener("popstate", () => location.reload());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
}

function escape() {
  const open = panel.querySelector("details.act[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); } else closeCase();
}

const query = () => location.search;

function schedule() {
  clearTimeout(timer);
  timer = setTimeout(ask, config.every * 1000);
}

async function ask() {
  if (document.hidden) { schedule(); return; }
  try {
    const answer = await fetch(config.list + query(), { headers: tag ? { "If-None-Match": tag } : {} });
    if (answer.redirected || answer.status === 403) { location.reload(); return; }
    if (answer.status === 200) {
      tag = answer.headers.get("ETag") || "";
      exchange(await answer.json());
    } else if (answer.status !== 304) throw new Error(String(answer.status));
    live(true);
  } catch (problem) {
    live(false);
  }
  schedule();
}

function live(on) {
  chip.classList.toggle("off", !on);
  chip.classList.toggle("ok", on);
  document.getElementById("live-word").textContent = on ? gettext("Live · just updated") : gettext("No connection · trying again");
}

function exchange(fresh) {
  const focused = document.activeElement && document.activeElement.id;
  const filter = document.activeElement && document.activeElement.dataset.count;
  rows.innerHTML = fresh.rows; // rendered by our own templates, which escape every word
  counts.innerHTML = fresh.counts;
  const again = filter ? counts.querySelector(`[data-count="${filter}"]`) : document.getElementById(focused);
  if (again && again !== document.activeElement) again.focus({ preventScroll: true });
  if (newest !== null && fresh.new > newest) document.getElementById("news").textContent = fresh.words;
  newest = fresh.new;
  if (fresh.case && changed && fresh.case !== changed && !busy()) reload();
  if (fresh.case) changed = fresh.case;
  if (listMap) listMap.refresh(query());
}

/* Somebody is writing in the panel: it must not be exchanged under their hands. */
const busy = () => Boolean(panel.querySelector("details.act[open]"));

const chosen = () => new URLSearchParams(location.search).get("case");

async function openCase(number) {
  const address = new URL(location.href);
  address.searchParams.set("case", number);
  address.pathname = config.list.replace(/live\/$/, "");
  history.pushState({}, "", address);
  changed = null;
  tag = "";
  await reload();
  mark(number);
  panel.focus({ preventScroll: true });
}

async function reload() {
  const address = new URL(config.case.replace("/0/", `/${chosen()}/`), location.href);
  for (const [name, value] of new URLSearchParams(location.search)) if (name !== "case") address.searchParams.set(name, value);
  address.searchParams.set("fragment", "1");
  const answer = await fetch(address);
  if (!answer.ok) { location.reload(); return; }
  panel.innerHTML = await answer.text();
  panel.hidden = false;
  panel.scrollTop = 0;
  desk.classList.add("has-case");
  showCase();
}

function showCase() {
  new CaseMap(panel).start();
}

function closeCase() {
  const number = chosen();
  const address = new URL(location.href);
  address.searchParams.delete("case");
  address.pathname = config.list.replace(/live\/$/, "");
  history.pushState({}, "", address);
  panel.hidden = true;
  panel.replaceChildren();
  desk.classList.remove("has-case");
  mark(null);
  const row = document.getElementById(`row-${number}`);
  if (row) row.focus();
}

function mark(number) {
  rows.querySelectorAll("tr[data-case]").forEach((row) => {
    if (row.dataset.case === String(number)) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
}
