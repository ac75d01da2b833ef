/**
 * What a reader sees of a thread's state. Pure.
 *
 * @typedef {import("./store.js").ThreadState} ThreadState
 * @typedef {import("./store.js").Entry} Entry
 * @typedef {import("./protocol.js").Message} Message
 */

import { isBeyond } from "./entries.js";

/** The loaded part of the history, then, where that is its end, what is only spoken. @param {ThreadState} state @returns {Entry[]} */
export function timeline(state) {
  const loaded = storedOf(state).filter(({ seq }) => !isBeyond(state, Number(seq)));
  return state.atEnd ? [...loaded, ...spokenOf(state)] : loaded;
}

/** @param {ThreadState} state @returns {Entry[]} in the order of `seq` */
export function storedOf(state) {
  const entries = [...state.entries.values()].filter((entry) => entry.seq !== null);
  return entries.sort((a, b) => Number(a.seq) - Number(b.seq));
}

/** @param {ThreadState} state @returns {Entry[]} in the order of arrival */
export function spokenOf(state) {
  return [...state.entries.values()].filter((entry) => entry.seq === null);
}

/** By somebody, who is read or is not; an event only tells what happened. @param {Message} message */
export function isWritten({ kind }) {
  return kind !== "event";
}

/**
 * @param {ThreadState} state
 * @param {string} me
 * @returns {{total: number, sent: number, received: number}}
 */
export function counts(state, me) {
  const since = storedOf(state).filter((entry) => isWritten(entry) && Number(entry.seq) > state.counted.version);
  const total = state.counted.total + since.length;
  const sent = state.counted.sent + since.filter((entry) => entry.sender?.id === me).length;
  return { total, sent, received: total - sent };
}
