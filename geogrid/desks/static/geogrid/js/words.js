/* Words of the reader's language: Django's catalogue where the page loads it, English otherwise. */

/** Translate; `values` fill %(name)s. */
export function say(message, values) {
  const words = typeof window.gettext === "function" ? window.gettext(message) : message;
  return values ? fill(words, values) : words;
}

/** Translate what depends on a number; %(count)s is the number itself. */
export function sayCount(one, many, count, values) {
  const words = typeof window.ngettext === "function"
    ? window.ngettext(one, many, count)
    : count === 1 ? one : many;
  return fill(words, Object.assign({ count }, values));
}

/** "40 m", "240 m", "1.2 km", in the reader's words. */
export function metres(length) {
  if (length < 995) {
    const rounded = length < 100 ? Math.round(length) : Math.round(length / 10) * 10;
    return say("%(number)s m", { number: rounded });
  }
  const digits = length < 20000 && length % 1000 >= 50 ? 1 : 0;
  return say("%(number)s km", { number: (length / 1000).toFixed(digits) });
}

function fill(words, values) {
  return words.replace(/%\((\w+)\)[sd]/g, (_, name) => String(values[name]));
}

export const isChinese = () => document.documentElement.lang.toLowerCase().startsWith("zh");
