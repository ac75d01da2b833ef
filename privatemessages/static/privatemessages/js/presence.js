/** Who is here now: asked for again and again, while the page is to be seen. */

import { element } from "./page.js";
import { fill, gettext, ngettext } from "./words.js";

const AGAIN = 30_000; // ms
const SOON = 1_500; // ms; by then the workers have told who came
const SPREAD = 2_000; // ms; everybody here hears of it in one moment
const MANY = 50; // people; with so many, one who comes or goes can wait for the next time
const NAMED = 6; // people

/** @typedef {{count: number, people: {id: string, name: string}[]}} Present */

export class Presence {
  #timer = 0;
  #count = 0;
  #over = false;

  /** @param {() => Promise<Present>} ask @param {AbortSignal} signal */
  constructor(ask, signal) {
    this.ask = ask;
    this.place = element("pm-present");
    document.addEventListener("visibilitychange", () => this.#look(), { signal });
    signal.addEventListener("abort", () => this.end());
    if (signal.aborted) this.end();
    this.#look();
  }

  /** Somebody came or went. */
  soon() {
    if (this.#count < MANY) this.#later(SOON + Math.random() * SPREAD);
  }

  end() {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  async #look() {
    if (document.visibilityState !== "visible" || this.#over) return;
    this.#later(AGAIN);
    try {
      const present = await this.ask();
      if (!this.#over) this.#show(present);
    } catch (error) {
      console.warn("Nobody knows who is here:", error); // it is asked again
    }
  }

  /** @param {number} wait  ms */
  #later(wait) {
    clearTimeout(this.#timer);
    if (!this.#over) this.#timer = setTimeout(() => this.#look(), wait);
  }

  /** @param {Present} present */
  #show(present) {
    this.#count = present.count;
    this.place.textContent = inWords(present);
    this.place.title = present.people.map(({ name }) => name).join(", ");
    this.place.hidden = !present.count;
  }
}

/** Pure. @param {Present} present */
export function inWords({ count, people }) {
  const names = people.slice(0, NAMED).map(({ name }) => name);
  const more = count - names.length;
  if (more > 0) names.push(ngettext("%(count)s more", "%(count)s more", more));
  return fill(gettext("Here now: %(names)s"), { names: names.join(", ") });
}
