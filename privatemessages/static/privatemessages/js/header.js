/** What a thread is called, what it is about and how many belong to it, on the page and in the tab. */

import { element } from "./page.js";
import { ngettext } from "./words.js";

export class Header {
  /** @param {import("./title.js").Title} title  the tab's */
  constructor(title) {
    this.title = title;
  }

  /** @param {{title: string, topic: string}} thread */
  show({ title, topic }) {
    if (element("pm-title").textContent !== title) {
      element("pm-title").textContent = title;
      this.title.rename(title);
    }
    element("pm-topic").textContent = topic;
    element("pm-topic").hidden = !topic;
  }

  /** @param {number} count */
  showMembers(count) {
    const place = document.getElementById("pm-members"); // not where two talk
    if (place) place.textContent = ngettext("%(count)s member", "%(count)s members", count);
  }

  /** One who was removed sees no more than the name. */
  close() {
    for (const id of ["pm-topic", "pm-members", "pm-present"]) document.getElementById(id)?.remove();
    /** @type {HTMLElement} */ (element("pm-total").parentElement).hidden = true;
  }
}
