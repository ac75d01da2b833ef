/**
 * What the log shows: the thread's entries, then my messages that nobody has been told yet. Pure.
 *
 * @typedef {import("./log.js").Row} Row
 * @typedef {import("./outbox.js").Item} Item
 */

import { keyOf } from "./entries.js";
import { said } from "./happenings.js";
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
function rowOf(entry, item, me) {
  const { key, kind, sent_at: sentAt, sender, seq } = entry;
  const state = seq !== null ? "sent" : item?.state === "failed" ? "failed" : "delivered";
  const author = sender?.id ?? "";
  const shown = { key, kind, text: said(entry), sentAt, author, sender: sender?.name ?? "" };
  return { ...shown, mine: author === me.id, state, item: seq === null ? item : null };
}

/** @param {string} key @param {Item} item @param {import("./protocol.js").Sender} me @returns {Row} */
function draft(key, item, me) {
  const state = item.state === "failed" ? "failed" : "sending";
  const shown = { key, kind: "text", text: item.text, sentAt: item.order, author: me.id, sender: me.name };
  return { ...shown, mine: true, state, item };
}
