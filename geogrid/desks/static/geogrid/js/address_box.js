/* A box for addresses that suggests what may be meant: streets and places by letters, pinyin or
   its initials, then their doors. A combobox after the ARIA pattern; without this script the box is
   a plain one and the page's own search answers. Old phones: no syntax after 2019.

   addressBox(input, {url, onWhole}) -> {close}     `onWhole(text)` when nothing needs to follow */

import { say, sayCount } from "./words.js";

const WAIT_MS = 120;
let boxes = 0;

export function addressBox(input, { url, onWhole = () => {} }) {
  const list = document.createElement("ul");
  list.id = `suggestions-${(boxes += 1)}`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", say("Suggested addresses"));
  const told = document.createElement("span");
  told.className = "vh";
  told.setAttribute("role", "status");
  const frame = document.createElement("span");
  frame.className = "suggesting";
  (input.closest(".field") || input).after(frame);
  frame.append(list, told);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off",
  })) input.setAttribute(name, value);

  let timer = 0;
  let asked = 0;
  let current = -1;
  let shown = [];

  function close() {
    window.clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    shown = [];
    mark(-1);
    input.setAttribute("aria-expanded", "false");
  }

  function mark(at) {
    current = at;
    for (const [place, item] of [...list.children].entries()) item.setAttribute("aria-selected", String(place === at));
    if (at >= 0) {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function show(suggestions) {
    shown = suggestions;
    list.replaceChildren(...suggestions.map((one, at) => option(list.id, one, at)));
    list.hidden = !suggestions.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(-1);
    told.textContent = suggestions.length
      ? sayCount("%(count)s suggestion", "%(count)s suggestions", suggestions.length)
      : "";
  }

  async function ask() {
    const mine = (asked += 1);
    const typed = input.value.trim();
    if (!typed) return close();
    try {
      const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(typed)}`);
      if (!answer.ok || mine !== asked) return;
      const { suggestions } = await answer.json();
      if (mine === asked && document.activeElement === input) show(suggestions.filter((one) => one.text !== typed));
    } catch {
      // without a network the page's own search says what is wrong
    }
  }

  function choose(one) {
    input.value = one.whole ? one.text : `${one.text} `;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
    if (one.whole) {
      close();
      onWhole(one.text);
    } else {
      window.clearTimeout(timer);
      ask();
    }
  }

  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !shown.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      mark((current + step + (current < 0 && step < 0 ? 1 : 0) + shown.length) % shown.length);
    } else if (event.key === "Enter" && current >= 0) {
      event.preventDefault();
      choose(shown[current]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", () => window.setTimeout(() => document.activeElement !== input && close(), 150));
  if (input.form) input.form.addEventListener("submit", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (item) choose(shown[[...list.children].indexOf(item)]);
  });
  return { close };
}

function option(list, { text, kind }, at) {
  const item = document.createElement("li");
  item.id = `${list}-${at}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const name = document.createElement("span");
  name.textContent = text;
  item.append(name);
  const words = kindWords(kind);
  if (words) {
    const told = document.createElement("small");
    told.textContent = words;
    item.append(told);
  }
  return item;
}

function kindWords(kind) {
  return {
    street: say("street or compound"), school: say("school"), health: say("hospital or clinic"),
    shop: say("shop"), public: say("public facility"),
  }[kind] || "";
}
