/** The way to the newest messages, for whom is reading earlier ones, with the number that came in meanwhile. */

import { element } from "./page.js";
import { gettext, ngettext } from "./words.js";

export class Newest {
  #passed = 0; // what others had written when the reader was last at the end

  /** @param {() => void} go */
  constructor(go) {
    this.button = element("pm-newer");
    this.button.addEventListener("click", go);
  }

  /** @param {number} received  all that others wrote @param {boolean} isThere  the reader is at the end */
  look(received, isThere) {
    if (isThere) this.pass(received);
    this.button.hidden = isThere;
    this.button.textContent = `${words(received - this.#passed)} ↓`;
  }

  /** The reader knows of all this. @param {number} received */
  pass(received) {
    this.#passed = received;
  }
}

/** @param {number} count */
function words(count) {
  return count > 0 ? ngettext("%(count)s new message", "%(count)s new messages", count) : gettext("To the newest");
}
