/** One thread in its pane, from its opening to its closing. */

import { CatchUp } from "./catchup.js";
import { showCounts } from "./counted.js";
import { Field } from "./field.js";
import { Log } from "./log.js";
import { Newest } from "./newest.js";
import { Notices } from "./notices.js";
import { element } from "./page.js";
import { Paging } from "./paging.js";
import { Reading, hasAttention } from "./reading.js";
import { rowsOf } from "./rows.js";
import { Scrolling } from "./scrolling.js";
import { begin, reduce } from "./store.js";
import { Surroundings } from "./surroundings.js";
import { offerChoices, showSilence } from "./thread_menu.js";
import { counts, timeline } from "./timeline.js";
import { gettext } from "./words.js";

const SETTLE = 5_000; // ms after `hello` in which what is still only spoken is told again
const POINTED = 2_500; // ms that a message is pointed at

/**
 * @typedef {import("./page.js").Opening} Opening
 * @typedef {{
 *   page: import("./page.js").Page, api: import("./api.js").Api, messenger: import("./messenger.js").Messenger,
 *   choices: import("./choices.js").Choices, drafts: import("./drafts.js").Drafts, chat: string,
 *   named: (title: string) => void, read: (seq: number) => void, show: (card: import("./page.js").Card) => void,
 *   reopen: () => void, leave: () => void,
 * }} Surrounding
 *   `chat`: the thread's address; `read`: up to there, just now; `show`: a card, read afresh
 */

export class Conversation {
  #end = new AbortController();
  #settling = 0;
  gone = false; // the person does not belong here any more

  /** @param {Opening} opening @param {Surrounding} around @param {boolean} greeted  connected before */
  constructor(opening, around, greeted) {
    this.opening = opening;
    this.around = around;
    this.thread = opening.thread.id;
    this.me = around.page.user;
    this.greeted = greeted;
    this.signal = this.#end.signal;
    this.state = begin({ ...opening, counted: opening.thread });
    this.unread = opening.first_unread;
    this.reads = new Map(opening.reads.map(({ user, seq }) => [user.id, { name: user.name, seq }]));
    this.notices = new Notices();
    this.surroundings = new Surroundings(opening.thread, around.api, { named: around.named, signal: this.signal });
    this.#wireLog(opening);
    this.field = new Field(opening, around, {
      send: (text) => this.#send(text), note: (text, failed) => this.#note(text, failed), signal: this.signal,
    });
    this.#wireMenu(opening.thread);
    this.draw();
  }

  close() {
    clearTimeout(this.#settling);
    this.#end.abort();
  }

  /** As it would be opened now. @returns {Opening} */
  snapshot() {
    const { opening, state } = this;
    const { version, cleared, atStart: is_oldest, atEnd: is_newest } = state;
    const messages = timeline(state).filter(({ seq }) => seq !== null);
    const reads = opening.reads.map(({ user }) => ({ user, seq: this.reads.get(user.id)?.seq ?? 0 }));
    const thread = { ...opening.thread, ...counts(state, this.me.id), version, read: this.reading.mark };
    return { ...opening, thread, messages, version, cleared, is_oldest, is_newest, reads, first_unread: null };
  }

  /** @param {Opening} opening */
  #wireLog({ thread }) {
    const { api, messenger, chat, read } = this.around;
    const { id, read: mark } = thread;
    const { signal } = this;
    const box = element("pm-scroll");
    const state = () => this.state;
    const apply = (/** @type {import("./store.js").Event} */ event) => this.apply(event);
    this.log = new Log({ chat, retry: (item) => messenger.outbox.retry(item), discard: (item) => messenger.outbox.remove(item) });
    this.scrolling = new Scrolling(box, this.log.list, signal);
    this.catchUp = new CatchUp(api, id, { state, apply, signal, show: (card) => this.#show(card), gone: () => this.#leave() });
    this.paging = new Paging({ api, thread: id, me: this.me.id, box, signal, state, apply, firstSeen: () => this.scrolling.firstSeen() });
    this.reading = new Reading({
      thread: id, mark, me: this.me.id, signal, box, state, lastSeen: () => this.scrolling.lastSeen(),
      transmit: (frame) => messenger.transmit(frame), moved: read,
    });
    this.newest = new Newest(() => this.toNewest());
    box.addEventListener("scroll", () => this.#offerNewest(), { passive: true, signal });
  }

  /** @param {import("./page.js").Card} card */
  #wireMenu({ id: thread, silent }) {
    const { api, leave } = this.around;
    const left = () => this.signal.aborted || leave();
    offerChoices({ api, thread, silent, left, failed: () => this.#note(gettext("That did not work. Try again later."), true) });
  }

  /** Where the reader begins: at a message, at the first unread one, else at the end. @param {number | null} at */
  begin(at) {
    const { divider } = this.log;
    if (at !== null) this.point(at);
    else if (divider) this.scrolling.reveal(divider, "start");
    else this.scrolling.toEnd();
    this.newest.pass(counts(this.state, this.me.id).received);
    this.paging.look();
    this.reading.look();
    this.#offerNewest();
  }

  /** @param {number} seq @returns {boolean} whether it is loaded */
  point(seq) {
    const line = this.log.find(seq);
    if (!line) return false;
    this.scrolling.reveal(line, "center");
    line.classList.add("pm-pointed");
    setTimeout(() => line.classList.remove("pm-pointed"), POINTED);
    return true;
  }

  async toNewest() {
    try {
      if (!this.state.atEnd) await this.catchUp.startOver({ newest: true });
    } catch (error) {
      return this.#note(gettext("That did not work. Try again later."), true);
    }
    this.scrolling.toEnd();
    this.#offerNewest();
  }

  /** @param {import("./store.js").Event} event */
  apply(event) {
    if (this.gone || this.signal.aborted) return;
    this.state = reduce(this.state, event);
    this.#sweepOutbox();
    this.draw();
    if (event.type === "trim") return;
    this.catchUp.look();
    this.reading.look();
    this.paging.tidy();
    if (event.type === "fresh") this.paging.look();
  }

  /** @param {import("./protocol.js").Frame} frame */
  hear(frame) {
    if (frame.type === "hello" || frame.type === "heads") this.#meet(frame, frame.threads[this.thread]);
    else if (frame.type === "error") this.field.commands.failed(frame);
    else if (frame.thread === this.thread && this.gone) this.#return(frame.type === "joined");
    else if (frame.thread === this.thread) this.#heed(frame);
  }

  /** What all threads are told. @param {import("./protocol.js").Frame} frame @param {import("./protocol.js").Head | undefined} head */
  #meet(frame, head) {
    if (this.gone) this.#return(Boolean(head));
    else if (!head) this.#leave();
    else if (frame.type === "hello") this.#greet(head);
    else this.catchUp.compare(head.version, { jitter: !frame.polled });
  }

  /** @param {import("./protocol.js").Frame} frame  about this thread */
  #heed(frame) {
    if (frame.type === "removed") return this.#leave();
    if (frame.type === "notice") return this.field.commands.noticed(frame);
    if (frame.type === "read") return this.#read(frame);
    if (frame.type === "place") return showSilence(frame.silent);
    if (frame.type === "message") this.#arrive(frame);
    this.surroundings.hear(frame);
    const { cleared } = this.state;
    this.apply(frame);
    const isChanged = frame.type === "message" && frame.seq !== frame.version;
    if (isChanged || this.state.cleared > cleared) this.catchUp.recount();
  }

  /** Who looks away finds the place again. @param {import("./protocol.js").Frame} frame */
  #arrive({ sender, kind }) {
    if (sender?.id !== this.me.id && kind !== "event" && !hasAttention() && this.reading.firstUnread === null) this.unread = null;
  }

  /** @param {import("./protocol.js").Frame} frame */
  #read({ user, seq }) {
    if (user === this.me.id) return this.reading.heard(seq);
    const known = this.reads.get(user);
    if (known) known.seq = Math.max(known.seq, seq);
    this.draw();
  }

  /** @param {import("./protocol.js").Head} head */
  #greet({ version, read }) {
    this.catchUp.compare(version, { jitter: false });
    if (this.greeted) this.#doubt();
    this.greeted = true;
    this.surroundings.greeted();
    this.reading.known(read);
  }

  /** After a loss. */
  #doubt() {
    this.field.commands.disconnected();
    this.surroundings.doubt(() => this.catchUp.recheck());
    this.apply({ type: "doubt" });
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.apply({ type: "settle" }), SETTLE);
  }

  /** One who does not belong here any more can read no more either; what they wrote stays, to be copied. */
  #leave() {
    if (this.gone) return;
    this.gone = true;
    this.state = begin({ messages: [], version: 0, is_oldest: true, is_newest: true });
    this.notices = new Notices();
    this.surroundings.leave();
    this.paging.look();
    this.#items().forEach((item) => this.around.messenger.outbox.fail(item.id, "removed"));
    this.draw();
  }

  /** @param {boolean} belongs  again */
  #return(belongs) {
    if (belongs) this.around.reopen();
  }

  /** @param {string} text */
  #send(text) {
    this.unread = null;
    this.around.messenger.outbox.add(this.thread, text);
    this.toNewest();
  }

  /** @param {string} text @param {boolean} failed */
  #note(text, failed) {
    this.notices.add(text, { failed, after: this.#rows().at(-1) });
    this.draw();
  }

  /** @param {import("./page.js").Card} card */
  #show(card) {
    if (!this.signal.aborted) this.surroundings.show(card);
    this.around.show(card);
  }

  /** What the history holds need not be sent again, whoever told us. */
  #sweepOutbox() {
    for (const item of this.#items()) {
      if (this.state.entries.get(`${this.me.id}/${item.id}`)?.seq) this.around.messenger.courier.stored(item.id);
    }
  }

  #items() {
    return this.around.messenger.outbox.items().filter((item) => item.thread === this.thread);
  }

  #rows() {
    return rowsOf(this.state, this.#items(), this.me, this.reads);
  }

  /** Also when the outbox changed. */
  draw() {
    if (this.signal.aborted) return; // the header is another thread's by now
    if (!hasAttention()) this.unread ??= this.reading.firstUnread;
    this.scrolling.keep(() => {
      this.log.draw(this.notices.among(this.#rows()), this.unread);
      this.paging.show();
    });
    if (!this.gone) showCounts(counts(this.state, this.me.id)); // its place is gone too
    this.#offerNewest();
  }

  #offerNewest() {
    this.newest.look(counts(this.state, this.me.id).received, this.scrolling.following && this.state.atEnd);
  }

  /** @param {string} words  who is writing */
  showTyping(words) {
    const place = element("pm-typing");
    if (place.textContent !== words) place.textContent = words;
  }
}
