// A print button appears where printing is possible: <button type="button" data-print hidden>.
for (const button of document.querySelectorAll("[data-print]")) {
  if (!window.print) continue;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
