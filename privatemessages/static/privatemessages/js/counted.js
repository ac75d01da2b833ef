/** The number of messages in the header. */

import { element } from "./page.js";
import { ngettext } from "./words.js";

/** @param {{total: number, received: number, sent: number}} counts */
export function showCounts({ total, received, sent }) {
  element("pm-total").textContent = ngettext("%(count)s message", "%(count)s messages", total);
  element("pm-received").textContent = ngettext("%(count)s received", "%(count)s received", received);
  element("pm-sent").textContent = ngettext("%(count)s sent", "%(count)s sent", sent);
}
