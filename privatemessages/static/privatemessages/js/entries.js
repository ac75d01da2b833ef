/**
 * How one message is kept in a thread's state, and what its version says of the thread. Pure.
 *
 * @typedef {import("./store.js").ThreadState} ThreadState
 * @typedef {import("./store.js").Entry} Entry
 * @typedef {import("./protocol.js").Message} Message
 */

/** @param {string} sender @param {string} id */
export function keyOf(sender, id) {
  return `${sender}/${id}`;
}

/** @param {Message} message @returns {Entry} */
export function entryOf(message) {
  return { ...message, key: keyOf(message.sender?.id ?? "", message.id) };
}

/** @param {ThreadState} state @param {any} message  stored: with `seq` and `version` */
export function store(state, message) {
  const entry = entryOf(message);
  const held = state.entries.get(entry.key);
  const other = namesake(state, entry);
  state.refused.delete(entry.key);
  if (other && Number(other.version) > message.version) return know(state, message.version);
  if (other) state.entries.delete(other.key);
  if (isBelow(state, message.seq)) state.entries.delete(entry.key);
  else if (!held || held.version === null || held.version < message.version) state.entries.set(entry.key, entry);
  know(state, message.version);
}

/** Of the same number: it lost its sender, whose account was deleted. @param {ThreadState} state @param {Entry} entry */
function namesake(state, { key, seq }) {
  for (const other of state.entries.values()) if (other.seq === seq && other.key !== key) return other;
}

/** Cleared, or not loaded yet: the history brings it when the reader scrolls there. @param {ThreadState} state @param {number} seq */
export function isBelow(state, seq) {
  return seq <= state.cleared || (!state.atStart && seq < state.oldest);
}

/** Known, and behind a part of the history that is not loaded. @param {ThreadState} state @param {number} seq */
export function isBeyond(state, seq) {
  return !state.atEnd && seq > state.newest;
}

/** Nobody has the history up to here, so nothing is left to load. @param {ThreadState} state @param {number} [upTo] */
export function clear(state, upTo = 0) {
  if (upTo <= state.cleared) return;
  state.cleared = upTo;
  for (const entry of state.entries.values()) if (entry.seq !== null && entry.seq <= upTo) state.entries.delete(entry.key);
  if (state.oldest <= upTo + 1) state.atStart = true;
  state.newest = Math.max(state.newest, upTo);
  if (state.counted.version <= upTo) state.counted = { total: 0, sent: 0, version: upTo };
}

/** @param {ThreadState} state @param {number} version */
export function tell(state, version) {
  state.told = Math.max(state.told, version);
}

/** @param {ThreadState} state @param {number} version */
export function know(state, version) {
  tell(state, version);
  if (version > state.version) state.beyond.add(version);
}

/** Told again: the history has it where nobody looks now. @param {ThreadState} state @param {string} key */
export function forgetSpoken(state, key) {
  if (state.entries.get(key)?.seq === null) state.entries.delete(key);
}
