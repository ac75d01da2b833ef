/** The list of conversations: in order, with true unread counts, while the page is open. */

import { ApiError } from "./api.js";
import { CardList } from "./card_list.js";
import { Cards } from "./cards.js";

const GATHER = 300; // ms in which frames about one thread are answered by one question
const JITTER = 2_000; // ms; a whole worker's sockets are told in one moment
const RETRY = 10_000; // ms
const SEVERAL = 3; // cards; from here on whole pages are asked for
const LARGEST = 100; // cards that one request may ask for
const PRESENCE = 60_000; // ms

export class InboxPane {
  #timer = 0;
  #greeted = false;
  #doubtful = false; // a thread that is not in the list may have become the newest

  /** @param {{page: import("./page.js").Page, api: import("./api.js").Api, open: (thread: number) => void, changed: (unread: number) => void}} options */
  constructor({ page, api, open, changed }) {
    this.api = api;
    this.changed = changed;
    this.state = new Cards(page.user.id, page.threads);
    this.list = new CardList(page, open);
    this.showsPresence = page.preferences.shows_presence;
    this.#draw();
    if (page.next) this.#further("continueFrom", page.next);
    setInterval(() => this.#lookAround(), PRESENCE);
  }

  /** @param {number} id */
  card = (id) => this.state.held.get(id);
  cards = () => this.state.sorted();
  /** @param {import("./page.js").Card} card  from the server */
  put = (card) => this.apply({ type: "cards", cards: [card] });
  /** @param {number | null} id */
  select = (id) => this.list.select(id);
  /** @param {number} thread @param {string} words  empty when nobody types */
  typing = (thread, words) => this.list.typing(thread, words);

  /** @param {import("./protocol.js").Frame} frame */
  hear(frame) {
    if (frame.type === "hello") return this.#greet(frame);
    this.apply(frame);
    if (frame.type === "heads") setTimeout(() => this.#compare(frame), frame.polled ? 0 : Math.random() * JITTER);
  }

  /** After an absence or a loss. */
  returned() {
    this.#doubtful = true;
    this.#later(0);
  }

  /** @param {import("./cards.js").Event} event */
  apply(event) {
    this.state.hear(event);
    this.#draw();
    if (this.state.stale.size) this.#later(GATHER);
  }

  /** @param {import("./protocol.js").Frame} frame */
  #greet(frame) {
    this.apply({ ...frame, type: "heads" });
    this.#compare(frame);
    if (this.#greeted) this.returned();
    else this.#lookAround(); // who came between the page and the connection was told to nobody here
    this.#greeted = true;
  }

  /** @param {import("./protocol.js").Frame} frame */
  #compare({ threads }) {
    this.apply({ type: "compare", threads });
  }

  #draw() {
    this.list.draw(this.cards());
    this.changed(this.state.unread());
  }

  /** @param {number} wait  ms */
  #later(wait) {
    this.#timer ||= setTimeout(async () => {
      const isAnswered = await this.#ask();
      this.#timer = 0;
      if (this.#doubtful || this.state.stale.size) this.#later(isAnswered ? GATHER : RETRY);
    }, wait);
  }

  async #ask() {
    try {
      if (this.#doubtful || this.state.stale.size > SEVERAL) await this.#askPages();
      for (const id of this.state.stale) await this.#askFor(id);
      return true;
    } catch (error) {
      console.warn("The inbox could not be compared:", error);
      return false;
    }
  }

  /** From the newest on, while they may mend much. */
  async #askPages() {
    let before;
    do {
      const known = new Set(this.state.held.keys());
      const { threads, next } = await this.api.threads({ before, limit: LARGEST });
      this.#doubtful = false;
      // Not those that were removed meanwhile.
      this.apply({ type: "cards", cards: threads.filter(({ id }) => this.card(id) || !known.has(id)) });
      before = next ?? undefined;
    } while (before && this.state.stale.size > SEVERAL);
  }

  /** @param {number} id */
  async #askFor(id) {
    try {
      const card = await this.api.thread(id);
      if (this.state.stale.has(id)) this.put(card);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "not_found") throw error;
      this.apply({ type: "removed", thread: id });
    }
  }

  #lookAround() {
    if (this.showsPresence) this.#further("lookAround");
  }

  /** @param {"continueFrom" | "lookAround"} act @param {string} [next] */
  async #further(act, next = "") {
    try {
      (await import("./further.js"))[act](this, next);
    } catch (error) {
      console.warn("The list stays as it is:", error); // the link to what is further down works by itself
    }
  }
}
