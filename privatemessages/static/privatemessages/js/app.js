/** The messenger's page: the threads on the left, one of them on the right, one connection for all. */

import { Api, ApiError } from "./api.js";
import { Choices } from "./choices.js";
import { Conversation } from "./conversation.js";
import { Drafts } from "./drafts.js";
import { InboxPane } from "./inbox.js";
import { tendMenus } from "./menus.js";
import { Messenger } from "./messenger.js";
import { Notifier } from "./notifier.js";
import { element, readPage } from "./page.js";
import { addressPane, explainInPane, fillPane, turnPane } from "./pane.js";
import { hasAttention } from "./reading.js";
import { Router } from "./router.js";
import { listenForShortcuts } from "./shortcuts.js";
import { localStore } from "./storage.js";
import { Title } from "./title.js";
import { Typists } from "./typists.js";
import { gettext } from "./words.js";

const TICK = 1_000; // ms
const RECENT = 20; // threads that can be shown while the server is away
const TOO_MANY = 429; // HTTP
const FAULT = 500; // HTTP; from here on it is not about what was asked

class App {
  #greeted = false;
  #wanted = 0; // grows with each way that is taken: the last one counts
  /** @type {Conversation | null} */
  #conversation = null;
  /** @type {Map<number, import("./page.js").Opening>} */
  #recent = new Map();

  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.api = new Api(page.api_url);
    this.choices = new Choices(localStore());
    this.drafts = new Drafts(localStore(), page.user.id);
    this.title = new Title();
    this.typists = new Typists();
    this.router = new Router(page.inbox_url, (place) => this.#show(place));
    this.messenger = new Messenger(page, {
      frame: (frame) => this.#hear(frame),
      outbox: () => this.#conversation?.draw(),
      returned: () => this.#returned(),
    });
    this.inbox = new InboxPane({
      page, api: this.api, open: (thread) => this.router.go({ thread }), changed: (unread) => this.#changed(unread),
    });
    this.notifier = new Notifier({
      choices: this.choices, me: page.user.id, open: (thread) => this.router.go({ thread }), card: (thread) => this.inbox.card(thread),
    });
    this.#begin(page.opening);
    this.#wireDoors();
    this.messenger.start();
    setInterval(() => this.#showTyping(), TICK);
  }

  /** @param {import("./page.js").Opening | null} opening */
  #begin(opening) {
    const here = this.router.read(location.pathname);
    const place = { thread: opening?.thread.id ?? null, at: here?.at ?? null, isNew: Boolean(here?.isNew) };
    this.router.begin(place);
    if (opening) this.inbox.put(opening.thread);
    if (opening) this.#open(opening, place.at);
    else this.#suggest();
    addEventListener("load", () => this.#conversation?.field.composer.focus()); // a browser that goes to #newest takes the focus away with it
  }

  #wireDoors() {
    tendMenus();
    addEventListener("online", tryAgain);
    const button = element("pm-switch");
    button.hidden = element("pm-help").hidden = false;
    button.addEventListener("click", () => this.#switch());
    element("pm-help").addEventListener("click", () => this.#help());
    listenForShortcuts({
      choices: this.choices, switcher: () => this.#switch(), help: () => this.#help(), step: (delta) => this.#step(delta),
      back: () => this.router.go({}), write: () => this.#conversation?.field.composer.focus(),
    });
  }

  async #switch() {
    const { openSwitcher } = await import("./switcher.js");
    openSwitcher({
      api: this.api, cards: () => this.inbox.cards(), open: (thread) => this.router.go({ thread }), inboxUrl: this.page.inbox_url,
    });
  }

  async #help() {
    const { openHelp } = await import("./help.js");
    openHelp({ css: element("pm-help").dataset.css ?? "", choices: this.choices });
  }

  /** To the thread above or below. @param {number} delta */
  #step(delta) {
    const cards = this.inbox.cards();
    const at = cards.findIndex(({ id }) => id === this.#conversation?.thread);
    const next = cards[at < 0 ? 0 : at + delta];
    if (next) this.router.go({ thread: next.id });
  }

  async #suggest() {
    const { suggestPeople } = await import("./suggestions.js");
    if (!this.#conversation) suggestPeople(this.api);
  }

  /** @param {import("./router.js").Place} place */
  async #show(place) {
    const wanted = ++this.#wanted;
    const { thread, at } = place;
    if (thread === null) return this.#showNothing(place);
    this.inbox.select(thread);
    if (thread === this.#conversation?.thread && (at === null || this.#conversation.point(at))) return turnPane("thread");
    element("pm-pane").inert = true; // what is typed from now on is not meant for the thread in it
    try {
      const opening = await this.api.opening(thread, at === null ? undefined : { at });
      if (wanted !== this.#wanted) return;
      this.inbox.put(opening.thread);
      this.#mount(opening, at);
    } catch (error) {
      if (wanted === this.#wanted) this.#doWithout(error, place);
    }
  }

  /** @param {unknown} error @param {import("./router.js").Place} place */
  #doWithout(error, place) {
    console.warn("The conversation could not be opened:", error);
    const recent = place.thread !== null && this.#recent.get(place.thread);
    const isGone = error instanceof ApiError && error.status < FAULT && error.status !== TOO_MANY;
    if (recent && !isGone) this.#mount(recent, null);
    else this.#fail(isGone, place);
  }

  /** @param {import("./router.js").Place} place */
  #showNothing({ isNew }) {
    const left = this.#conversation?.thread;
    this.#close();
    fillPane("pm-new-pattern");
    this.#suggest();
    this.inbox.select(null);
    this.title.name(gettext("Messages"));
    turnPane(isNew ? "thread" : "inbox");
    if (isNew) element("id_recipient_name").focus();
    else if (left) /** @type {HTMLElement | null} */ (document.querySelector(`[data-thread="${left}"] a`))?.focus();
  }

  /** @param {import("./page.js").Opening} opening @param {number | null} at */
  #mount(opening, at) {
    this.#close();
    fillPane("pm-thread-pattern");
    addressPane(this.#chat(opening.thread.id));
    this.#open(opening, at);
    this.#conversation?.field.composer.focus();
  }

  /** @param {import("./page.js").Opening} opening @param {number | null} at */
  #open(opening, at) {
    const { thread } = opening;
    const { page, api, messenger, choices, drafts } = this;
    this.inbox.select(thread.id);
    turnPane("thread"); // before the field is measured
    this.#conversation = new Conversation(opening, {
      page, api, messenger, choices, drafts, chat: this.#chat(thread.id),
      named: (title) => this.title.name(title), show: (card) => this.inbox.put(card),
      read: (seq) => this.#read(thread.id, seq), reopen: () => this.#reopen(thread.id), leave: () => this.router.go({}),
    }, this.#greeted);
    this.#conversation.begin(at);
    this.#conversation.catchUp.compare(this.inbox.card(thread.id)?.version ?? 0, { jitter: false }); // what came meanwhile
  }

  #close() {
    const left = this.#conversation;
    if (!left) return;
    left.close();
    this.#conversation = null;
    this.#recent.delete(left.thread);
    if (!left.gone) this.#recent.set(left.thread, left.snapshot());
    if (this.#recent.size > RECENT) this.#recent.delete([...this.#recent.keys()][0]);
  }

  /** @param {number} thread */
  #reopen(thread) {
    this.#close();
    this.#show({ thread, at: null, isNew: false });
  }

  /** @param {boolean} isGone @param {import("./router.js").Place} place */
  #fail(isGone, place) {
    this.#close();
    explainInPane({ isGone, again: () => this.#show(place), inboxUrl: this.page.inbox_url });
    this.title.name(gettext("Messages"));
    turnPane("thread");
  }

  /** @param {number} thread */
  #chat(thread) {
    return this.router.address({ thread, at: null, isNew: false });
  }

  /** @param {import("./protocol.js").Frame} frame */
  #hear(frame) {
    const { me } = this;
    if (frame.type === "typing") return this.#type(frame);
    if (frame.type === "message") this.#noticeMessage(frame);
    if (frame.type === "read" && frame.user === me) this.notifier.read(frame.thread, frame.seq);
    this.inbox.hear(frame);
    this.#conversation?.hear(frame);
    if (frame.type === "hello") this.#greet();
  }

  #greet() {
    this.#greeted = true;
    tryAgain();
  }

  get me() {
    return this.page.user.id;
  }

  /** @param {import("./protocol.js").Frame} frame */
  #noticeMessage(frame) {
    this.typists.spoke(frame.thread, frame.sender?.id);
    this.#showTyping();
    const inView = frame.thread === this.#conversation?.thread && hasAttention();
    this.notifier.message(frame, inView);
  }

  /** @param {import("./protocol.js").Frame} frame */
  #type(frame) {
    if (frame.user === this.me) return;
    this.typists.hear(/** @type {any} */ (frame), Date.now());
    this.#showTyping();
  }

  #showTyping() {
    for (const [thread, words] of this.typists.words(Date.now())) {
      this.inbox.typing(thread, words);
      if (thread === this.#conversation?.thread) this.#conversation.showTyping(words);
    }
  }

  /** The server will say so too, later. @param {number} thread @param {number} seq */
  #read(thread, seq) {
    this.notifier.read(thread, seq);
    this.inbox.hear({ type: "read", thread, user: this.me, seq });
  }

  /** @param {number} unread */
  #changed(unread) {
    this.title.count(unread);
    const card = this.#conversation && this.inbox.card(this.#conversation.thread);
    if (card) this.#conversation?.surroundings.see(card);
  }

  #returned() {
    this.inbox.returned();
    this.#conversation?.catchUp.recheck();
  }
}

/** What could not be shown. */
function tryAgain() {
  /** @type {HTMLElement | null} */ (document.querySelector(".pm-failed-pane button"))?.click();
}

new App(readPage());
