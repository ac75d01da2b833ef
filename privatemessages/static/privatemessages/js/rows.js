/**
 * What the log shows: the thread's entries, then my messages that nobody has been told yet. Pure.
 *
 * @typedef {import("./outbox.js").Item} Item
 * @typedef {Map<string, {name: string, seq: number}>} Reads  how far others have read, by their ids
 * @typedef {{
 *   key: string, kind: string, text: string, sentAt: number, author: string, sender: string, mine: boolean, seq: number | null,
 *   state: "sending" | "delivered" | "sent" | "seen" | "failed", seenBy: string[], item: Item | null,
 * }} Row  `kind`: a message's, or "notice"; `author` is an id, `sender` a name
 */

import { keyOf } from "./entries.js";
import { called, said } from "./happenings.js";
import { timeline } from "./timeline.js";

/**
 * @param {import("./store.js").ThreadState} state
 * @param {Item[]} items  of this thread, in order
 * @param {import("./protocol.js").Sender} me
 * @param {Reads} [reads]
 * @returns {Row[]}
 */
export function rowsOf(state, items, me, reads = new Map()) {
  const waiting = new Map(items.map((item) => [keyOf(me.id, item.id), item]));
  const told = timeline(state).map((entry) => rowOf(entry, waiting.get(entry.key) ?? null, me, reads));
  const untold = state.atEnd ? [...waiting].filter(([key]) => !state.entries.has(key)) : [];
  return [...told, ...untold.map(([key, item]) => draft(key, item, me))];
}

/** @param {import("./store.js").Entry} entry @param {Item | null} item @param {{id: string}} me @param {Reads} reads @returns {Row} */
function rowOf(entry, item, me, reads) {
  const { key, kind, sent_at: sentAt, sender, seq } = entry;
  const author = sender?.id ?? "";
  const mine = author === me.id;
  const seenBy = mine && seq !== null ? [...reads].filter(([id, read]) => id !== me.id && read.seq >= seq).map(([, { name }]) => name) : [];
  const state = seq !== null ? (seenBy.length ? "seen" : "sent") : item?.state === "failed" ? "failed" : "delivered";
  const shown = { key, kind, text: kind === "text" ? entry.text : said(entry), sentAt, author, sender: called(sender), seq };
  return { ...shown, mine, state, seenBy, item: seq === null ? item : null };
}

/** @param {string} key @param {Item} item @param {import("./protocol.js").Sender} me @returns {Row} */
function draft(key, item, me) {
  const state = item.state === "failed" ? "failed" : "sending";
  const shown = { key, kind: "text", text: item.text, sentAt: item.order, author: me.id, sender: me.name, seq: null };
  return { ...shown, mine: true, state, seenBy: [], item };
}
