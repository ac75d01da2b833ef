/**
 * The inbox as the browser knows it: events in, state out. Never touches the page or the network.
 *
 * @typedef {import("./page.js").Card} Card
 * @typedef {{me: string, cards: Map<number, Card>, fresh: Map<number, Map<string, number | null>>, stale: Set<number>, doubted: Set<number>}} InboxState
 *   `fresh`: the messages told since a card was read, with their numbers; `stale`: the cards that only the server
 *   can put right; `doubted`: those of which the server's answer was older than what was told.
 * @typedef {{type: string} & Record<string, any>} Event
 */

import { keyOf } from "./entries.js";
import { isWritten } from "./timeline.js";

export const MOST = 99; // unread messages; the server stops counting soon after

/** @param {string} me @param {Card[]} cards @returns {InboxState} */
export function open(me, cards) {
  const empty = { me, cards: new Map(), fresh: new Map(), stale: new Set(), doubted: new Set() };
  return reduce(empty, { type: "cards", cards });
}

/** @param {InboxState} before @param {Event} event @returns {InboxState} */
export function reduce(before, event) {
  if (!Object.hasOwn(HANDLERS, event.type)) return before;
  const { me, cards, fresh, stale, doubted } = before;
  const state = { me, cards: new Map(cards), fresh: new Map(fresh), stale: new Set(stale), doubted: new Set(doubted) };
  HANDLERS[event.type](state, event);
  return state;
}

/** @type {Record<string, (state: InboxState, event: any) => void>} */
const HANDLERS = {
  cards: (state, { cards }) => cards.forEach((/** @type {Card} */ card) => put(state, card)),
  message: hear,
  stored: (state, { thread, messages }) => messages.forEach((/** @type {any} */ place) => number(state, thread, place)),
  refused: (state, { thread }) => state.stale.add(thread),
  joined: (state, { thread }) => state.stale.add(thread),
  head: compare,
  heads: keepOnly,
  thread: change,
  read: readUpTo,
  removed: forget,
};

/** @param {InboxState} state @param {Card} card  as the server has it */
function put(state, card) {
  if (isOvertaken(state, card)) return void state.doubted.add(card.id);
  state.cards.set(card.id, card);
  state.fresh.set(card.id, new Map());
  state.stale.delete(card.id);
  state.doubted.delete(card.id);
}

/** Asked for before something that was told since. Twice in a row it is the server that went back. @param {InboxState} state @param {Card} card */
function isOvertaken(state, { id, version }) {
  const held = state.cards.get(id);
  if (!held || held.version <= version || state.doubted.has(id)) return false;
  state.stale.add(id);
  return true;
}

/** Words bring up a thread that is not on this page; an event does not. @param {InboxState} state @param {any} message */
function hear(state, message) {
  const card = state.cards.get(message.thread);
  if (card) (isWritten(message) ? listen : happen)(state, card, message);
  else if (isWritten(message)) state.stale.add(message.thread);
}

/** @param {InboxState} state @param {Card} card @param {any} message */
function listen(state, card, message) {
  const { thread, sender, id, seq } = message;
  const key = keyOf(sender?.id ?? "", id);
  if (!isOld(state, card, message, key)) count(state, card, message, key);
  if (seq !== null) number(state, thread, { sender: sender?.id ?? "", id, seq });
}

/** @param {InboxState} state @param {Card} card @param {any} message */
function happen(state, card, { sender, id, seq, event }) {
  if (seq <= card.version) return;
  if (typeof event?.members === "number") state.cards.set(card.id, { ...card, member_count: event.members });
  note(state, card.id, keyOf(sender?.id ?? "", id), seq);
  follow(state, card.id, seq);
}

/** @param {InboxState} state @param {Card} card @param {any} message @param {string} key */
function count(state, card, message, key) {
  const unread = card.unread + (message.sender?.id === state.me ? 0 : 1);
  note(state, card.id, key, null);
  state.cards.set(card.id, { ...card, unread, last_message: message });
}

/** Told again: in the card already, or counted since. @param {InboxState} state @param {Card} card @param {any} message @param {string} key */
function isOld(state, card, message, key) {
  const last = card.last_message;
  const isLast = last !== null && keyOf(last.sender?.id ?? "", last.id) === key;
  return isLast || state.fresh.get(card.id)?.has(key) || (message.seq !== null && message.seq <= card.version);
}

/** @param {InboxState} state @param {number} thread @param {string} key @param {number | null} seq */
function note(state, thread, key, seq) {
  state.fresh.set(thread, new Map(state.fresh.get(thread)).set(key, seq));
}

/** @param {InboxState} state @param {number} thread @param {{sender: string, id: string, seq: number}} place */
function number(state, thread, { sender, id, seq }) {
  const key = keyOf(sender, id);
  const known = state.fresh.get(thread)?.get(key);
  const isNew = seq > (state.cards.get(thread)?.version ?? 0);
  if (known === null && isNew) {
    note(state, thread, key, seq);
    follow(state, thread, seq);
  } else if (known === null || (isNew && known !== seq)) {
    state.stale.add(thread);
  }
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

/** All that I belong to. @param {InboxState} state @param {{threads: Record<string, unknown>}} event */
function keepOnly(state, { threads }) {
  for (const thread of state.cards.keys()) if (!Object.hasOwn(threads, thread)) forget(state, { thread });
}

/** An entry of the same version tells what happened, which a card does not show. @param {InboxState} state @param {{thread: number, version: number, title: string, cleared: number}} event */
function change(state, { thread, version, title, cleared }) {
  const card = state.cards.get(thread);
  if (!card) return;
  if (version < card.version) return void state.stale.add(thread); // two came in the other order
  const isEmpty = card.last_message !== null && numberOf(state, card.last_message) <= cleared;
  state.cards.set(thread, { ...card, title, ...(isEmpty ? { last_message: null, unread: 0 } : {}) });
  follow(state, thread, version);
}

/** Infinity while it has none. @param {InboxState} state @param {any} message @returns {number} */
function numberOf(state, { thread, sender, id, seq }) {
  return seq ?? state.fresh.get(thread)?.get(keyOf(sender?.id ?? "", id)) ?? Infinity;
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
  const moment = (/** @type {Card} */ card) => Math.max(card.active_at, card.last_message?.sent_at ?? 0);
  return [...state.cards.values()].sort((a, b) => moment(b) - moment(a) || b.id - a.id);
}

/** @param {InboxState} state @returns {number} messages */
export function unread(state) {
  return [...state.cards.values()].reduce((sum, card) => sum + card.unread, 0);
}
