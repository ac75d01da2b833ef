/**
 * Closes the holes of one thread by asking the history, which alone knows.
 *
 * @typedef {import("./store.js").ThreadState} ThreadState
 * @typedef {import("./store.js").Event} Event
 * @typedef {import("./page.js").Card} Card
 */

import { PAGE_SIZE } from "./answers.js";
import { ApiError } from "./api.js";

const HOLE_WAIT = 300; // ms; two processes may publish in the other order
const HEADS_JITTER = 2_000; // ms; a whole worker's sockets are told in one moment
const RETRY_FLOOR = 1_000; // ms
const RETRY_CEILING = 60_000; // ms

export class CatchUp {
  #timer = 0;
  #counting = 0;
  #asking = false;
  #failures = 0;

  /**
   * @param {import("./api.js").Api} api @param {number} thread
   * @param {{
   *   state: () => ThreadState, apply: (event: Event) => void, show: (card: Card) => void, gone: () => void, signal: AbortSignal,
   * }} store
   */
  constructor(api, thread, store) {
    this.api = api;
    this.thread = thread;
    this.store = store;
    store.signal.addEventListener("abort", () => [this.#timer, this.#counting].forEach(clearTimeout));
  }

  /** After each event: a hole that is still one in a moment is asked about. */
  look() {
    if (this.store.state().behind && !this.#timer && !this.#asking) this.#later(HOLE_WAIT);
  }

  /** @param {number} version @param {{jitter: boolean}} options */
  compare(version, { jitter }) {
    setTimeout(() => this.store.apply({ type: "head", version }), jitter ? Math.random() * HEADS_JITTER : 0);
  }

  /** The tab was away: ask where the thread is now. */
  async recheck() {
    try {
      const counted = await this.#card();
      const { version } = counted;
      this.store.apply({ type: "head", version, counted });
    } catch (error) {
      this.#failed(error); // the next reconnect compares again
    }
  }

  /** Of what was counted, a part is gone: many such events are one question. */
  recount() {
    this.#counting ||= setTimeout(() => {
      this.#counting = 0;
      this.recheck();
    }, HOLE_WAIT + Math.random() * HEADS_JITTER);
  }

  /** What is loaded, once more, or the newest messages. @param {{newest: boolean}} options */
  async startOver({ newest }) {
    this.store.apply(await this.#afresh(this.store.state().told, newest));
  }

  async #card() {
    const card = await this.api.thread(this.thread);
    this.store.show(card);
    return card;
  }

  /** @param {unknown} error */
  #failed(error) {
    console.warn("The thread could not be compared:", error);
    if (error instanceof ApiError && error.code === "not_found") this.store.gone();
  }

  /** @param {number} wait  ms */
  #later(wait) {
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#ask();
    }, wait);
  }

  async #ask() {
    if (this.#asking || !this.store.state().behind || this.store.signal.aborted) return;
    this.#asking = true;
    try {
      this.store.apply(await this.#missing());
      this.#failures = 0;
    } catch (error) {
      this.#failed(error);
      this.#failures += 1;
    }
    this.#asking = false;
    if (this.store.state().behind) this.#later(this.#pause());
  }

  /** @returns {Promise<Event>} */
  async #missing() {
    const { version: since, told: asked } = this.store.state();
    const changes = await this.api.changes(this.thread, since);
    return changes.complete ? { type: "changes", asked, ...changes } : this.#afresh(asked);
  }

  /** Too far behind to be told every change; who reads what is past goes on reading it. @param {number} asked @param {boolean} [newest] @returns {Promise<Event>} */
  async #afresh(asked, newest = this.store.state().atEnd) {
    const around = newest ? undefined : this.store.state().newest;
    const page = await this.api.messages(this.thread, { around, limit: PAGE_SIZE });
    return { type: "fresh", asked, counted: await this.#card(), ...page };
  }

  #pause() {
    if (!this.#failures) return HOLE_WAIT;
    return (0.5 + Math.random() / 2) * Math.min(RETRY_CEILING, RETRY_FLOOR * 2 ** this.#failures);
  }
}
