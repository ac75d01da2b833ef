/**
 * What a person wrote and the database does not hold yet, kept where neither a reload nor a closed
 * tab loses it. One entry of the storage per message, so that tabs do not overwrite each other.
 *
 * @typedef {{
 *   id: string, thread: number, text: string, order: number, state: "waiting" | "failed",
 *   code: string, drops: number, owner: string, claimed: number,
 * }} Item
 *   `order` and `claimed` are milliseconds since 1970; `owner` is the tab that sends it; `drops` counts
 *   the disconnections in a row at which it was on its way; `code` says why it failed.
 */

import { keep } from "./storage.js";

export const PREFIX = "privatemessages.outbox.";
const MOST_DROPS = 3;
const ORPHANED = 75_000; // ms; longer than the longest pause of a tab that is alive

export const LOST_TOO_OFTEN = "disconnected";
export const REFUSED = "refused";

/** @param {Storage} storage @param {string} user */
export function keysOf(storage, user) {
  return Object.keys(storage).filter((key) => key.startsWith(`${PREFIX}${user}.`));
}

export class Outbox {
  /** @type {Map<string, Item>} what the storage had no room for */
  #homeless = new Map();

  /** @param {{user: string, tab: string, storage: Storage, changed: () => void}} options */
  constructor({ user, tab, storage, changed }) {
    this.user = user;
    this.tab = tab;
    this.storage = storage;
    this.changed = changed;
  }

  /** @returns {Item[]} in the order in which they were written */
  items() {
    const kept = keysOf(this.storage, this.user).map((key) => decode(this.storage.getItem(key)));
    const items = [...kept.filter((item) => item !== null), ...this.#homeless.values()];
    return items.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  }

  /** @param {string} id */
  find(id) {
    return this.items().find((item) => item.id === id);
  }

  /** @param {number} thread @param {string} text */
  add(thread, text) {
    const order = Math.max(Date.now(), 1 + (this.items().at(-1)?.order ?? 0));
    const fresh = { id: newId(), thread, text, order };
    this.#write({ ...fresh, state: "waiting", code: "", drops: 0, owner: this.tab, claimed: Date.now() });
    this.changed();
  }

  /** Takes what no living tab sends. @param {number} now @returns {Item[]} those that this tab sends */
  claim(now) {
    const waiting = this.items().filter((item) => item.state === "waiting");
    const orphans = waiting.filter((item) => item.owner !== this.tab && isOrphan(item, now));
    orphans.forEach((item) => this.#write({ ...item, owner: this.tab, claimed: now }));
    return waiting.filter((item) => item.owner === this.tab || orphans.includes(item));
  }

  /** This tab goes away: another may send its messages at once. */
  release() {
    const mine = this.items().filter((item) => item.owner === this.tab);
    mine.forEach((item) => this.#write({ ...item, owner: "" }));
  }

  /** @param {string} id @param {Partial<Item>} change */
  update(id, change) {
    const item = this.find(id);
    if (item) this.#write({ ...item, ...change });
  }

  /** It was on its way when the connection was lost. @param {string} id */
  dropped(id) {
    const drops = (this.find(id)?.drops ?? 0) + 1;
    this.update(id, { drops });
    if (drops >= MOST_DROPS) this.fail(id, LOST_TOO_OFTEN);
  }

  /** @param {string} id @param {string} code */
  fail(id, code) {
    this.update(id, { state: "failed", code });
    this.changed();
  }

  /** What was refused is certainly not stored, and its id is used up. @param {string} id */
  retry(id) {
    const item = this.find(id);
    if (!item) return;
    this.remove(id);
    const next = item.code === REFUSED ? newId() : id;
    this.#write({ ...item, id: next, state: "waiting", code: "", drops: 0, owner: this.tab, claimed: Date.now() });
    this.changed();
  }

  /** Stored, or discarded. @param {string} id */
  remove(id) {
    if (!this.find(id)) return;
    this.storage.removeItem(this.#key(id));
    this.#homeless.delete(id);
    this.changed();
  }

  /** @param {Item} item */
  #write(item) {
    if (keep(this.storage, this.#key(item.id), JSON.stringify(item))) this.#homeless.delete(item.id);
    else this.#homeless.set(item.id, item);
  }

  /** @param {string} id */
  #key(id) {
    return `${PREFIX}${this.user}.${id}`;
  }
}

/** @param {Item} item @param {number} now */
function isOrphan(item, now) {
  return !item.owner || now - item.claimed > ORPHANED;
}

/** @param {string | null} text @returns {Item | null} */
function decode(text) {
  try {
    const item = JSON.parse(text ?? "null");
    return typeof item?.id === "string" && typeof item.text === "string" ? item : null;
  } catch {
    return null;
  }
}

/** `crypto.randomUUID` is missing on pages without TLS. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // RFC 9562, 5.4: version 4
  bytes[8] = (bytes[8] & 0x3f) | 0x80; // RFC 9562, 4.1: the variant
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
