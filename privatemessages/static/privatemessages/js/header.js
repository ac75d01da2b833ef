/** What a thread is called, what it is about and how many belong to it. */

import { element, make } from "./page.js";
import { brief, full } from "./times.js";
import { fill, gettext, ngettext } from "./words.js";

export class Header {
  /** @param {import("./page.js").Card} card @param {(title: string) => void} named */
  constructor({ kind }, named) {
    this.named = named;
    this.section = /** @type {HTMLElement} */ (document.querySelector(".pm-thread"));
    this.section.dataset.kind = kind;
    this.address = /** @type {HTMLAnchorElement} */ (this.section.querySelector(".pm-address"));
    for (const part of this.section.querySelectorAll(".pm-gathering")) /** @type {HTMLElement} */ (part).hidden = kind === "direct";
  }

  /** @param {{title: string, topic: string, slug: string | null}} thread */
  show({ title, topic, slug }) {
    element("pm-title").textContent = title;
    element("pm-topic").textContent = topic;
    element("pm-topic").hidden = !topic;
    if (slug) this.#locate(slug);
    this.named(title);
  }

  /** By the old address of a renamed room a reload would find none. @param {string} slug */
  #locate(slug) {
    const { address } = this;
    const before = address.pathname;
    if (address.textContent === `#${slug}`) return;
    address.href = `${this.section.dataset.rooms}${encodeURIComponent(slug)}/`;
    address.replaceChildren(make("bdi", "", `#${slug}`));
    /** @type {HTMLElement} */ (address.parentElement).hidden = false;
    if (location.pathname === before) history.replaceState(history.state, "", address.href);
  }

  /** @param {number} count */
  showMembers(count) {
    element("pm-members").textContent = ngettext("%(count)s member", "%(count)s members", count);
  }

  /** Of the one other in a direct thread. @param {import("./page.js").Card["presence"]} presence */
  showPresence(presence) {
    const seen = presence?.seen_at ?? 0;
    const lastSeen = seen ? fill(gettext("last seen %(moment)s"), { moment: brief(seen) }) : "";
    const words = presence?.here ? gettext("online") : lastSeen;
    const place = element("pm-present");
    place.textContent = words;
    place.title = seen && !presence?.here ? full(seen) : "";
    place.classList.toggle("pm-online", Boolean(presence?.here));
    place.hidden = !words;
  }

  /** One who was removed sees no more than the name, and the address of a room. */
  close() {
    const { section } = this;
    for (const part of section.querySelectorAll(".pm-gathering > :not(:has(.pm-address)), #pm-topic, #pm-present, .pm-totals, .pm-menu")) part.remove();
  }
}
