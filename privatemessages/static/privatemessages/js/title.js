/** The page's title, which a tab shows when its page is not to be seen. */

import { MOST } from "./cards.js";

export class Title {
  #words = document.title;
  #unread = 0;

  /** @param {number} unread */
  count(unread) {
    this.#unread = unread;
    this.#show();
  }

  /** @param {string} words  the thread has another name now */
  rename(words) {
    this.#words = words;
    this.#show();
  }

  #show() {
    document.title = withCount(this.#words, this.#unread);
  }
}

/** Pure. @param {string} words @param {number} unread */
export function withCount(words, unread) {
  if (!unread) return words;
  return `(${unread > MOST ? `${MOST}+` : unread}) ${words}`;
}
