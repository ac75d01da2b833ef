/** The page's title, which a tab shows when its page is not to be seen. */

import { MOST } from "./cards.js";

const title = document.title;

/** @param {number} unread */
export function showUnread(unread) {
  document.title = withCount(title, unread);
}

/** Pure. @param {string} words @param {number} unread */
export function withCount(words, unread) {
  if (!unread) return words;
  return `(${unread > MOST ? `${MOST}+` : unread}) ${words}`;
}
