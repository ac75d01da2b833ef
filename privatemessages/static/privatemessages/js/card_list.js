/**
 * The threads on the page, the most recent first.
 *
 * @typedef {import("./page.js").Card} Card
 */

import { MOST } from "./cards.js";
import { said } from "./happenings.js";
import { element } from "./page.js";
import { brief, full } from "./times.js";
import { gettext, ngettext } from "./words.js";

export class CardList {
  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.me = page.user.id;
    this.inboxUrl = page.inbox_url;
    this.list = element("pm-cards");
    this.empty = element("pm-empty");
    this.pattern = /** @type {HTMLTemplateElement} */ (element("pm-card")).content;
  }

  /** @param {Card[]} cards */
  draw(cards) {
    const held = new Map([...this.list.children].map((child) => [/** @type {HTMLElement} */ (child).dataset.thread, child]));
    const nodes = cards.map((card) => this.#fill(held.get(String(card.id)) ?? this.#clone(card), card));
    nodes.forEach((node, index) => this.#place(node, index));
    while (this.list.children.length > nodes.length) this.list.lastElementChild?.remove();
    this.empty.hidden = cards.length > 0;
  }

  /** Moving a link that has the focus would take the focus away. @param {Element} node @param {number} index */
  #place(node, index) {
    const there = this.list.children[index];
    if (there !== node) this.list.insertBefore(node, there ?? null);
  }

  /** @param {Card} card */
  #clone(card) {
    const copy = /** @type {DocumentFragment} */ (this.pattern.cloneNode(true));
    const node = /** @type {HTMLElement} */ (copy.firstElementChild);
    node.dataset.thread = String(card.id);
    /** @type {HTMLAnchorElement} */ (node.querySelector("a")).href = `${this.inboxUrl}chat/${card.id}/`;
    return node;
  }

  /** @param {Element} node @param {Card} card */
  #fill(node, card) {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (node.querySelector(name));
    const last = card.last_message;
    part(".pm-card-title bdi").textContent = card.title;
    part(".pm-card-members").textContent = ngettext("%(count)s member", "%(count)s members", card.member_count);
    part(".pm-card-members").hidden = card.kind === "direct";
    part(".pm-card-text").textContent = last ? said(last) : "";
    part(".pm-card-mine").hidden = last?.sender?.id !== this.me || last.kind !== "text";
    part(".pm-card-sender").textContent = last?.sender ? `${last.sender.name}:` : "";
    part(".pm-card-sender").hidden = card.kind === "direct" || last?.sender?.id === this.me || last?.kind !== "text";
    this.#stamp(/** @type {HTMLTimeElement} */ (part("time")), last?.sent_at);
    this.#unread(part(".pm-unread"), card.unread);
    node.classList.toggle("pm-has-unread", card.unread > 0);
    return node;
  }

  /** @param {HTMLTimeElement} time @param {number | undefined} moment */
  #stamp(time, moment) {
    time.hidden = moment === undefined;
    if (moment === undefined) return;
    time.dateTime = new Date(moment).toISOString();
    time.title = full(moment);
    time.textContent = brief(moment);
  }

  /** @param {HTMLElement} badge @param {number} count */
  #unread(badge, count) {
    badge.hidden = count === 0;
    badge.textContent = count > MOST ? `${MOST}+` : String(count);
    badge.title = count > MOST ? gettext("many unread messages") : ngettext("%(count)s unread message", "%(count)s unread messages", count);
  }
}
