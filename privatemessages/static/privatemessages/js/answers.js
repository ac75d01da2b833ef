/**
 * What the history answers, put into a thread's state. It is right where the state differs. Pure.
 *
 * @typedef {import("./store.js").ThreadState} ThreadState
 * @typedef {import("./store.js").Counted} Counted
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {{messages: Message[], version: number, cleared?: number, is_oldest: boolean, is_newest: boolean}} Part
 */

import { clear, isBelow, isBeyond, store } from "./entries.js";
import { counts, storedOf } from "./timeline.js";

export const PAGE_SIZE = 50; // messages asked for at once

/**
 * The answer to `changes?since=`. `asked` is `told` when it was asked.
 *
 * @param {ThreadState} state
 * @param {{asked: number, messages: Message[], version: number, cleared?: number}} event
 */
export function catchUp(state, { asked, messages, version, cleared }) {
  clear(state, cleared);
  messages.forEach((message) => store(state, message));
  state.version = Math.max(state.version, version);
  believe(state, asked);
}

/**
 * A page, read afresh: what I hold beside it is newer, or not to be held.
 *
 * @param {ThreadState} state
 * @param {Part & {asked: number, counted?: Counted}} event
 */
export function startOver(state, { asked, messages, version, cleared, is_oldest, is_newest, counted }) {
  state.version = version;
  if (counted && counted.version > state.cleared) state.counted = counted;
  Object.assign(state, { oldest: messages[0]?.seq ?? 0, newest: messages.at(-1)?.seq ?? 0, atStart: is_oldest, atEnd: is_newest });
  clear(state, cleared);
  if (state.oldest <= state.cleared + 1) state.atStart = true; // the answer is older than a clearing of which I know
  for (const { key, seq, version: own } of storedOf(state)) {
    if (Number(own) <= version || isBelow(state, Number(seq))) state.entries.delete(key);
  }
  messages.forEach((message) => store(state, message));
  believe(state, asked);
}

/** What was told before asking and is not in the answer does not exist. @param {ThreadState} state @param {number} asked */
function believe(state, asked) {
  state.ahead = false;
  const isFalse = (/** @type {number} */ version) => version > state.version && version <= asked;
  if (state.told <= asked) state.told = state.version;
  for (const version of state.beyond) if (isFalse(version)) state.beyond.delete(version);
  for (const [key, seq] of state.awaited) if (isFalse(seq)) state.awaited.delete(key);
  for (const entry of storedOf(state)) if (isFalse(Number(entry.version))) state.entries.delete(entry.key);
}

/** @param {ThreadState} state @param {Part & {before: number}} event */
export function prepend(state, { before, messages, cleared, is_oldest }) {
  clear(state, cleared);
  if (before !== state.oldest || state.atStart) return; // asked before the thread was loaded afresh
  state.oldest = Math.min(state.oldest, messages[0]?.seq ?? state.oldest);
  state.atStart = is_oldest || state.oldest <= state.cleared + 1;
  messages.forEach((message) => store(state, message));
}

/** @param {ThreadState} state @param {Part & {after: number}} event */
export function append(state, { after, messages, cleared, is_newest }) {
  clear(state, cleared);
  if (after !== state.newest || state.atEnd) return;
  state.newest = Math.max(state.newest, messages.at(-1)?.seq ?? 0);
  state.atEnd = is_newest;
  messages.forEach((message) => store(state, message));
}

/**
 * Forgets what is far from the reader, who may come back to it.
 *
 * @param {ThreadState} state
 * @param {{from?: number, to?: number, me: string}} event  keeps the history between these numbers
 */
export function trim(state, { from = 0, to = Infinity, me }) {
  const upTo = Math.max(state.version, state.counted.version);
  state.counted = { ...counts(within(state, upTo), me), version: upTo };
  if (from > state.oldest) Object.assign(state, { oldest: from, atStart: false });
  if (to < Number(storedOf(state).at(-1)?.seq)) Object.assign(state, { newest: to, atEnd: false });
  for (const { key, seq } of storedOf(state)) {
    const isFar = isBelow(state, Number(seq)) || isBeyond(state, Number(seq));
    if (isFar && Number(seq) <= state.version) state.entries.delete(key);
  }
}

/** The state as it would be without what lies beyond a hole. @param {ThreadState} state @param {number} version */
function within(state, version) {
  const entries = [...state.entries].filter(([, { seq }]) => seq !== null && seq <= version);
  return { ...state, entries: new Map(entries) };
}
