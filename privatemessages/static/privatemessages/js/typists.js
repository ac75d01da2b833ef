/** Who is writing just now. Pure; times are ms. */

import { fill, gettext } from "./words.js";

const LASTS = 6_000; // ms; they say it again every 3 s

export class Typists {
  /** @type {Map<number, Map<string, {name: string, until: number}>>} */
  #threads = new Map();

  /** @param {{thread: number, user: string, name: string}} frame @param {number} now */
  hear({ thread, user, name }, now) {
    const writing = this.#threads.get(thread) ?? new Map();
    this.#threads.set(thread, writing.set(user, { name, until: now + LASTS }));
  }

  /** They have said it. @param {number} thread @param {string} [user] */
  spoke(thread, user) {
    if (user) this.#threads.get(thread)?.delete(user);
  }

  /** @param {number} now @returns {Map<number, string>} words by thread; empty ones where nobody writes any more */
  words(now) {
    return new Map([...this.#threads].map(([thread, writing]) => [thread, inWords(this.#stillAt(thread, writing, now))]));
  }

  /** @param {number} thread @param {Map<string, {name: string, until: number}>} writing @param {number} now */
  #stillAt(thread, writing, now) {
    for (const [user, { until }] of writing) if (until <= now) writing.delete(user);
    if (!writing.size) this.#threads.delete(thread);
    return [...writing.values()].map(({ name }) => name);
  }
}

/** @param {string[]} names */
function inWords([first, second, ...others]) {
  if (!first) return "";
  if (!second) return fill(gettext("%(name)s is writing…"), { name: first });
  if (others.length) return gettext("Several people are writing…");
  return fill(gettext("%(first)s and %(second)s are writing…"), { first, second });
}
