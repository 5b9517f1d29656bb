/* The list equals the map: a row under the pointer or the keyboard shows on the map, what is chosen
 * on the map scrolls its row into view.
 *
 *   <ul class="rows"><li data-code="..."><a class="rowlink" href="...">...</a></li></ul>
 *   const sync = syncList(listElement, { attribute: "code", onHover: (code) => grids.hover(code) });
 *   sync.current(code);
 */

/**
 * @param {Element} list holds rows with data-<attribute>
 * @param {object} options {attribute ("code"), onHover: (key | null), onChoose: (key, event)};
 *   with onChoose a plain click on a row's link does not leave the page when it returns true;
 *   inBox: only a box of its own scrolls to the row, never the page: a phone stays at its map
 */
export function syncList(list, options) {
  const { attribute = "code", onHover, onChoose } = options;
  const rowOf = (target) => (target instanceof Element ? target.closest(`[data-${attribute}]`) : null);
  const keyOf = (row) => (row && list.contains(row) ? row.getAttribute(`data-${attribute}`) : null);
  const point = (event) => onHover && onHover(keyOf(rowOf(event.target)));
  const leave = () => onHover && onHover(null);
  list.addEventListener("pointerover", point);
  list.addEventListener("pointerleave", leave);
  list.addEventListener("focusin", point);
  list.addEventListener("focusout", leave);
  if (onChoose) {
    list.addEventListener("click", (event) => {
      const key = keyOf(rowOf(event.target));
      const plain = !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
      if (key != null && plain && onChoose(key, event) === true) event.preventDefault();
    });
  }
  return { current: (key) => markCurrent(list, attribute, key, !options.inBox || inScrollingBox(list)) };
}

function inScrollingBox(list) {
  for (let box = list.parentElement; box && box !== document.body; box = box.parentElement) {
    const scrolls = box.scrollHeight > box.clientHeight && /auto|scroll/.test(getComputedStyle(box).overflowY);
    if (scrolls) return true;
  }
  return false;
}

function markCurrent(list, attribute, key, scrolls) {
  for (const row of list.querySelectorAll(`[data-${attribute}]`)) {
    const chosen = key != null && row.getAttribute(`data-${attribute}`) === String(key);
    if (chosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    if (chosen && scrolls && row.scrollIntoView) row.scrollIntoView({ block: "nearest" });
  }
}
