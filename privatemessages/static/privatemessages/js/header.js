/** What a thread is called, what it is about and how many belong to it, on the page and in the tab. */

import { element, make } from "./page.js";
import { ngettext } from "./words.js";

export class Header {
  /** @param {import("./title.js").Title} title  the tab's */
  constructor(title) {
    this.title = title;
  }

  /** @param {{title: string, topic: string, slug: string | null}} thread */
  show({ title, topic, slug }) {
    if (element("pm-title").textContent !== title) {
      element("pm-title").textContent = title;
      this.title.rename(title);
    }
    element("pm-topic").textContent = topic;
    element("pm-topic").hidden = !topic;
    if (slug) this.#move(slug);
  }

  /** By the old address of a renamed room a reload would find none. @param {string} slug */
  #move(slug) {
    const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(".pm-address"));
    if (!link || link.textContent === `#${slug}`) return;
    const address = new URL(`../${encodeURIComponent(slug)}/`, link.href);
    if (location.pathname === link.pathname) history.replaceState(null, "", address);
    link.href = address.href;
    link.replaceChildren(make("bdi", "", `#${slug}`));
  }

  /** @param {number} count */
  showMembers(count) {
    const place = document.getElementById("pm-members"); // not where two talk
    if (place) place.textContent = ngettext("%(count)s member", "%(count)s members", count);
  }

  /** One who was removed sees no more than the name, and the address of a room. */
  close() {
    element("pm-topic").remove();
    for (const part of document.querySelectorAll(".pm-gathering > :not(:has(.pm-address))")) part.remove();
    /** @type {HTMLElement} */ (element("pm-total").parentElement).hidden = true;
  }
}
