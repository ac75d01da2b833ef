/** The right pane: what is in it, and whether a phone shows it. */

import { element, make } from "./page.js";
import { gettext } from "./words.js";

/** @param {string} pattern  the id of a template */
export function fillPane(pattern) {
  const { content } = /** @type {HTMLTemplateElement} */ (element(pattern));
  element("pm-pane").replaceChildren(content.cloneNode(true));
}

/** Of a thread's pattern. @param {string} chat  the thread's address */
export function addressPane(chat) {
  for (const part of document.querySelectorAll("#pm-pane [data-path]")) {
    const path = `${chat}${/** @type {HTMLElement} */ (part).dataset.path}`;
    part.setAttribute(part.tagName === "FORM" ? "action" : "href", path);
  }
}

/** @param {{isGone: boolean, again: () => void, inboxUrl: string}} options  `isGone`: trying again would not help */
export function explainInPane({ isGone, again, inboxUrl }) {
  const note = make("div", "pm-failed-pane");
  const button = make("button", "", gettext("Try again"));
  const back = make("a", "", gettext("All conversations"));
  const words = isGone ? gettext("This conversation no longer exists.") : gettext("This cannot be shown just now.");
  button.addEventListener("click", again);
  back.href = inboxUrl;
  note.append(make("p", "", words), ...(isGone ? [] : [button]), back);
  element("pm-pane").replaceChildren(note);
}

/** @param {"inbox" | "thread"} pane  what a phone shows */
export function turnPane(pane) {
  element("pm-app").dataset.pane = pane;
  element("pm-pane").inert = false;
}
