/** Notices that a tab was hidden, or its machine asleep, long enough to have missed something. */

const LONG = 60_000; // ms
const TICK = 5_000; // ms

/** @param {() => void} returned */
export function watchAbsence(returned) {
  let present = Date.now();
  const look = () => {
    if (document.visibilityState !== "visible") return;
    const away = Date.now() - present;
    present = Date.now();
    if (away > LONG) returned();
  };
  setInterval(look, TICK);
  document.addEventListener("visibilitychange", look);
}
