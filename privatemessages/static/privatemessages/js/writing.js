/**
 * Whether one may write here now: the field is shut at once where one may not, and says why.
 *
 * @typedef {{may_post: boolean, closed: boolean, muted_until: number | null, removed: boolean}} Standing
 *   `may_post` may count a mute in or not; `muted_until` is ms since 1970.
 */

import { element } from "./page.js";
import { brief, full } from "./times.js";
import { fill, gettext } from "./words.js";

const LONGEST_WAIT = 86_400_000; // ms; a browser's timer overflows after 24 days
const FOREVER = Date.UTC(9999, 0, 1); // ms; until when the server mutes for good

export class Writing {
  #timer = 0;
  /** @type {Standing} */
  #standing = { may_post: true, closed: false, muted_until: null, removed: false };

  /** @param {AbortSignal} signal */
  constructor(signal) {
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
    this.place = /** @type {HTMLFieldSetElement} */ (element("pm-writing"));
    this.shut = element("pm-shut");
  }

  /** What is not named stays as it was. @param {Partial<Standing>} change */
  change({ may_post, closed, muted_until, removed }) {
    const before = this.#standing;
    this.#standing = {
      may_post: may_post ?? before.may_post,
      closed: closed ?? before.closed,
      muted_until: muted_until === undefined ? before.muted_until : muted_until,
      removed: removed ?? before.removed,
    };
    this.#look();
  }

  #look() {
    clearTimeout(this.#timer);
    const left = (this.#standing.muted_until ?? 0) - Date.now();
    if (left > 0) this.#timer = setTimeout(() => this.#look(), Math.min(left, LONGEST_WAIT));
    this.#say(whyNot(this.#standing, Date.now()));
  }

  /** @param {string} words */
  #say(words) {
    this.place.disabled = Boolean(words);
    this.shut.hidden = !words;
    if (this.shut.textContent !== words) this.shut.textContent = words;
  }
}

/** Pure. @param {Standing} standing @param {number} now  ms @returns {string} empty for who may write */
export function whyNot({ may_post, closed, muted_until, removed }, now) {
  if (removed) return gettext("You do not belong to this conversation any more.");
  if (closed) return gettext("This is closed: it can be read, but nobody may write.");
  if (muted_until !== null && muted_until > now) return muted(muted_until, now);
  return may_post || muted_until !== null ? "" : gettext("You may not write here.");
}

/** @param {number} until @param {number} now */
function muted(until, now) {
  if (until >= FOREVER) return gettext("You are muted: you may read, but not write.");
  const isToday = new Date(until).toDateString() === new Date(now).toDateString();
  return fill(gettext("You are muted until %(moment)s."), { moment: isToday ? brief(until) : full(until) });
}
