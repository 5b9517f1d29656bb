/* The name of the chosen file: the button itself speaks the browser's language, so it is hidden. */

const chosen = document.getElementById("chosen");
document.getElementById("id_file").addEventListener("change", ({ target }) => {
  chosen.textContent = target.files.length ? target.files[0].name : "";
});
