// A picture that is new every few seconds: <img data-renew="30" data-left="12" src="...">.
// Renews at the end of the present window, then once a window; a tab in the background waits.
for (const picture of document.querySelectorAll("img[data-renew]")) {
  const address = new URL(picture.src);
  const renew = () => {
    if (document.hidden) return;
    address.searchParams.set("at", String(Date.now()));
    picture.src = address.toString();
  };
  setTimeout(() => {
    renew();
    setInterval(renew, Number(picture.dataset.renew) * 1000);
  }, Number(picture.dataset.left) * 1000);
  document.addEventListener("visibilitychange", renew);
}
for (const line of document.querySelectorAll("[data-without-js]")) line.hidden = true;
