/** What one can choose for a thread, for oneself alone. */

import { element } from "./page.js";

/**
 * @param {{api: import("./api.js").Api, thread: number, silent: boolean, left: () => void, failed: (error: unknown) => void}} options
 *   `left`: it is unread now, so nobody should look at it
 */
export function offerChoices({ api, thread, silent, left, failed }) {
  const bell = element("pm-silence");
  const choose = (/** @type {HTMLElement} */ button, /** @type {() => Promise<any>} */ act) =>
    button.addEventListener("click", () => act().catch(failed));
  element("pm-thread-menu").hidden = false;
  showSilence(silent);
  choose(element("pm-mark-unread"), () => api.markUnread(thread).then(left));
  choose(bell, async () => {
    const wanted = bell.ariaPressed !== "true"; // the socket may tell of it before the answer comes
    await api.silence(thread, wanted);
    bell.ariaPressed = String(wanted);
  });
}

/** @param {boolean} silent */
export function showSilence(silent) {
  element("pm-silence").ariaPressed = String(silent);
}
