/** Signing out forgets what was written here, and says first what of it was to be sent. */

import { Drafts } from "./drafts.js";
import { keysOf } from "./outbox.js";
import { localStore } from "./storage.js";
import { ngettext } from "./words.js";

/** @param {string} logoutUrl @param {string} user */
export function guardSignOut(logoutUrl, user) {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (logoutUrl && new URL(form.action).pathname === logoutUrl) leave(event, localStore(), user);
  });
}

/** @param {Event} event @param {Storage} storage @param {string} user */
function leave(event, storage, user) {
  const waiting = keysOf(storage, user);
  if (waiting.length && !confirm(warning(waiting.length))) return event.preventDefault();
  waiting.forEach((key) => storage.removeItem(key));
  new Drafts(storage, user).forget();
}

/** @param {number} count */
function warning(count) {
  return ngettext(
    "%(count)s message is not sent yet and will be lost. Sign out?",
    "%(count)s messages are not sent yet and will be lost. Sign out?",
    count,
  );
}
