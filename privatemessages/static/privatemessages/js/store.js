/**
 * One thread as the browser knows it: events in, state out. Never touches the page or the network.
 *
 * A message is told twice, spoken and stored; frames may be lost, doubled or out of order. Versions
 * are contiguous in the history, so whatever is told beyond `version + 1` is a hole: `behind`
 * says so, and the history's answer (`changes`, or `fresh`) closes it.
 *
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {Message & {key: string}} Entry
 * @typedef {{total: number, sent: number, version: number}} Counted  counts, and when they were true
 * @typedef {{
 *   version: number, told: number, behind: boolean, ahead: boolean,
 *   entries: Map<string, Entry>, beyond: Set<number>, awaited: Map<string, number>,
 *   refused: Set<string>, doubted: Set<string>,
 *   oldest: number, atStart: boolean, newest: number, atEnd: boolean, cleared: number, counted: Counted,
 * }} ThreadState
 *   `version`: all changes up to it are known. `told`: the highest one heard of. `ahead`: the history may end
 *   before it. `beyond`: those known past
 *   a hole. `awaited`: numbers of messages that are not here yet. `oldest` and `newest`: where the loaded part
 *   begins and ends; what is told past an end that is not the history's (`atEnd`) is kept, and not shown yet.
 *   `cleared`: the history up to it is not this person's, or nobody's any more.
 *   `entries` keeps the order of arrival, which is the order of what is only spoken.
 * @typedef {{type: string} & Record<string, any>} Event
 */

import { append, catchUp, prepend, startOver, trim } from "./answers.js";
import { clear, entryOf, forgetSpoken, isBelow, keyOf, know, store, tell } from "./entries.js";
import { spokenOf } from "./timeline.js";

/**
 * @param {import("./answers.js").Part & {counted?: Counted}} page
 * @returns {ThreadState}
 */
export function begin({ counted = { total: 0, sent: 0, version: 0 }, ...page }) {
  return reduce(
    {
      version: 0, told: 0, behind: false, ahead: false,
      entries: new Map(), beyond: new Set(), awaited: new Map(),
      refused: new Set(), doubted: new Set(),
      oldest: 0, atStart: true, newest: 0, atEnd: true, cleared: 0, counted,
    },
    { type: "fresh", asked: 0, ...page, counted },
  );
}

/**
 * The state after one event; the one before stays as it was. What is unknown changes nothing.
 *
 * @param {ThreadState} before
 * @param {Event} event
 * @returns {ThreadState}
 */
export function reduce(before, event) {
  if (!Object.hasOwn(HANDLERS, event.type)) return before;
  const state = copy(before);
  HANDLERS[event.type](state, event);
  advance(state);
  return state;
}

/** @type {Record<string, (state: ThreadState, event: any) => void>} */
const HANDLERS = {
  message: (state, event) => (event.seq === null ? speak(state, event) : store(state, event)),
  stored: (state, { messages }) => messages.forEach((/** @type {any} */ place) => number(state, place)),
  refused: refuse,
  head: compare,
  thread: change,
  changes: catchUp,
  fresh: startOver,
  older: prepend,
  newer: append,
  trim,
  doubt: (state) => spokenOf(state).forEach((entry) => state.doubted.add(entry.key)),
  settle: dropDoubted,
};

/** @param {ThreadState} state @returns {ThreadState} */
function copy(state) {
  return {
    ...state,
    entries: new Map(state.entries), beyond: new Set(state.beyond), awaited: new Map(state.awaited),
    refused: new Set(state.refused), doubted: new Set(state.doubted),
  };
}

/** @param {ThreadState} state @param {Message} message */
function speak(state, message) {
  const entry = entryOf(message);
  const seq = state.awaited.get(entry.key);
  state.doubted.delete(entry.key);
  if (state.entries.has(entry.key) || state.refused.has(entry.key)) return;
  if (seq === undefined) state.entries.set(entry.key, entry);
  else store(state, { ...message, seq, version: seq });
}

/** @param {ThreadState} state @param {{sender: string, id: string, seq: number}} place */
function number(state, { sender, id, seq }) {
  const key = keyOf(sender, id);
  const held = state.entries.get(key);
  state.refused.delete(key);
  if (held?.seq === seq) know(state, seq);
  else if (isBelow(state, seq)) forgetSpoken(state, key);
  else if (held?.seq === null) store(state, { ...held, seq, version: seq });
  else expect(state, key, seq);
}

/** @param {ThreadState} state @param {string} key @param {number} seq */
function expect(state, key, seq) {
  state.awaited.set(key, seq);
  tell(state, seq);
}

/** @param {ThreadState} state @param {{sender: string, id: string}} event */
function refuse(state, { sender, id }) {
  const key = keyOf(sender, id);
  if (state.entries.get(key)?.seq) return;
  state.entries.delete(key);
  state.refused.add(key);
}

/** An entry of the same version tells what happened; should it be missing, this is a hole. @param {ThreadState} state @param {any} event */
function change(state, { version, cleared }) {
  clear(state, cleared);
  tell(state, version);
}

/** Shorter than what I hold: an answer of before, or a backup was restored. The history knows. @param {ThreadState} state @param {any} event */
function compare(state, { version, counted }) {
  tell(state, version);
  if (counted && counted.version >= state.counted.version) state.counted = counted;
  state.ahead = version < state.version;
}

/** Spoken before the connection was lost and not told again since: stored elsewhere, or gone. @param {ThreadState} state */
function dropDoubted(state) {
  state.doubted.forEach((key) => forgetSpoken(state, key));
  state.doubted.clear();
}

/** @param {ThreadState} state */
function advance(state) {
  while (state.beyond.has(state.version + 1)) state.version += 1;
  for (const version of state.beyond) if (version <= state.version) state.beyond.delete(version);
  for (const [key, seq] of state.awaited) if (seq <= state.version) state.awaited.delete(key);
  tell(state, state.version);
  state.behind = state.ahead || state.told > state.version;
}
