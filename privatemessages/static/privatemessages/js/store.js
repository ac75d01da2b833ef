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
 *   version: number, told: number, behind: boolean, removed: boolean,
 *   entries: Map<string, Entry>, beyond: Set<number>, awaited: Map<string, number>,
 *   refused: Set<string>, doubted: Set<string>, reads: Map<string, number>,
 *   oldest: number, atStart: boolean, counted: Counted,
 * }} ThreadState
 *   `version`: all changes up to it are known. `told`: the highest one heard of. `beyond`: those known past
 *   a hole. `awaited`: numbers of messages that are not here yet. `oldest`: where the loaded part begins.
 *   `entries` keeps the order of arrival, which is the order of what is only spoken.
 * @typedef {{type: string} & Record<string, any>} Event
 */

import { spokenOf, storedOf } from "./timeline.js";

export const PAGE_SIZE = 50; // messages that the server puts into one page of history

/**
 * @param {{messages: Message[], version: number, counted?: Counted}} page
 * @returns {ThreadState}
 */
export function begin({ messages, version, counted = { total: 0, sent: 0, version: 0 } }) {
  return reduce(
    {
      version: 0, told: 0, behind: false, removed: false,
      entries: new Map(), beyond: new Set(), awaited: new Map(),
      refused: new Set(), doubted: new Set(), reads: new Map(),
      oldest: 0, atStart: true, counted,
    },
    { type: "fresh", asked: 0, messages, version, counted },
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
  head: (state, { version }) => tell(state, version),
  changes: catchUp,
  fresh: startOver,
  older: prepend,
  doubt: (state) => spokenOf(state).forEach((entry) => state.doubted.add(entry.key)),
  settle: dropDoubted,
  read: (state, { user, seq }) => state.reads.set(user, Math.max(seq, state.reads.get(user) ?? 0)),
  removed: (state) => (state.removed = true),
};

/** @param {ThreadState} state @returns {ThreadState} */
function copy(state) {
  return {
    ...state,
    entries: new Map(state.entries), beyond: new Set(state.beyond), awaited: new Map(state.awaited),
    refused: new Set(state.refused), doubted: new Set(state.doubted), reads: new Map(state.reads),
  };
}

/** @param {string} sender @param {string} id */
export function keyOf(sender, id) {
  return `${sender}/${id}`;
}

/** @param {Message} message @returns {Entry} */
function entryOf(message) {
  return { ...message, key: keyOf(message.sender?.id ?? "", message.id) };
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

/** @param {ThreadState} state @param {any} message  stored: with `seq` and `version` */
function store(state, message) {
  const entry = entryOf(message);
  const held = state.entries.get(entry.key);
  state.refused.delete(entry.key);
  if (isBelow(state, message.seq)) state.entries.delete(entry.key);
  else if (!held || held.version === null || held.version < message.version) state.entries.set(entry.key, entry);
  know(state, message.version);
}

/** Not loaded yet: the history brings it when the reader scrolls there. @param {ThreadState} state @param {number} seq */
function isBelow(state, seq) {
  return !state.atStart && seq < state.oldest;
}

/** @param {ThreadState} state @param {number} version */
function tell(state, version) {
  state.told = Math.max(state.told, version);
}

/** @param {ThreadState} state @param {number} version */
function know(state, version) {
  tell(state, version);
  if (version > state.version) state.beyond.add(version);
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

/** Told again: the history has it where nobody looks now. @param {ThreadState} state @param {string} key */
function forgetSpoken(state, key) {
  if (state.entries.get(key)?.seq === null) state.entries.delete(key);
}

/** @param {ThreadState} state @param {{sender: string, id: string}} event */
function refuse(state, { sender, id }) {
  const key = keyOf(sender, id);
  if (state.entries.get(key)?.seq) return;
  state.entries.delete(key);
  state.refused.add(key);
}

/**
 * The answer to `changes?since=`. `asked` is `told` when it was asked.
 *
 * @param {ThreadState} state
 * @param {{asked: number, messages: Message[], version: number}} event
 */
function catchUp(state, { asked, messages, version }) {
  messages.forEach((message) => store(state, message));
  state.version = Math.max(state.version, version);
  believe(state, asked);
}

/**
 * The newest page, read afresh: what I hold beside it is newer, or not to be held.
 *
 * @param {ThreadState} state
 * @param {{asked: number, messages: Message[], version: number, counted?: Counted}} event
 */
function startOver(state, { asked, messages, version, counted }) {
  state.version = version;
  state.oldest = messages[0]?.seq ?? 0;
  state.atStart = messages.length < PAGE_SIZE;
  state.counted = counted ?? state.counted;
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

/** @param {ThreadState} state @param {{before: number, messages: Message[]}} event */
function prepend(state, { before, messages }) {
  if (before < state.oldest || state.atStart) return; // asked before the thread was loaded afresh
  state.oldest = Math.min(state.oldest, messages[0]?.seq ?? state.oldest);
  state.atStart = messages.length < PAGE_SIZE;
  messages.forEach((message) => store(state, message));
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
  state.behind = state.told > state.version;
}
