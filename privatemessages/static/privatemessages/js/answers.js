/**
 * What the history answers, put into a thread's state. It is right where the state differs. Pure.
 *
 * @typedef {import("./store.js").ThreadState} ThreadState
 * @typedef {import("./store.js").Counted} Counted
 * @typedef {import("./protocol.js").Message} Message
 */

import { clear, isBelow, store } from "./entries.js";
import { storedOf } from "./timeline.js";

export const PAGE_SIZE = 50; // messages that the server puts into one page of history

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
 * The newest page, read afresh: what I hold beside it is newer, or not to be held.
 *
 * @param {ThreadState} state
 * @param {{asked: number, messages: Message[], version: number, cleared?: number, counted?: Counted}} event
 */
export function startOver(state, { asked, messages, version, cleared, counted }) {
  state.version = version;
  state.oldest = messages[0]?.seq ?? 0;
  if (counted && counted.version > state.cleared) state.counted = counted;
  clear(state, cleared);
  state.atStart = isStart(state, messages);
  for (const { key, seq, version: own } of storedOf(state)) {
    if (Number(own) <= version || isBelow(state, Number(seq))) state.entries.delete(key);
  }
  messages.forEach((message) => store(state, message));
  believe(state, asked);
}

/** What was told before asking and is not in the answer does not exist. @param {ThreadState} state @param {number} asked */
function believe(state, asked) {
  const isFalse = (/** @type {number} */ version) => version > state.version && version <= asked;
  if (state.told <= asked) state.told = state.version;
  for (const version of state.beyond) if (isFalse(version)) state.beyond.delete(version);
  for (const [key, seq] of state.awaited) if (isFalse(seq)) state.awaited.delete(key);
  for (const entry of storedOf(state)) if (isFalse(Number(entry.version))) state.entries.delete(entry.key);
}

/** @param {ThreadState} state @param {{before: number, messages: Message[], cleared?: number}} event */
export function prepend(state, { before, messages, cleared }) {
  clear(state, cleared);
  if (before < state.oldest || state.atStart) return; // asked before the thread was loaded afresh
  state.oldest = Math.min(state.oldest, messages[0]?.seq ?? state.oldest);
  state.atStart = isStart(state, messages);
  messages.forEach((message) => store(state, message));
}

/** Also where the answer is older than a clearing of which I know. @param {ThreadState} state @param {Message[]} messages */
function isStart(state, messages) {
  return messages.length < PAGE_SIZE || state.oldest <= state.cleared + 1;
}
