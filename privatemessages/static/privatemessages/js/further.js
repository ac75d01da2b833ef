/**
 * What is further down in the inbox, loaded as its end comes near; and who of all these is here.
 *
 * @typedef {import("./inbox.js").InboxPane} InboxPane
 */

import { element } from "./page.js";

const AHEAD = "800px"; // from the end of the list, where more is loaded
const LARGEST = 100; // cards that one request may ask for
const RETRY = 10_000; // ms

/** @param {InboxPane} inbox @param {string} next */
export function continueFrom(inbox, next) {
  new End(inbox, next).start();
  countUnread(inbox);
}

class End {
  /** @param {InboxPane} inbox @param {string} next */
  constructor(inbox, next) {
    this.inbox = inbox;
    /** @type {string | null} */
    this.next = next;
    this.place = element("pm-more");
    const near = { rootMargin: AHEAD, scrollMargin: AHEAD };
    this.sight = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && this.#extend(), near);
  }

  start() {
    this.place.addEventListener("click", (event) => {
      event.preventDefault();
      this.#extend();
    });
    this.#watch();
  }

  /** Observed anew, it tells again whether it is in sight. */
  #watch() {
    this.place.hidden = !this.next;
    this.sight.disconnect();
    if (!this.next) return;
    /** @type {HTMLAnchorElement} */ (this.place.querySelector("a")).href = `?before=${encodeURIComponent(this.next)}`;
    this.sight.observe(this.place);
  }

  async #extend() {
    const before = this.next;
    if (!before) return;
    this.next = null; // one at a time
    try {
      const { threads, next } = await this.inbox.api.threads({ before });
      this.next = next;
      this.inbox.apply({ type: "more", cards: threads });
      this.#watch();
    } catch (error) {
      console.warn("No further conversations:", error);
      this.next = before; // the link asks again
    }
  }
}

/** What is unread further down counts from the start. @param {InboxPane} inbox */
async function countUnread(inbox) {
  try {
    const { threads } = await inbox.api.threads({ unread: true, limit: LARGEST });
    inbox.apply({ type: "more", cards: threads });
  } catch (error) {
    console.warn("What is unread could not be counted:", error);
    setTimeout(() => countUnread(inbox), RETRY);
  }
}

/** For the newest of those that are loaded. @param {InboxPane} inbox */
export async function lookAround(inbox) {
  const people = inbox.cards().filter(({ kind }) => kind === "direct");
  const ids = people.slice(0, LARGEST).map(({ id }) => id);
  if (document.visibilityState !== "visible" || !ids.length) return;
  try {
    inbox.apply({ type: "present", ids, ...(await inbox.api.presence(ids)) });
  } catch (error) {
    console.debug("Nobody knows who is here:", error); // the dots stay as they are
  }
}
