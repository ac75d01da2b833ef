/**
 * Messages that come in where nobody looks are told of, where that is wanted; all that it takes is loaded then.
 *
 * @typedef {import("./protocol.js").Frame} Frame
 * @typedef {import("./teller.js").Options} Options
 */

import { isWritten } from "./timeline.js";

export class Notifier {
  /** @type {Promise<import("./teller.js").Teller> | undefined} */
  #teller;

  /** @param {Options & {me: string}} options */
  constructor({ me, ...options }) {
    this.me = me;
    this.options = options;
  }

  /** @param {any} frame  a message, spoken or stored @param {boolean} inView  its thread, in a tab with the focus */
  message(frame, inView) {
    const { choices } = this.options;
    if (!isWritten(frame) || !frame.sender || frame.sender.id === this.me) return;
    if (choices.get("notify") === "on") this.#use((teller) => teller.hear(frame, inView));
    else if (!inView && mayAsk() && choices.get("offer") === "open") this.#use((teller) => teller.offer());
  }

  /** By me, wherever. @param {number} thread @param {number} seq */
  read(thread, seq) {
    if (this.#teller) this.#use((teller) => teller.read(thread, seq));
  }

  /** @param {(teller: import("./teller.js").Teller) => unknown} act */
  async #use(act) {
    try {
      await act(await this.#load());
    } catch (error) {
      console.warn("A message was not told of:", error); // it is there all the same
    }
  }

  #load() {
    this.#teller ??= import("./teller.js").then(({ Teller }) => new Teller(this.options));
    this.#teller.catch(() => (this.#teller = undefined)); // the network may be back the next time
    return this.#teller;
  }
}

/** Nobody has answered the browser yet. */
function mayAsk() {
  return globalThis.Notification?.permission === "default";
}
