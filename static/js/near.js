// Asks the browser where it is, only when the button is pressed, rounds to about 100 m, reloads the list.
const [button, note] = document.querySelectorAll("[data-near]");

if (button && "geolocation" in navigator) {
  button.hidden = note.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const query = new URLSearchParams({ lat: coords.latitude.toFixed(3), lng: coords.longitude.toFixed(3) });
        location.search = query.toString();
      },
      () => { note.textContent = "没有拿到位置，请直接在下面选一个中心。"; },
      { timeout: 8000, maximumAge: 60000 },
    );
  });
}
