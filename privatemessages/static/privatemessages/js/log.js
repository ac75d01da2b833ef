/**
 * The entries on the page. Rows are kept by their key, so what the server rendered is taken over.
 *
 * @typedef {import("./store.js").Entry} Entry
 * @typedef {import("./outbox.js").Item} Item
 * @typedef {{
 *   key: string, kind: string, text: string, sentAt: number, author: string, sender: string, mine: boolean,
 *   state: "sending" | "delivered" | "sent" | "failed", item: Item | null,
 * }} Row  `kind`: a message's, or "notice"; `author` is an id, `sender` a name
 */

import { element, make } from "./page.js";
import { day, full, hour } from "./times.js";
import { gettext, reason } from "./words.js";

export class Log {
  /** @type {Map<string, {node: HTMLElement, drawn: string}>} */
  #nodes = new Map();

  /** @param {{retry: (id: string) => void, discard: (id: string) => void}} acts */
  constructor(acts) {
    this.acts = acts;
    this.list = element("pm-log");
    this.patterns = { text: pattern("pm-row"), event: pattern("pm-event-row"), notice: pattern("pm-notice-row") };
    for (const child of this.list.children) this.#adopt(/** @type {HTMLElement} */ (child));
  }

  /** @param {Row[]} rows */
  draw(rows) {
    const entries = rows.filter(({ kind }) => kind !== "notice");
    const earlier = new Map(entries.map((row, index) => [row.key, entries[index - 1]]));
    const wanted = rows.flatMap((row, index) => this.#nodesFor(row, rows[index - 1], earlier.get(row.key)));
    const kept = new Set(wanted);
    for (const [key, { node }] of this.#nodes) if (!kept.has(node)) this.#remove(key, node);
    wanted.forEach((node, index) => this.#place(node, index));
  }

  /** @param {HTMLElement} child */
  #adopt(child) {
    this.#nodes.set(child.dataset.key ?? "", { node: child, drawn: "" });
  }

  /** @param {string} key @param {HTMLElement} node */
  #remove(key, node) {
    this.#nodes.delete(key);
    node.remove();
  }

  /** @param {HTMLElement} node @param {number} index */
  #place(node, index) {
    const there = this.list.children[index];
    if (there !== node) this.list.insertBefore(node, there ?? null);
  }

  /** @param {Row} row @param {Row | undefined} previous @param {Row | undefined} earlier  the entry before it */
  #nodesFor(row, previous, earlier) {
    const starts = row.kind !== "notice" && (!earlier || day(earlier.sentAt) !== day(row.sentAt));
    const node = this.#row(row);
    const follows = previous?.kind === "text" && row.kind === "text" && previous.author === row.author;
    node.classList.toggle("pm-follows", !starts && follows);
    return starts ? [this.#day(row), node] : [node];
  }

  /** Several days may be told out of order, so a day's key holds its first message. @param {Row} row */
  #day(row) {
    const key = `day:${row.key}`;
    const node = this.#nodes.get(key)?.node ?? make("li", "pm-day");
    this.#nodes.set(key, { node, drawn: "" });
    if (node.textContent !== day(row.sentAt)) node.textContent = day(row.sentAt);
    return node;
  }

  /** @param {Row} row */
  #row(row) {
    const drawn = JSON.stringify(row);
    const held = this.#nodes.get(row.key);
    const node = held?.node ?? this.#clone(row);
    if (held?.drawn !== drawn) this.#fill(node, row);
    this.#nodes.set(row.key, { node, drawn });
    return node;
  }

  /** @param {Row} row @returns {HTMLElement} */
  #clone(row) {
    const { text, event, notice } = this.patterns;
    const chosen = row.kind === "event" ? event : row.kind === "notice" ? notice : text;
    const copy = /** @type {DocumentFragment} */ (chosen.cloneNode(true));
    const node = /** @type {HTMLElement} */ (copy.firstElementChild);
    node.dataset.key = row.key;
    return node;
  }

  /** @param {HTMLElement} node @param {Row} row */
  #fill(node, row) {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (node.querySelector(name));
    node.dataset.state = row.state;
    part(".pm-text").textContent = row.text;
    if (row.kind === "notice") return;
    this.#stamp(/** @type {HTMLTimeElement} */ (part("time")), row.sentAt);
    if (row.kind !== "event") this.#fillMessage(node, row);
  }

  /** @param {HTMLElement} node @param {Row} row */
  #fillMessage(node, row) {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (node.querySelector(name));
    node.classList.toggle("pm-action", row.kind === "action");
    node.classList.toggle("pm-mine", row.mine);
    part(".pm-sender").textContent = row.sender;
    this.#mark(part(".pm-state"), row);
    this.#explain(node, row);
  }

  /** @param {HTMLTimeElement} time @param {number} moment */
  #stamp(time, moment) {
    time.dateTime = new Date(moment).toISOString();
    time.title = full(moment);
    time.textContent = hour(moment);
  }

  /** @param {HTMLElement} mark @param {Row} row */
  #mark(mark, row) {
    const words = {
      sending: gettext("sending…"), delivered: gettext("Delivered, not stored yet"),
      sent: gettext("sent"), failed: gettext("not sent"),
    };
    const signs = { ...words, delivered: "…", sent: "✓" };
    mark.hidden = !row.mine;
    mark.title = words[row.state];
    mark.textContent = signs[row.state];
  }

  /** @param {HTMLElement} node @param {Row} row */
  #explain(node, row) {
    node.querySelector(".pm-failure")?.remove();
    const { item } = row;
    if (row.state !== "failed" || !item) return;
    const failure = make("p", "pm-failure", `${reason(item.code)} `);
    failure.append(this.#button(gettext("Try again"), () => this.acts.retry(item.id)), " ");
    failure.append(this.#button(gettext("Discard"), () => this.acts.discard(item.id)));
    node.append(failure);
  }

  /** @param {string} words @param {() => void} act */
  #button(words, act) {
    const button = make("button", "pm-link", words);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }
}

/** @param {string} id */
function pattern(id) {
  return /** @type {HTMLTemplateElement} */ (element(id)).content;
}
