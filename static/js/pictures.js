// A box for pictures becomes one large button (the box lies over it, unseen), and what was chosen is sent at once:
// <form data-pictures="said while it is sent">, in which the box's label says what to do.
for (const form of document.querySelectorAll("form[data-pictures]")) {
  const box = form.querySelector("input[type=file]");
  const label = form.querySelector(`label[for="${box.id}"]`);
  if (box.files.length) continue; // chosen before this script was there: the button below sends them
  const button = form.querySelector("button");
  const words = label.textContent;
  form.classList.add("one-button");
  label.className = button.className;
  button.hidden = true;
  box.addEventListener("change", () => {
    if (!box.files.length) return;
    label.textContent = form.dataset.pictures;
    form.requestSubmit();
  });
  // Back on this page by the back button, it can be pressed again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) label.textContent = words;
  });
}
