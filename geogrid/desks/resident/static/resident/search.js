/* The search field: Enter asks, the answers appear in the panel; one certain answer opens its card.
   Returns a function that writes into the field what was chosen. */

import { addressBox } from "../geogrid/js/address_box.js";

export function wireSearch(page, panel, config) {
  const form = page.querySelector("[data-search]");
  const field = form.querySelector("input[name=q]");
  const clear = form.querySelector("[data-clear]");
  const show = () => (clear.hidden = !field.value);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const question = field.value.trim();
    if (!question) return field.focus();
    field.blur();
    await panel.openAddress(`${config.search_url}?${new URLSearchParams({ q: question })}`);
    openOnlyAnswer(panel);
  });
  clear.addEventListener("click", () => {
    field.value = "";
    show();
    field.focus();
    if (page.dataset.state !== "list") panel.close();
  });
  field.addEventListener("input", show);
  addressBox(field, { url: config.suggest_url, onWhole: () => form.requestSubmit ? form.requestSubmit() : form.querySelector("[data-go]").click() });
  show();
  return (words) => {
    field.value = words;
    show();
  };
}

function openOnlyAnswer(panel) {
  const answers = panel.body.querySelectorAll(".answers [data-grid]");
  const certain = panel.body.querySelectorAll(".answers .chip.ok");
  if (answers.length === 1 && certain.length === 1) panel.openAddress(answers[0].href);
}
