/**
 * The threads on the page, the most recent first.
 *
 * @typedef {import("./page.js").Card} Card
 */

import { MOST } from "./cards.js";
import { called, said } from "./happenings.js";
import { element, make } from "./page.js";
import { brief, day, full } from "./times.js";
import { gettext, ngettext } from "./words.js";

export class CardList {
  #day = "";
  #selected = 0;
  /** @type {WeakMap<Element, Card>} */
  #drawn = new WeakMap();

  /** @param {import("./page.js").Page} page @param {(thread: number) => void} open */
  constructor(page, open) {
    this.me = page.user.id;
    this.inboxUrl = page.inbox_url;
    this.open = open;
    this.list = element("pm-cards");
    this.empty = element("pm-empty");
    this.pattern = part(/** @type {HTMLTemplateElement} */ (element("pm-card")).content, "li");
    this.nodes = new Map([...this.list.children].map((node) => [idOf(node), node]));
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.list.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {Card[]} cards */
  draw(cards) {
    if (this.#day !== (this.#day = day(Date.now()))) this.#drawn = new WeakMap(); // hours are dates now
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    this.#keep(new Set(cards.map(({ id }) => id)));
    this.#order(cards.map((card) => this.#node(card)));
    if (document.activeElement !== focused) focused?.focus({ preventScroll: true }); // lost by being moved
    this.empty.hidden = cards.length > 0;
  }

  /** @param {number | null} id */
  select(id) {
    const nodes = [this.nodes.get(this.#selected), this.nodes.get((this.#selected = id ?? 0))];
    for (const node of nodes) if (node) this.#mark(node);
    nodes[1]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} thread @param {string} words */
  typing(thread, words) {
    const node = this.nodes.get(thread);
    if (!node) return;
    write(node, ".pm-card-typing", words, !words);
    part(node, ".pm-card-words").hidden = words !== "";
  }

  /** @param {Set<number>} ids */
  #keep(ids) {
    for (const [id, node] of this.nodes) {
      if (ids.has(id)) continue;
      node.remove();
      this.nodes.delete(id);
    }
  }

  /** Moves as few as it can. @param {Element[]} nodes */
  #order(nodes) {
    let at = this.list.firstElementChild;
    for (const node of nodes) {
      if (at?.nextElementSibling === node) at = node; // the one before it went elsewhere
      if (at === node) at = node.nextElementSibling;
      else this.list.insertBefore(node, at);
    }
  }

  /** @param {Card} card */
  #node(card) {
    const node = this.nodes.get(card.id) ?? this.#clone(card.id);
    if (this.#drawn.get(node) !== card) this.#fill(node, card);
    this.#drawn.set(node, card);
    return node;
  }

  /** @param {number} id */
  #clone(id) {
    const node = this.pattern.cloneNode(true);
    node.dataset.thread = String(id);
    part(node, "a").href = `${this.inboxUrl}chat/${id}/`;
    this.nodes.set(id, node);
    this.#mark(node);
    return node;
  }

  /** @param {Element} node */
  #mark(node) {
    part(node, "a").ariaCurrent = idOf(node) === this.#selected ? "page" : null;
  }

  /** @param {Element} node @param {Card} card */
  #fill(node, card) {
    const { kind, title, last_message: last } = card;
    const isMine = last?.sender?.id === this.me;
    const isEvent = last?.kind !== "text";
    write(node, ".pm-letter", kind === "room" ? "#" : initial(title));
    write(node, ".pm-card-title bdi", title);
    write(node, ".pm-card-members", ngettext("%(count)s member", "%(count)s members", card.member_count), kind === "direct");
    write(node, ".pm-card-sender", last ? `${called(last.sender)}:` : "", kind === "direct" || isMine || isEvent);
    write(node, ".pm-card-text", last ? said(last) : "");
    part(node, ".pm-card-mine").hidden = !isMine || isEvent;
    part(node, ".pm-dot").hidden = !card.presence?.here;
    part(node, ".pm-silent").hidden = !card.silent;
    stamp(part(node, "time"), last?.sent_at);
    badge(part(node, ".pm-unread"), card);
    node.classList.toggle("pm-has-unread", card.unread > 0 || card.marked_unread);
    node.classList.toggle("pm-is-silent", card.silent);
  }

  /** All but a plain click is the browser's. @param {MouseEvent} event */
  #clicked(event) {
    const card = cardAt(event);
    if (!card || event.button || isHeld(event)) return;
    event.preventDefault();
    this.open(idOf(card));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const card = cardAt(event);
    const { firstElementChild: Home, lastElementChild: End } = this.list;
    /** @type {Record<string, Element | null>} */
    const ways = { ArrowDown: card?.nextElementSibling, ArrowUp: card?.previousElementSibling, Home, End };
    if (isHeld(event) || !(event.key in ways)) return;
    event.preventDefault();
    const next = ways[event.key];
    if (next) part(next, "a").focus();
  }
}

const part = (/** @type {any} */ node, /** @type {string} */ name) => node.querySelector(name);
const idOf = (/** @type {any} */ node) => Number(node.dataset.thread);
const cardAt = (/** @type {any} */ { target }) => target.closest("a")?.closest("li");
const isHeld = (/** @type {any} */ event) => event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;

/** @param {Element} node @param {string} name @param {string} words @param {boolean} [isHidden] */
function write(node, name, words, isHidden = false) {
  part(node, name).textContent = words;
  part(node, name).hidden = isHidden;
}

/** The first of what a reader takes for letters. @param {string} title */
export function initial(title) {
  const [first] = new Intl.Segmenter().segment(title);
  return first?.segment.toLocaleUpperCase() ?? "";
}

/** @param {HTMLTimeElement} time @param {number | undefined} moment */
function stamp(time, moment) {
  time.hidden = moment === undefined;
  if (moment === undefined) return;
  time.dateTime = new Date(moment).toISOString();
  time.title = full(moment);
  time.textContent = brief(moment);
}

/** @param {HTMLElement} place @param {Card} card */
export function badge(place, { unread, marked_unread }) {
  const words = ngettext("%(count)s unread message", "%(count)s unread messages", unread);
  place.hidden = !unread && !marked_unread;
  place.title = unread > MOST ? gettext("many unread messages") : unread ? words : "";
  place.textContent = unread > MOST ? `${MOST}+` : String(unread || "");
  if (!unread) place.append(make("span", "pm-unseen", gettext("marked as unread")));
}
