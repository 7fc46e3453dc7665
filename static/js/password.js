// A button that shows the password being typed, for every password box on the page.
for (const input of document.querySelectorAll("input[type=password]")) {
  const button = document.createElement("button");
  const words = input.form?.dataset ?? {};
  const say = (shown) => {
    button.textContent = shown ? words.hidePassword || "隐藏" : words.showPassword || "显示";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.type = "button";
  button.className = "btn-soft";
  button.setAttribute("aria-controls", input.id);
  say(false);
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    say(shown);
    input.focus();
  });
  const row = document.createElement("div");
  row.className = "with-button";
  input.replaceWith(row);
  row.append(input, button);
  input.form?.addEventListener("submit", () => { input.type = "password"; });
}
