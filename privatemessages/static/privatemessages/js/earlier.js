/** Loads earlier messages when the reader comes near the beginning of the loaded ones. */

import { element } from "./page.js";
import { PAGE_SIZE } from "./answers.js";

const NEAR = "600px 0px 0px 0px";
const RETRY = 3_000; // ms

export class Earlier {
  #busy = false;

  /**
   * @param {import("./api.js").Api} api @param {number} thread
   * @param {{state: () => import("./store.js").ThreadState, apply: (event: import("./store.js").Event) => void}} store
   */
  constructor(api, thread, store) {
    this.api = api;
    this.thread = thread;
    this.store = store;
    this.marker = element("pm-earlier");
    this.marker.addEventListener("click", (event) => this.#clicked(event));
    this.observer = new IntersectionObserver((seen) => seen.at(-1)?.isIntersecting && this.#load(), { rootMargin: NEAR });
    this.look();
  }

  /** An observer reports again what it begins to observe, so a page that is still short loads on. */
  look() {
    this.marker.hidden = this.store.state().atStart;
    this.observer.unobserve(this.marker);
    if (!this.marker.hidden) this.observer.observe(this.marker);
  }

  /** @param {Event} event */
  #clicked(event) {
    event.preventDefault();
    this.#load();
  }

  async #load() {
    if (this.#busy) return;
    this.#busy = true;
    const before = this.store.state().oldest;
    try {
      const page = await this.api.messages(this.thread, { before, limit: PAGE_SIZE });
      this.#done({ type: "older", before, ...page });
    } catch (error) {
      console.warn("Earlier messages could not be loaded:", error);
      setTimeout(() => this.#done({ type: "nothing" }), RETRY);
    }
  }

  /** @param {import("./store.js").Event} event */
  #done(event) {
    this.#busy = false;
    this.store.apply(event);
    this.look();
  }
}
