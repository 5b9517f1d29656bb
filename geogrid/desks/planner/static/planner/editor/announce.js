/* What happens is said once on the status line, which is a live region. */

export function announcer(element) {
  let clearing = null;
  return (words) => {
    window.clearTimeout(clearing);
    // The same sentence twice is news twice.
    element.textContent = "";
    window.setTimeout(() => { element.textContent = words; }, 30);
    clearing = window.setTimeout(() => { element.textContent = ""; }, 20000);
  };
}
