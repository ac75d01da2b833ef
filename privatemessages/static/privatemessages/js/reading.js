/** Tells how far the person has read: what was on the screen of a tab that had the attention. */

import { read } from "./protocol.js";
import { isAtEnd } from "./scrolling.js";
import { storedOf } from "./timeline.js";

export class Reading {
  /**
   * @param {{thread: number, mark: number, me: string, transmit: (frame: string) => boolean,
   *   state: () => import("./store.js").ThreadState}} options
   */
  constructor(options) {
    this.options = options;
    this.mark = options.mark;
    for (const event of ["scroll", "focus"]) addEventListener(event, () => this.look(), { passive: true });
    document.addEventListener("visibilitychange", () => this.look());
  }

  /** What the server holds, after a reconnect: marks on their way may have been lost. @param {number} mark */
  known(mark) {
    this.mark = mark;
    this.look();
  }

  look() {
    const { thread, transmit } = this.options;
    const seq = this.#newest();
    if (seq <= this.mark || !hasAttention() || !isAtEnd()) return;
    if (transmit(read(thread, seq))) this.mark = seq;
  }

  /** The newest that somebody else wrote; what I wrote myself is not unread. */
  #newest() {
    const { me, state } = this.options;
    return storedOf(state()).findLast((entry) => entry.sender?.id !== me)?.seq ?? 0;
  }
}

function hasAttention() {
  return document.visibilityState === "visible" && document.hasFocus();
}
