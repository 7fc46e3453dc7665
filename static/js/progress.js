// Long work in the worker: asks how far it is, every two seconds, and shows the page anew when it is done.
// <div data-progress="/address/">: inside, a <progress> and what stands beside it in words.
const box = document.querySelector("[data-progress]");

async function ask() {
  const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return; // the network is away: the next time
  const { at_work: atWork, done, total } = await answer.json();
  if (!atWork) return location.reload();
  const bar = box.querySelector("progress");
  if (!total) return;
  bar.max = total;
  bar.value = done;
  box.querySelector("[data-words]").textContent = box.dataset.words.replace("{done}", done).replace("{total}", total);
}

if (box) setInterval(ask, 2000);
