/** Notices that a tab was hidden, or its machine asleep, long enough to have missed something. */

const LONG = 60_000; // ms
const TICK = 1_000; // ms
const ASLEEP = 90_000; // ms between two ticks; browsers let hidden tabs tick once a minute

/** @param {{returned: () => void, woke: () => void}} acts */
export function watchAbsence({ returned, woke }) {
  let present = Date.now();
  let ticked = present;
  const look = () => {
    if (document.visibilityState !== "visible") return;
    const away = Date.now() - present;
    present = Date.now();
    if (away > LONG) returned();
  };
  const tick = () => {
    const slept = Date.now() - ticked > ASLEEP;
    ticked = Date.now();
    if (slept) woke();
    look();
  };
  setInterval(tick, TICK);
  document.addEventListener("visibilitychange", look);
}
