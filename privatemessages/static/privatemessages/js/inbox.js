/** The inbox: its threads stay in order, and their unread counts true, while it is open. */

import { Api, ApiError } from "./api.js";
import { CardList } from "./card_list.js";
import { open, reduce, sorted, unread } from "./cards.js";
import { Messenger } from "./messenger.js";
import { element, readPage } from "./page.js";
import { suggestPeople } from "./suggestions.js";
import { Title } from "./title.js";

const GATHER = 300; // ms in which frames about one thread are answered by one question
const JITTER = 2_000; // ms; a whole worker's sockets are told in one moment
const RETRY = 10_000; // ms
const SEVERAL = 3; // cards; from here on the whole list is asked for

class InboxPage {
  #timer = 0;
  #greeted = false;

  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.state = open(page.user.id, page.threads);
    this.api = new Api(page.api_url);
    this.list = new CardList(page);
    this.title = new Title();
    this.messenger = new Messenger(page, {
      frame: (frame) => this.#hear(frame),
      outbox: () => {},
      returned: () => this.#askAll(),
    });
    this.#draw();
    this.messenger.start();
    suggestPeople(this.api);
  }

  /** @param {import("./protocol.js").Frame} frame */
  #hear(frame) {
    if (frame.type === "hello" || frame.type === "heads") this.#apply({ ...frame, type: "heads" });
    if (frame.type === "hello") this.#greet(frame.threads);
    else if (frame.type === "heads") setTimeout(() => this.#compare(frame.threads), Math.random() * JITTER);
    else this.#apply(frame);
  }

  /** After a loss a thread that is not on this page may have become the newest. @param {Record<string, import("./protocol.js").Head>} heads */
  #greet(heads) {
    if (this.#greeted) this.#askAll();
    else this.#compare(heads);
    this.#greeted = true;
  }

  /** @param {Record<string, import("./protocol.js").Head>} heads */
  #compare(heads) {
    for (const [id, head] of Object.entries(heads)) {
      if (this.state.cards.has(Number(id))) this.#apply({ type: "head", thread: Number(id), ...head });
    }
  }

  /** @param {import("./cards.js").Event} event */
  #apply(event) {
    this.state = reduce(this.state, event);
    this.#draw();
    if (this.state.stale.size) this.#later(GATHER);
  }

  /** @param {number} wait  ms */
  #later(wait) {
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#ask();
    }, wait);
  }

  async #ask() {
    const stale = [...this.state.stale];
    if (stale.length > SEVERAL) await this.#askAll();
    else for (const id of stale) await this.#askFor(id);
  }

  /** @param {number} id */
  async #askFor(id) {
    try {
      const card = await this.api.thread(id);
      // Not where it was removed meanwhile.
      if (this.state.stale.has(id)) this.#apply({ type: "cards", cards: [card] });
    } catch (error) {
      this.#failed(error, id);
    }
  }

  async #askAll() {
    try {
      const before = new Set(this.state.cards.keys());
      const { threads } = await this.api.threads();
      this.state.stale.clear();
      this.#apply({ type: "cards", cards: threads.filter(({ id }) => this.state.cards.has(id) || !before.has(id)) });
    } catch (error) {
      this.#failed(error, null);
    }
  }

  /** @param {unknown} error @param {number | null} id */
  #failed(error, id) {
    console.warn("The inbox could not be compared:", error);
    if (error instanceof ApiError && error.code === "not_found" && id) this.#apply({ type: "removed", thread: id });
    else this.#later(RETRY);
  }

  #draw() {
    this.list.draw(sorted(this.state));
    this.title.count(unread(this.state));
  }
}

const page = readPage();
if ("WebSocket" in globalThis) new InboxPage(page);
else element("pm-unsupported").hidden = false;
