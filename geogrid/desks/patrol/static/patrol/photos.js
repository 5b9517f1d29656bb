/* The word on a photo button after photos were chosen. */

const { gettext } = window;

export function wirePhotos(root) {
  root.querySelectorAll(".upload input[type=file]").forEach((input) => {
    input.addEventListener("change", () => {
      const box = input.closest(".upload");
      box.classList.toggle("chosen", input.files.length > 0);
      if (input.files.length) box.querySelector("[data-photo-word]").textContent = gettext("Photo chosen – tap to change");
    });
  });
}
