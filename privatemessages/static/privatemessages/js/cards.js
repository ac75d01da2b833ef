/**
 * The inbox as the browser knows it: events in, cards out. Never touches the page or the network.
 *
 * @typedef {import("./page.js").Card} Card
 * @typedef {{type: string} & Record<string, any>} Event
 */

import { keyOf } from "./entries.js";
import { isWritten } from "./timeline.js";

export const MOST = 99; // unread messages; the server stops counting soon after

/** A card that did not change stays the same object. */
export class Cards {
  /** What only the server can put right. @type {Set<number>} */
  stale = new Set();
  /** @type {Map<number, Card>} */
  held = new Map();
  /** The messages told since a card was read, with their numbers. @type {Map<number, Map<string, number | null>>} */
  #fresh = new Map();
  /** Of which the server's answer was older than what was told. @type {Set<number>} */
  #doubted = new Set();

  /** @param {string} me @param {Card[]} cards */
  constructor(me, cards) {
    this.me = me;
    this.hear({ type: "cards", cards });
  }

  /** @param {Event} event  a frame, or what the server answered */
  hear(event) {
    if (Object.hasOwn(this.#acts, event.type)) this.#acts[event.type](event);
  }

  /** The most recent first; two people who wrote nothing yet are not among them. */
  sorted() {
    const moment = (/** @type {Card} */ card) => Math.max(card.active_at, card.last_message?.sent_at ?? 0);
    const begun = [...this.held.values()].filter((card) => card.kind !== "direct" || card.version || card.last_message);
    return begun.sort((a, b) => moment(b) - moment(a) || b.id - a.id);
  }

  /** Messages, but for those of silent threads. */
  unread() {
    const count = (/** @type {Card} */ card) => (card.silent ? 0 : card.unread || (card.marked_unread ? 1 : 0));
    return [...this.held.values()].reduce((sum, card) => sum + count(card), 0);
  }

  /** @type {Record<string, (event: any) => unknown>} */
  #acts = {
    cards: ({ cards }) => cards.forEach((/** @type {Card} */ card) => this.#put(card)),
    more: ({ cards }) => cards.forEach((/** @type {Card} */ card) => this.#add(card)),
    message: (message) => this.#message(message),
    stored: ({ thread, messages }) => messages.forEach((/** @type {any} */ place) => this.#number(thread, place)),
    refused: ({ thread }) => this.stale.add(thread),
    joined: ({ thread }) => this.stale.add(thread),
    heads: ({ threads }) => this.held.forEach((_, id) => Object.hasOwn(threads, id) || this.#forget(id)),
    compare: ({ threads }) => this.held.forEach((card) => this.#compare(card, threads[card.id])),
    thread: (frame) => this.#change(frame),
    read: (frame) => this.#read(frame),
    place: ({ thread, marked_unread, silent }) => this.#mend(thread, { marked_unread, silent }),
    presence: (frame) => this.#meet(frame),
    present: ({ ids, presence }) => ids.forEach((/** @type {number} */ id) => this.#see(id, presence[id] ?? null)),
    removed: ({ thread }) => this.#forget(thread),
  };

  /** @param {Card} card  as the server has it */
  #put(card) {
    if (this.#isOvertaken(card)) return void this.#doubted.add(card.id);
    this.held.set(card.id, card);
    this.#fresh.set(card.id, new Map());
    this.stale.delete(card.id);
    this.#doubted.delete(card.id);
  }

  /** Asked for before something that was told since. Twice in a row it is the server that went back. @param {Card} card */
  #isOvertaken({ id, version }) {
    const isOlder = version < (this.held.get(id)?.version ?? 0) && !this.#doubted.has(id);
    if (isOlder) this.stale.add(id);
    return isOlder;
  }

  /** From an older page: what was told since is not overridden. @param {Card} card */
  #add(card) {
    if (!this.held.has(card.id) && !this.stale.has(card.id)) this.#put(card);
  }

  /** Words bring up a thread that is not in the list; an event does not. @param {any} message */
  #message(message) {
    const card = this.held.get(message.thread);
    if (message.version !== message.seq) this.stale.add(message.thread); // an old one was changed
    else if (card && isWritten(message)) this.#listen(card, message);
    else if (card) this.#happen(card, message);
    else if (isWritten(message)) this.stale.add(message.thread);
  }

  /** @param {Card} card @param {any} message */
  #listen(card, message) {
    const { thread, sender, id, seq } = message;
    if (!this.#isOld(card, message)) this.#count(card, message);
    if (seq !== null) this.#number(thread, { sender: sender?.id ?? "", id, seq });
  }

  /** @param {Card} card @param {any} message */
  #happen({ id, version }, message) {
    const { seq, event } = message;
    if (seq <= version) return;
    if (typeof event?.members === "number") this.#mend(id, { member_count: event.members });
    this.#fresh.get(id)?.set(nameOf(message), seq);
    this.#follow(id, seq);
  }

  /** @param {Card} card @param {any} message */
  #count({ id, unread }, message) {
    this.#fresh.get(id)?.set(nameOf(message), null);
    this.#mend(id, { unread: message.sender?.id === this.me ? unread : unread + 1, last_message: message });
  }

  /** Told again: in the card already, or counted since. @param {Card} card @param {any} message */
  #isOld({ id, version, last_message: last }, message) {
    const name = nameOf(message);
    return (last && nameOf(last) === name) || this.#fresh.get(id)?.has(name) || (message.seq !== null && message.seq <= version);
  }

  /** @param {number} thread @param {{sender: string, id: string, seq: number}} place */
  #number(thread, { sender, id, seq }) {
    const fresh = this.#fresh.get(thread);
    const known = fresh?.get(keyOf(sender, id));
    const isNew = seq > (this.held.get(thread)?.version ?? 0);
    if (known === null && isNew) {
      fresh?.set(keyOf(sender, id), seq);
      this.#follow(thread, seq);
    } else if (known === null || (isNew && known !== seq)) {
      this.stale.add(thread);
    }
  }

  /** One version more is what I know; further ones I missed. @param {number} thread @param {number} version */
  #follow(thread, version) {
    const known = this.held.get(thread)?.version ?? 0;
    if (version > known + 1) this.stale.add(thread);
    if (version > known) this.#mend(thread, { version });
  }

  /** @param {Card} card @param {import("./protocol.js").Head | undefined} head */
  #compare({ id, version, read }, head) {
    if (head && (head.version > version || head.read > read)) this.stale.add(id);
  }

  /** An entry of the same version tells what happened, which a card does not show. @param {any} frame */
  #change({ thread, version, title, cleared }) {
    const card = this.held.get(thread);
    if (!card) return;
    if (version < card.version) return void this.stale.add(thread); // two came in the other order
    const isEmpty = card.last_message !== null && this.#numberOf(card.last_message) <= cleared;
    if (card.unread && !isEmpty && cleared > card.read) this.stale.add(thread); // and it may still have some
    this.#mend(thread, { title: title || card.title, ...(isEmpty ? { last_message: null, unread: 0 } : {}) });
    this.#follow(thread, version);
  }

  /** Infinity while it has none. @param {any} message @returns {number} */
  #numberOf(message) {
    return message.seq ?? this.#fresh.get(message.thread)?.get(nameOf(message)) ?? Infinity;
  }

  /** @param {any} frame */
  #read({ thread, user, seq }) {
    const card = this.held.get(thread);
    if (!card || user !== this.me) return;
    if (seq >= card.version) this.#mend(thread, { read: seq, unread: 0, marked_unread: false });
    else this.stale.add(thread);
  }

  /** When they were last seen stays known. @param {any} frame */
  #meet({ thread, user, here, seen_at }) {
    const before = this.held.get(thread)?.presence;
    if (user !== this.me) this.#see(thread, { here, seen_at: seen_at ?? before?.seen_at ?? null });
  }

  /** @param {number} thread @param {Card["presence"]} presence */
  #see(thread, presence) {
    const before = this.held.get(thread)?.presence;
    if (before?.here !== presence?.here || before?.seen_at !== presence?.seen_at) this.#mend(thread, { presence });
  }

  /** @param {number} thread @param {Partial<Card>} change */
  #mend(thread, change) {
    const card = this.held.get(thread);
    if (card) this.held.set(thread, { ...card, ...change });
  }

  /** @param {number} thread */
  #forget(thread) {
    for (const kept of [this.held, this.#fresh, this.stale]) kept.delete(thread);
  }
}

/** @param {any} message */
const nameOf = ({ sender, id }) => keyOf(sender?.id ?? "", id);
