/**
 * The inbox as the browser knows it: events in, state out. Never touches the page or the network.
 *
 * @typedef {import("./page.js").Card} Card
 * @typedef {{me: string, cards: Map<number, Card>, fresh: Map<number, Set<string>>, stale: Set<number>}} InboxState
 *   `fresh`: the messages that were told since a card was read; `stale`: the cards that only the server
 *   can put right.
 * @typedef {{type: string} & Record<string, any>} Event
 */

import { keyOf } from "./store.js";

/** @param {string} me @param {Card[]} cards @returns {InboxState} */
export function open(me, cards) {
  return reduce({ me, cards: new Map(), fresh: new Map(), stale: new Set() }, { type: "cards", cards });
}

/** @param {InboxState} before @param {Event} event @returns {InboxState} */
export function reduce(before, event) {
  if (!Object.hasOwn(HANDLERS, event.type)) return before;
  const { me, cards, fresh, stale } = before;
  const state = { me, cards: new Map(cards), fresh: new Map(fresh), stale: new Set(stale) };
  HANDLERS[event.type](state, event);
  return state;
}

/** @type {Record<string, (state: InboxState, event: any) => void>} */
const HANDLERS = {
  cards: (state, { cards }) => cards.forEach((/** @type {Card} */ card) => put(state, card)),
  message: (state, event) => (state.cards.has(event.thread) ? hear(state, event) : state.stale.add(event.thread)),
  stored: (state, { thread, messages }) => messages.forEach((/** @type {any} */ place) => number(state, thread, place)),
  refused: (state, { thread }) => state.stale.add(thread),
  joined: (state, { thread }) => state.stale.add(thread),
  head: compare,
  read: readUpTo,
  removed: forget,
};

/** @param {InboxState} state @param {Card} card  as the server has it */
function put(state, card) {
  state.cards.set(card.id, card);
  state.fresh.set(card.id, new Set());
  state.stale.delete(card.id);
}

/** @param {InboxState} state @param {any} message */
function hear(state, message) {
  const card = /** @type {Card} */ (state.cards.get(message.thread));
  const key = keyOf(message.sender?.id ?? "", message.id);
  if (isOld(state, card, message, key)) return;
  const unread = card.unread + (message.sender?.id === state.me ? 0 : 1);
  state.fresh.set(card.id, new Set(state.fresh.get(card.id)).add(key));
  state.cards.set(card.id, { ...card, unread, last_message: message });
  if (message.seq !== null) follow(state, card.id, message.version);
}

/** Told again: in the card already, or counted since. @param {InboxState} state @param {Card} card @param {any} message @param {string} key */
function isOld(state, card, message, key) {
  const last = card.last_message;
  const isLast = last !== null && keyOf(last.sender?.id ?? "", last.id) === key;
  return isLast || state.fresh.get(card.id)?.has(key) || (message.seq !== null && message.seq <= card.version);
}

/** @param {InboxState} state @param {number} thread @param {{sender: string, id: string, seq: number}} place */
function number(state, thread, { sender, id, seq }) {
  const known = state.fresh.get(thread)?.has(keyOf(sender, id));
  const isNew = seq > (state.cards.get(thread)?.version ?? 0);
  if (known !== isNew) state.stale.add(thread);
  if (known && isNew) follow(state, thread, seq);
}

/** One version more is what I know; further ones I missed. @param {InboxState} state @param {number} thread @param {number} version */
function follow(state, thread, version) {
  const card = /** @type {Card} */ (state.cards.get(thread));
  if (version > card.version + 1) state.stale.add(thread);
  state.cards.set(thread, { ...card, version: Math.max(version, card.version) });
}

/** @param {InboxState} state @param {{thread: number, version: number, read: number}} event */
function compare(state, { thread, version, read }) {
  const card = state.cards.get(thread);
  if (!card || version > card.version || read > card.read) state.stale.add(thread);
}

/** @param {InboxState} state @param {{thread: number, user: string, seq: number}} event */
function readUpTo(state, { thread, user, seq }) {
  const card = state.cards.get(thread);
  if (!card || user !== state.me) return;
  if (seq >= card.version) state.cards.set(thread, { ...card, read: seq, unread: 0 });
  else state.stale.add(thread);
}

/** @param {InboxState} state @param {{thread: number}} event */
function forget(state, { thread }) {
  state.cards.delete(thread);
  state.fresh.delete(thread);
  state.stale.delete(thread);
}

/** @param {InboxState} state @returns {Card[]} the most recent first */
export function sorted(state) {
  const moment = (/** @type {Card} */ card) => card.last_message?.sent_at ?? 0;
  return [...state.cards.values()].sort((a, b) => moment(b) - moment(a) || b.id - a.id);
}
