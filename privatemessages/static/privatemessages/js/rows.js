/**
 * What the log shows: the thread's messages, then mine that nobody has been told yet. Pure.
 *
 * @typedef {import("./log.js").Row} Row
 * @typedef {import("./outbox.js").Item} Item
 */

import { keyOf } from "./entries.js";
import { timeline } from "./timeline.js";

/**
 * @param {import("./store.js").ThreadState} state
 * @param {Item[]} items  of this thread, in order
 * @param {import("./protocol.js").Sender} me
 * @returns {Row[]}
 */
export function rowsOf(state, items, me) {
  const waiting = new Map(items.map((item) => [keyOf(me.id, item.id), item]));
  const told = timeline(state).map((entry) => rowOf(entry, waiting.get(entry.key) ?? null, me));
  const untold = [...waiting].filter(([key]) => !state.entries.has(key));
  return [...told, ...untold.map(([key, item]) => draft(key, item, me))];
}

/** @param {import("./store.js").Entry} entry @param {Item | null} item @param {{id: string}} me @returns {Row} */
function rowOf({ key, text, sent_at, sender, seq }, item, me) {
  const state = seq !== null ? "sent" : item?.state === "failed" ? "failed" : "delivered";
  const mine = sender?.id === me.id;
  return { key, text, sentAt: sent_at, sender: sender?.name ?? "", mine, state, item: seq === null ? item : null };
}

/** @param {string} key @param {Item} item @param {{name: string}} me @returns {Row} */
function draft(key, item, me) {
  const state = item.state === "failed" ? "failed" : "sending";
  return { key, text: item.text, sentAt: item.order, sender: me.name, mine: true, state, item };
}
