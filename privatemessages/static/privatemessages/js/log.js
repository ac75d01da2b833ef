/**
 * The entries on the page. Rows are kept by their key, so what the server rendered is taken over.
 *
 * @typedef {import("./rows.js").Row} Row
 */

import { isOnlyEmoji, markUp } from "./marked.js";
import { element, make } from "./page.js";
import { day, full, hour } from "./times.js";
import { fill, gettext, ngettext, reason } from "./words.js";

const GATHERED = 10 * 60_000; // ms between two messages that still stand together
const NAMED = 6; // people

export class Log {
  /** @type {Map<string, {node: HTMLElement, drawn: string}>} */
  #nodes = new Map();

  /** @param {{chat: string, retry: (id: string) => void, discard: (id: string) => void}} options  `chat`: the thread's address */
  constructor(options) {
    this.options = options;
    this.list = element("pm-log");
    this.patterns = { text: pattern("pm-row"), event: pattern("pm-event-row"), notice: pattern("pm-notice-row") };
    for (const child of this.list.children) this.#adopt(/** @type {HTMLElement} */ (child));
  }

  /** @param {Row[]} rows @param {number | null} unread  the number at which the unread ones begin */
  draw(rows, unread) {
    const begins = unread === null ? -1 : rows.findIndex(({ seq }) => seq !== null && seq >= unread);
    const entries = rows.filter(({ kind }) => kind !== "notice");
    const earlier = new Map(entries.map((row, index) => [row.key, entries[index - 1]]));
    const last = rows.findLast(({ mine, seenBy }) => mine && seenBy.length);
    const wanted = rows.flatMap((row, index) => [
      ...this.#partings(row, earlier.get(row.key), index === begins),
      this.#row(row, index !== begins && goesOn(row, rows[index - 1]), row === last),
    ]);
    this.#show(wanted);
  }

  /** @param {number} seq @returns {HTMLElement | null} */
  find(seq) {
    return this.list.querySelector(`[data-seq="${seq}"]`);
  }

  get divider() {
    return this.#nodes.get("unread")?.node ?? null;
  }

  /** @param {HTMLElement[]} wanted */
  #show(wanted) {
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

  /** Several days may be told out of order, so a day's key holds its first message. @param {Row} row @param {Row | undefined} earlier @param {boolean} unread */
  #partings(row, earlier, unread) {
    const starts = row.kind !== "notice" && (!earlier || day(earlier.sentAt) !== day(row.sentAt));
    const parted = starts ? [this.#line(`day:${row.key}`, "pm-day", day(row.sentAt))] : [];
    return unread ? [...parted, this.#line("unread", "pm-divider", gettext("Unread messages"))] : parted;
  }

  /** @param {string} key @param {string} className @param {string} words */
  #line(key, className, words) {
    const node = this.#nodes.get(key)?.node ?? make("li", className);
    this.#nodes.set(key, { node, drawn: "" });
    if (node.textContent !== words) node.textContent = words;
    return node;
  }

  /** @param {Row} row @param {boolean} follows @param {boolean} tells  by whom it was seen */
  #row(row, follows, tells) {
    const drawn = JSON.stringify([row, tells]);
    const held = this.#nodes.get(row.key);
    const node = held?.node ?? this.#clone(row);
    if (held?.drawn !== drawn) this.#fill(node, row, tells);
    node.classList.toggle("pm-follows", follows);
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

  /** @param {HTMLElement} node @param {Row} row @param {boolean} tells */
  #fill(node, row, tells) {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (node.querySelector(name));
    const isWords = row.kind === "text" || row.kind === "action";
    node.dataset.state = row.state;
    part(".pm-text").replaceChildren(isWords ? markUp(row.text) : row.text);
    part(".pm-text").classList.toggle("pm-emoji-only", row.kind === "text" && isOnlyEmoji(row.text));
    if (row.kind === "notice") return;
    if (row.seq !== null) node.dataset.seq = String(row.seq);
    this.#stamp(/** @type {HTMLTimeElement} */ (part("time")), row.sentAt);
    if (isWords) this.#fillMessage(node, row, tells);
  }

  /** @param {HTMLElement} node @param {Row} row @param {boolean} tells */
  #fillMessage(node, row, tells) {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (node.querySelector(name));
    node.classList.toggle("pm-action", row.kind === "action");
    node.classList.toggle("pm-mine", row.mine);
    part(".pm-sender").textContent = row.sender;
    if (row.seq !== null) /** @type {HTMLAnchorElement} */ (part(".pm-link-here")).href = `${this.options.chat}${row.seq}/`;
    this.#mark(part(".pm-state"), row);
    for (const old of node.querySelectorAll(".pm-failure, .pm-seen")) old.remove();
    if (row.state === "failed") node.append(this.#failure(/** @type {import("./outbox.js").Item} */ (row.item)));
    if (tells) node.append(make("p", "pm-seen", seenBy(row)));
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
      sent: gettext("sent"), seen: seenBy(row), failed: gettext("not sent"),
    };
    const signs = { ...words, delivered: "…", sent: "✓", seen: "✓✓" };
    mark.hidden = !row.mine;
    mark.title = words[row.state];
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", words[row.state]);
    mark.textContent = signs[row.state];
  }

  /** @param {import("./outbox.js").Item} item */
  #failure({ id, code }) {
    const failure = make("p", "pm-failure", `${reason(code)} `);
    failure.append(button(gettext("Try again"), () => this.options.retry(id)), " ");
    failure.append(button(gettext("Discard"), () => this.options.discard(id)));
    return failure;
  }
}

/** @param {Row} row @param {Row | undefined} previous */
function goesOn(row, previous) {
  if (previous?.kind !== "text" || row.kind !== "text" || !row.author || previous.author !== row.author) return false;
  return row.sentAt - previous.sentAt < GATHERED && day(previous.sentAt) === day(row.sentAt);
}

/** @param {Row} row */
function seenBy({ seenBy: names }) {
  const more = names.length - NAMED;
  const told = more > 0 ? [...names.slice(0, NAMED), ngettext("%(count)s more", "%(count)s more", more)] : names;
  return fill(gettext("Seen by %(names)s"), { names: told.join(", ") });
}

/** @param {string} words @param {() => void} act */
function button(words, act) {
  const made = make("button", "pm-link", words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** @param {string} id */
function pattern(id) {
  return /** @type {HTMLTemplateElement} */ (element(id)).content;
}
