/** The page of one thread: wires the store to the server on one side and to the page on the other. */

import { Api } from "./api.js";
import { CatchUp } from "./catchup.js";
import { Commands } from "./commands.js";
import { Completer } from "./completer.js";
import { Composer } from "./composer.js";
import { showCounts } from "./counted.js";
import { Earlier } from "./earlier.js";
import { Log } from "./log.js";
import { Messenger } from "./messenger.js";
import { Notices } from "./notices.js";
import { element, readPage } from "./page.js";
import { isCommand, literal } from "./protocol.js";
import { Reading } from "./reading.js";
import { rowsOf } from "./rows.js";
import { beginAtEnd, inPlace, isAtEnd, toEnd } from "./scrolling.js";
import { begin, reduce } from "./store.js";
import { Surroundings } from "./surroundings.js";
import { counts } from "./timeline.js";
import { Title } from "./title.js";

const SETTLE = 5_000; // ms after `hello` in which what is still only spoken is told again

class ThreadPage {
  #settling = 0;
  #greeted = false;
  #gone = false;

  /** @param {import("./page.js").Page} page @param {import("./page.js").Card} card */
  constructor(page, card) {
    this.me = page.user;
    this.card = card;
    this.state = begin({ ...page, counted: card });
    this.api = new Api(page.api_url);
    this.title = new Title();
    this.notices = new Notices();
    this.messenger = new Messenger(page, {
      frame: (frame) => this.#hear(frame),
      outbox: () => this.#draw(),
      returned: () => this.catchUp.recheck(),
    });
    this.log = new Log({ retry: (id) => this.messenger.outbox.retry(id), discard: (id) => this.messenger.outbox.remove(id) });
    this.newer = element("pm-newer");
    this.newer.addEventListener("click", () => this.#follow());
    addEventListener("scroll", () => (this.newer.hidden ||= isAtEnd()), { passive: true });
    this.surroundings = new Surroundings(card, this.api, this.title);
    this.#wireHistory();
    this.#wireField(page);
    this.#draw();
    beginAtEnd();
    this.earlier = new Earlier(this.api, card.id, this.#store());
    this.messenger.start();
  }

  #store() {
    return {
      state: () => this.state,
      apply: (/** @type {import("./store.js").Event} */ event) => this.apply(event),
      show: (/** @type {import("./page.js").Card} */ card) => this.surroundings.show(card),
      gone: () => this.#leave(),
    };
  }

  #wireHistory() {
    const { id, read } = this.card;
    this.catchUp = new CatchUp(this.api, id, this.#store());
    this.reading = new Reading({
      thread: id, mark: read, me: this.me.id, state: () => this.state,
      transmit: (frame) => this.messenger.connection.send(frame), left: (unread) => this.title.count(unread),
    });
  }

  /** @param {import("./page.js").Page} page */
  #wireField({ text_limit: limit, commands }) {
    const { connection } = this.messenger;
    this.commands = new Commands({
      thread: this.card.id,
      transmit: (frame) => connection.phase === "open" && connection.send(frame),
      answered: (text, failed) => this.#note(text, failed),
    });
    this.composer = new Composer({ limit, send: (text) => this.#write(text) });
    new Completer({ field: this.composer.field, commands, members: (query) => this.#members(query) });
  }

  /** Nobody speaks to themselves, nor does anything to themselves. @param {string} query */
  async #members(query) {
    const { members } = await this.api.members(this.card.id, query);
    return members.filter(({ person }) => person.id !== this.me.id).map(({ person }) => person.name);
  }

  /** @param {import("./store.js").Event} event */
  apply(event) {
    if (this.#gone) return;
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
    const { id } = this.card;
    if (frame.type === "hello" || frame.type === "heads") this.#meet(frame, frame.threads[id]);
    else if (frame.type === "error") this.commands.failed(frame);
    else if (frame.thread === id && this.#gone) this.#return(frame.type === "joined");
    else if (frame.thread === id) this.#heed(frame);
  }

  /** What all threads are told. @param {import("./protocol.js").Frame} frame @param {import("./protocol.js").Head | undefined} head */
  #meet(frame, head) {
    if (this.#gone) this.#return(Boolean(head));
    else if (!head) this.#leave();
    else if (frame.type === "hello") this.#greet(head);
    else this.catchUp.compare(head.version, { jitter: true });
  }

  /** @param {import("./protocol.js").Frame} frame  about this thread */
  #heed(frame) {
    if (frame.type === "removed") return this.#leave();
    if (frame.type === "notice") return this.commands.noticed(frame);
    if (frame.type === "read") return this.#read(frame);
    this.surroundings.hear(frame);
    this.apply(frame);
  }

  /** @param {import("./protocol.js").Frame} frame */
  #read({ user, seq }) {
    if (user === this.me.id) this.reading.heard(seq);
  }

  /** @param {import("./protocol.js").Head} head */
  #greet({ version, read }) {
    this.catchUp.compare(version, { jitter: false });
    if (this.#greeted) this.#doubt();
    this.#greeted = true;
    this.surroundings.greeted();
    this.reading.known(read);
  }

  /** After a loss. */
  #doubt() {
    this.commands.disconnected();
    this.surroundings.doubt(() => this.catchUp.recheck());
    this.apply({ type: "doubt" });
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.apply({ type: "settle" }), SETTLE);
  }

  /** One who does not belong here any more can read no more either; what they wrote stays, to be copied. */
  #leave() {
    if (this.#gone) return;
    this.#gone = true;
    this.state = begin({ messages: [], version: 0 });
    this.notices = new Notices();
    element("pm-page").remove();
    this.surroundings.leave();
    this.earlier.look();
    this.reading.look();
    this.#items().forEach((item) => this.messenger.outbox.fail(item.id, "removed"));
    this.#draw();
  }

  /** @param {boolean} belongs  again */
  #return(belongs) {
    if (!belongs) return;
    this.composer.keep();
    location.reload();
  }

  /** @param {string} text @returns {string} why not; nothing when it was taken */
  #write(text) {
    if (isCommand(text)) return this.commands.give(text);
    this.messenger.outbox.add(this.card.id, literal(text));
    toEnd();
    return "";
  }

  /** @param {string} text @param {boolean} failed */
  #note(text, failed) {
    this.notices.add(text, { failed, after: this.#rows().at(-1) });
    this.#draw(true);
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

  #rows() {
    return rowsOf(this.state, this.#items(), this.me);
  }

  /** @param {boolean} [grown] */
  #draw(grown = false) {
    const following = isAtEnd();
    inPlace(this.log.list, () => this.log.draw(this.notices.among(this.#rows())));
    showCounts(counts(this.state, this.me.id));
    if (following) toEnd();
    else if (grown) this.newer.hidden = false;
  }
}

const page = readPage();
if (!("WebSocket" in globalThis)) element("pm-unsupported").hidden = false;
else if (page.thread) new ThreadPage(page, page.thread);
