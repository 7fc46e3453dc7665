// The page of a meeting's day: one item at a time, and what is written down arrives also where the network
// was gone meanwhile. Each record is kept in this browser until the office has it, and carries a mark by
// which it is written down once, however often it is sent. What was refused stays in this tab alone, for it
// may hold what nobody should read.
const page = document.querySelector("[data-meeting]");
const place = `linli-meeting-${page.dataset.meeting}`;
const words = page.dataset;
const listIn = (store) => ({
  read: () => JSON.parse(store.getItem(place) || "[]"),
  write: (records) => store.setItem(place, JSON.stringify(records)),
});
const waiting = listIn(localStorage);
const refused = listIn(sessionStorage);
const without = (records, record) => records.filter((one) => one.mark !== record.mark);
const bar = page.querySelector("[data-unsent]");
const problems = page.querySelector("[data-problems]");
const topics = [...page.querySelectorAll("[data-item]")];
let sending = false;

// --- One item at a time ---------------------------------------------------------------------
const show = (wanted) => {
  const current = topics.find((topic) => topic.id === wanted) ?? topics[0];
  for (const topic of topics) {
    topic.hidden = topic !== current;
    topic.querySelector("[data-steps]").hidden = topics.length < 2;
  }
  for (const chip of page.querySelectorAll("[data-chip]")) {
    chip.toggleAttribute("aria-current", chip.dataset.chip === current?.dataset.item);
  }
};
const step = (by) => {
  const at = topics.findIndex((topic) => !topic.hidden) + by;
  location.hash = topics[(at + topics.length) % topics.length].id;
};
if (topics.length > 0) {
  show(location.hash.slice(1) || topics.find((topic) => topic.querySelector("form"))?.id);
  addEventListener("hashchange", () => show(location.hash.slice(1)));
  for (const button of page.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
}

// --- What is not sent yet -------------------------------------------------------------------
const tell = (lead) => {
  const records = waiting.read();
  bar.hidden = records.length === 0;
  bar.textContent = `${lead}${records.map((record) => record.label).join("、")}`;
  for (const form of page.querySelectorAll("[data-last]")) form.hidden = records.length > 0;
};
const button = (label, act) => {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn-soft", textContent: label });
  made.addEventListener("click", act);
  return made;
};
const listProblems = () => {
  problems.replaceChildren(...refused.read().map((record) => {
    const line = document.createElement("li");
    const said = document.createElement("p");
    said.textContent = `${record.label} · ${words.refused}${record.refused}`;
    line.append(said, button(words.retry, () => reopen(record)), button(words.drop, () => drop(record)));
    return line;
  }));
};
const drop = (record) => {
  refused.write(without(refused.read(), record));
  listProblems();
};
// Sent as a page of its own: it comes back with what was typed, and with the sentence at its field.
const reopen = (record) => {
  if (!navigator.onLine) return;  // the page would be gone, and the record with it
  const form = Object.assign(document.createElement("form"), { method: "post", action: record.action, hidden: true });
  for (const [name, value] of [["csrfmiddlewaretoken", words.token], ...record.fields]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  drop(record);
  document.body.append(form);
  form.submit();
};
// While it waits the item says that it is noted; refused, it can be done anew.
const note = (record, { noted }) => {
  const topic = page.querySelector(`[data-item="${record.item}"]`);
  if (!topic) return;
  const status = topic.querySelector("[data-status]");
  status.hidden = !noted;
  status.textContent = `✓ ${words.noted}`;
  for (const form of topic.querySelectorAll("form[data-record]")) {
    if (form.action === record.action) form.closest("details").hidden = noted;
  }
};

// --- Sending --------------------------------------------------------------------------------
// No answer at all: there is no network.
const ask = (address, given) => fetch(address, given).catch(() => null);
const post = (record) => {
  const body = new URLSearchParams([["csrfmiddlewaretoken", words.token], ...record.fields]);
  return ask(record.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
};
// Whoever signed in again has another token: the page is asked for its own.
const renewToken = async () => {
  const answer = await ask(words.here, { redirect: "manual" });
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  words.token = fresh.querySelector("[data-meeting]").dataset.token;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = words.token;
};
const saysWhy = (answer) => answer.headers.get("Content-Type")?.startsWith("application/json");
const canWait = (answer) => answer.type === "opaqueredirect" || answer.status >= 500 || answer.status === 429 || (answer.status === 403 && !saysWhy(answer));
const settle = async (record, answer) => {
  if (!answer.ok) {
    const said = saysWhy(answer) ? (await answer.json()).detail : String(answer.status);
    refused.write([...without(refused.read(), record), { ...record, refused: said }]);
    note(record, { noted: false });
    listProblems();
  }
  waiting.write(without(waiting.read(), record));
};
const isUntouched = (field) => field.type === "hidden" || (["checkbox", "radio"].includes(field.type)
  ? field.checked === field.defaultChecked
  : field.matches("select") ? [...field.options].every((one) => one.selected === one.defaultSelected || field.selectedIndex === 0) : field.value === (field.defaultValue ?? field.value));
const isUnderWay = () => [...page.querySelectorAll("form")].some((form) => ![...form.elements].every(isUntouched));
// A page that came back with a refused form is the answer to a post: to reload it would post that again.
const renew = () => {
  if (location.pathname === words.here) location.reload();
  else location.replace(words.here + location.hash);
};
const sendAll = async () => {
  let sent = false;
  for (let [record] = waiting.read(); record; [record] = waiting.read()) {
    tell(words.sending);
    let answer = await post(record);
    if (answer?.status === 403 && canWait(answer)) {
      await renewToken();
      answer = await post(record);
    }
    if (!answer || canWait(answer)) {
      tell(answer ? words.expired : words.offline);
      return;
    }
    await settle(record, answer);
    sent = true;
  }
  tell(words.sent);
  if (sent && refused.read().length === 0 && !isUnderWay()) renew();
};
const send = async () => {
  if (sending) return;
  sending = true;
  try {
    await sendAll();
  } finally {
    sending = false;
  }
};

for (const form of page.querySelectorAll("form[data-record]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = [...new FormData(form).entries()].filter(([name]) => name !== "csrfmiddlewaretoken");
    const mark = form.elements.op_id.value;
    const record = { mark, action: form.action, label: form.dataset.label, item: form.elements.item_id.value, fields };
    waiting.write([...without(waiting.read(), record), record]);
    form.reset();
    form.elements.op_id.value = crypto.randomUUID();
    form.closest("details").open = false;
    note(record, { noted: true });
    send();
  });
}
addEventListener("online", send);
setInterval(send, 10_000);
listProblems();
send();
