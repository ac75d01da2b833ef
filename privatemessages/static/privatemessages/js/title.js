/** What a tab shows of a page that is not to be seen: its title and its icon. */

import { MOST } from "./cards.js";

export class Title {
  #words = document.title;
  #unread = 0;
  /** @type {Promise<import("./badge.js").Badge> | undefined} */
  #badge;

  /** @param {string} words */
  name(words) {
    this.#words = words;
    this.#show();
  }

  /** @param {number} unread */
  count(unread) {
    if (unread === this.#unread) return;
    this.#unread = unread;
    this.#show();
    this.#mark();
  }

  #show() {
    document.title = withCount(this.#words, this.#unread);
  }

  async #mark() {
    try {
      this.#badge ??= import("./badge.js").then(({ Badge }) => new Badge());
      (await this.#badge).show(this.#unread);
    } catch (error) {
      this.#badge = undefined;
      console.warn("The icon stays as it is:", error); // the title says the same
    }
  }
}

/** Pure. @param {string} words @param {number} unread */
export function withCount(words, unread) {
  if (!unread) return words;
  return `(${unread > MOST ? `${MOST}+` : unread}) ${words}`;
}
