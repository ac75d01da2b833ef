/** The page of one thread: wires the store to the server on one side and to the page on the other. */

import { Api } from "./api.js";
import { CatchUp } from "./catchup.js";
import { Composer } from "./composer.js";
import { showCounts } from "./counted.js";
import { Earlier } from "./earlier.js";
import { Log } from "./log.js";
import { Messenger } from "./messenger.js";
import { element, readPage } from "./page.js";
import { Reading } from "./reading.js";
import { rowsOf } from "./rows.js";
import { beginAtEnd, inPlace, isAtEnd, toEnd } from "./scrolling.js";
import { begin, reduce } from "./store.js";
import { counts } from "./timeline.js";
import { showUnread } from "./title.js";

const SETTLE = 5_000; // ms after `hello` in which what is still only spoken is told again

class ThreadPage {
  #settling = 0;
  #greeted = false;

  /** @param {import("./page.js").Page} page @param {import("./page.js").Card} card */
  constructor(page, card) {
    this.me = page.user;
    this.card = card;
    this.state = begin({ ...page, counted: card });
    const store = { state: () => this.state, apply: (/** @type {any} */ event) => this.apply(event) };
    const api = new Api(page.api_url);
    this.messenger = new Messenger(page, {
      frame: (frame) => this.#hear(frame),
      outbox: () => this.#draw(),
      returned: () => this.catchUp.recheck(),
    });
    this.log = new Log({ retry: (id) => this.messenger.outbox.retry(id), discard: (id) => this.messenger.outbox.remove(id) });
    this.catchUp = new CatchUp(api, card.id, store);
    this.reading = new Reading({
      thread: card.id, mark: card.read, me: this.me.id, state: store.state,
      transmit: (frame) => this.messenger.connection.send(frame), left: showUnread,
    });
    this.newer = element("pm-newer");
    this.newer.addEventListener("click", () => this.#follow());
    addEventListener("scroll", () => (this.newer.hidden ||= isAtEnd()), { passive: true });
    if (card.may_post) new Composer({ limit: page.text_limit, send: (text) => this.#write(text) });
    this.#draw();
    beginAtEnd();
    this.earlier = new Earlier(api, card.id, store);
    this.messenger.start();
  }

  /** @param {import("./store.js").Event} event */
  apply(event) {
    const before = this.state;
    this.state = reduce(before, event);
    this.#sweepOutbox();
    this.#draw(event.type !== "older" && this.state.entries.size > before.entries.size);
    this.catchUp.look();
    this.reading.look();
    if (event.type === "fresh") this.earlier.look();
  }

  /** @param {import("./protocol.js").Frame} frame */
  #hear(frame) {
    if (frame.type === "hello") this.#greet(frame.threads[this.card.id]);
    else if (frame.type === "heads") this.#compare(frame.threads[this.card.id], true);
    else if (frame.thread === this.card.id && frame.type === "read") this.#read(frame);
    else if (frame.thread === this.card.id) this.apply(frame);
  }

  /** @param {import("./protocol.js").Frame} frame */
  #read({ user, seq }) {
    if (user === this.me.id) this.reading.heard(seq);
  }

  /** @param {import("./protocol.js").Head | undefined} head */
  #greet(head) {
    this.#compare(head, false);
    if (this.#greeted) this.#doubt();
    this.#greeted = true;
    if (head) this.reading.known(head.read);
  }

  /** @param {import("./protocol.js").Head | undefined} head @param {boolean} jitter */
  #compare(head, jitter) {
    if (head) this.catchUp.compare(head.version, { jitter });
  }

  #doubt() {
    this.apply({ type: "doubt" });
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.apply({ type: "settle" }), SETTLE);
  }

  /** @param {string} text */
  #write(text) {
    this.messenger.outbox.add(this.card.id, text);
    toEnd();
  }

  #follow() {
    toEnd();
    this.newer.hidden = true;
  }

  /** What the history holds need not be sent again, whoever told us. */
  #sweepOutbox() {
    for (const item of this.#items()) {
      if (this.state.entries.get(`${this.me.id}/${item.id}`)?.seq) this.messenger.courier.stored(item.id);
    }
  }

  #items() {
    return this.messenger.outbox.items().filter((item) => item.thread === this.card.id);
  }

  /** @param {boolean} [grown] */
  #draw(grown = false) {
    const following = isAtEnd();
    inPlace(this.log.list, () => this.log.draw(rowsOf(this.state, this.#items(), this.me)));
    showCounts(counts(this.state, this.me.id));
    if (following) toEnd();
    else if (grown) this.newer.hidden = false;
  }
}

const page = readPage();
if (!("WebSocket" in globalThis)) element("pm-unsupported").hidden = false;
else if (page.thread) new ThreadPage(page, page.thread);
