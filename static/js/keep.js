// What was typed stays in this tab until it has arrived: <form data-keep="say">, and data-kept="say" on the
// page that it leads to. For half an hour, as others may use this machine next; names and numbers never.
// Without a network the button says so instead of losing the page.
const HALF_AN_HOUR = 30 * 60 * 1000;
const form = document.querySelector("form[data-keep]");
const arrived = document.querySelector("[data-kept]");
const read = (name) => JSON.parse(sessionStorage.getItem(name) || "{}");
const write = (name, kept) => sessionStorage.setItem(name, JSON.stringify(kept));

if (arrived && read(arrived.dataset.kept).sent) sessionStorage.removeItem(arrived.dataset.kept);

if (form) {
  const name = form.dataset.keep;
  const boxes = [...form.elements].filter((box) => box.matches("textarea, select, input[type=text]") && !box.name.startsWith("contact_"));
  const before = read(name);
  const typed = before.at > Date.now() - HALF_AN_HOUR ? before.typed : {};
  for (const box of boxes) if (!box.value && typed[box.name]) box.value = typed[box.name];
  if (Object.values(typed).some(Boolean)) form.closest("details")?.setAttribute("open", "");
  form.addEventListener("input", () => {
    for (const box of boxes) typed[box.name] = box.value;
    write(name, { at: Date.now(), typed });
  });
  form.addEventListener("submit", (event) => {
    form.querySelector("[data-offline]").hidden = navigator.onLine;
    if (!navigator.onLine) event.preventDefault();
    else if (event.submitter?.value === "send") write(name, { at: Date.now(), typed, sent: true });
  });
}
