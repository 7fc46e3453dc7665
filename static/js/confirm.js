// Ask once more before a form that takes something away: <form data-confirm="确定退出？" data-confirm-yes="退出" data-confirm-no="不退">.
// Without <dialog> or without JavaScript the form is simply sent; the page after it says how to undo.
function ask(form) {
  const dialog = document.createElement("dialog");
  const words = document.createElement("p");
  const row = document.createElement("div");
  const [no, yes] = [document.createElement("button"), document.createElement("button")];
  words.textContent = form.dataset.confirm;
  words.id = "confirm-words";
  dialog.setAttribute("aria-labelledby", words.id);
  row.className = "row-l";
  no.className = "btn-soft";
  yes.className = "btn btn-primary";
  no.textContent = form.dataset.confirmNo || "返回";
  yes.textContent = form.dataset.confirmYes || "确定";
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => { dialog.close("yes"); });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(form.confirmSubmitter);
  });
  row.append(no, yes);
  dialog.append(words, row);
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed || !("showModal" in HTMLDialogElement.prototype)) return;
  event.preventDefault();
  form.confirmSubmitter = event.submitter;
  ask(form);
});
