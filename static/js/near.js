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
      () => { note.textContent = note.dataset.failed; },
      { timeout: 8000, maximumAge: 60000 },
    );
  });
}
