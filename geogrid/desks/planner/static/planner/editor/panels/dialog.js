/* The desk's one dialog, and fields for it. The keyboard returns to where it came from.

   openDialog({title, lead, fields, submit, onSubmit() -> whether it may close, back})
   textField(name, label, {value, hint, required, most}) / choiceField(name, label, [[value, word]], {value, onChange})
       -> {element, value, check()} */

import { say } from "../../../geogrid/js/words.js";
import { icon } from "../../../geogrid/js/icons.js";
import { button } from "../strip.js";

export function openDialog({ title, lead = "", fields, submit, onSubmit, back = null, submitKind = "primary" }) {
  const dialog = document.getElementById("dialog");
  const before = back ?? document.activeElement;
  const head = document.createElement("h2");
  head.id = "dialog-title";
  head.textContent = title;
  const form = document.createElement("form");
  form.method = "dialog";
  form.noValidate = true;
  const buttons = document.createElement("div");
  buttons.className = "buttons";
  buttons.append(button(submit ? say("Cancel") : say("Close"), () => dialog.close(), { name: "cancel" }));
  if (submit) {
    const send = document.createElement("button");
    send.className = `btn ${submitKind}`;
    send.dataset.action = "submit";
    send.textContent = submit;
    buttons.append(send);
  }
  form.append(...fields, buttons);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (onSubmit()) dialog.close();
  });
  const words = document.createElement("p");
  words.textContent = lead;
  dialog.replaceChildren(head, ...(lead ? [words] : []), form);
  dialog.onclose = () => {
    const target = before?.isConnected ? before : document.querySelector("#map");
    target.focus({ preventScroll: true });
  };
  dialog.showModal();
  dialog.querySelector("input, select, textarea")?.focus();
  return dialog;
}

export function textField(name, label, { value = "", hint = "", required = false, most = 80 } = {}) {
  const { element, error } = frame(name, label, hint);
  const input = document.createElement("input");
  input.type = "text";
  input.name = name;
  input.id = `field-${name}`;
  input.maxLength = most;
  input.value = value;
  input.autocomplete = "off";
  element.insertBefore(input, error);
  return {
    element,
    get value() { return input.value.trim(); },
    check() {
      const missing = required && !input.value.trim();
      complain(element, input, error, missing ? say("Write something here.") : "");
      return !missing;
    },
  };
}

export function choiceField(name, label, choices, { value = "", hint = "", required = false, onChange = null } = {}) {
  const { element, error } = frame(name, label, hint);
  const select = document.createElement("select");
  select.name = name;
  select.id = `field-${name}`;
  select.className = "select";
  for (const [key, word] of choices) select.append(new Option(word, key, false, key === value));
  if (onChange) select.addEventListener("change", () => onChange(select.value));
  element.insertBefore(select, error);
  return {
    element,
    get value() { return select.value; },
    replace(again) { select.replaceChildren(...again.map(([key, word]) => new Option(word, key))); },
    check() {
      const missing = required && !select.value;
      complain(element, select, error, missing ? say("Choose one of the list.") : "");
      return !missing;
    },
  };
}

function frame(name, label, hint) {
  const element = document.createElement("div");
  element.className = "formfield";
  const words = document.createElement("label");
  words.htmlFor = `field-${name}`;
  words.textContent = label;
  element.append(words);
  if (hint) {
    const below = document.createElement("p");
    below.className = "hint";
    below.textContent = hint;
    element.append(below);
  }
  const error = document.createElement("p");
  error.className = "errortext";
  error.id = `error-${name}`;
  error.hidden = true;
  element.append(error);
  return { element, error };
}

function complain(element, input, error, words) {
  element.classList.toggle("error", Boolean(words));
  error.hidden = !words;
  error.replaceChildren(...(words ? [icon("warn", "s"), document.createTextNode(words)] : []));
  input.setAttribute("aria-invalid", String(Boolean(words)));
  if (words) {
    input.setAttribute("aria-describedby", error.id);
    input.focus();
  } else input.removeAttribute("aria-describedby");
}
