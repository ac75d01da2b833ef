/** Loads what lies before and after the loaded messages when the reader comes near, and drops what is far. */

import { PAGE_SIZE } from "./answers.js";
import { element } from "./page.js";
import { timeline } from "./timeline.js";

const NEAR = "800px 0px";
const RETRY = 3_000; // ms
const MOST = 300; // messages on the page
const KEPT = 250; // messages, when there were more

export class Paging {
  #busy = false;

  /**
   * @param {{
   *   api: import("./api.js").Api, thread: number, me: string, box: HTMLElement, signal: AbortSignal,
   *   state: () => import("./store.js").ThreadState, apply: (event: import("./store.js").Event) => void,
   *   firstSeen: () => number | null,
   * }} options
   */
  constructor(options) {
    this.options = options;
    this.earlier = element("pm-earlier");
    this.later = element("pm-later");
    this.observer = new IntersectionObserver((seen) => this.#came(seen), { root: options.box, rootMargin: NEAR });
    for (const marker of [this.earlier, this.later]) marker.addEventListener("click", (event) => this.#clicked(event, marker));
    options.signal.addEventListener("abort", () => this.observer.disconnect());
  }

  /** Whether there is more on either side; it takes place on the page. */
  show() {
    const { atStart, atEnd } = this.options.state();
    this.earlier.hidden = atStart;
    this.later.hidden = atEnd;
  }

  /** An observer reports again what it begins to observe, so a page that is still short loads on. */
  look() {
    for (const marker of [this.earlier, this.later]) {
      this.observer.unobserve(marker);
      if (!marker.hidden) this.observer.observe(marker);
    }
  }

  /** Keeps the page light, however long one reads. */
  tidy() {
    const { state, apply, me, firstSeen } = this.options;
    const numbers = timeline(state()).flatMap(({ seq }) => (seq === null ? [] : [seq]));
    if (numbers.length <= MOST) return;
    const seen = numbers.indexOf(firstSeen() ?? numbers.at(-1) ?? 0);
    const start = Math.max(0, Math.min(seen - KEPT / 2, numbers.length - KEPT));
    const to = start + KEPT < numbers.length ? numbers[start + KEPT - 1] : undefined;
    apply({ type: "trim", from: numbers[start], to, me });
  }

  /** @param {IntersectionObserverEntry[]} seen */
  #came(seen) {
    for (const { isIntersecting, target } of seen) if (isIntersecting) this.#load(target === this.earlier);
  }

  /** @param {Event} event @param {HTMLElement} marker */
  #clicked(event, marker) {
    event.preventDefault();
    this.#load(marker === this.earlier);
  }

  /** @param {boolean} older */
  async #load(older) {
    if (this.#busy || this.options.signal.aborted) return;
    this.#busy = true;
    try {
      this.#done(await (older ? this.#older() : this.#newer()));
    } catch (error) {
      console.warn("Messages could not be loaded:", error);
      setTimeout(() => this.#done(null), RETRY);
    }
  }

  async #older() {
    const { api, thread, state } = this.options;
    const before = state().oldest;
    return { type: "older", before, ...(await api.messages(thread, { before, limit: PAGE_SIZE })) };
  }

  async #newer() {
    const { api, thread, state } = this.options;
    const after = state().newest;
    return { type: "newer", after, ...(await api.messages(thread, { after, limit: PAGE_SIZE })) };
  }

  /** @param {import("./store.js").Event | null} event */
  #done(event) {
    this.#busy = false;
    if (this.options.signal.aborted) return;
    if (event) this.options.apply(event);
    this.look();
  }
}
