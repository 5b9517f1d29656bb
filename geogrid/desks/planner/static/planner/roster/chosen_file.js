/* A hidden file button's label says which file was chosen. Without this the form works all the same. */
for (const label of document.querySelectorAll("[data-upload]")) {
  const input = label.querySelector("input[type=file]");
  const words = label.querySelector("[data-named]");
  const before = words.textContent;
  input.addEventListener("change", () => {
    const [file] = input.files;
    words.textContent = file ? file.name : before;
    label.classList.toggle("chosen", Boolean(file));
  });
}
