/** Tells how far the person has read: what was on the screen of a tab that had the attention. */

import { read } from "./protocol.js";
import { isAtEnd } from "./scrolling.js";
import { isWritten, storedOf } from "./timeline.js";

export class Reading {
  /**
   * @param {{thread: number, mark: number, me: string, transmit: (frame: string) => boolean,
   *   state: () => import("./store.js").ThreadState, left: (unread: number) => void}} options
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

  /** Read in another tab. @param {number} mark */
  heard(mark) {
    this.known(Math.max(mark, this.mark));
  }

  look() {
    this.#tell();
    this.options.left(this.#unread().length);
  }

  #tell() {
    const { thread, transmit } = this.options;
    const seq = this.#unread().at(-1)?.seq ?? 0;
    if (!seq || !hasAttention() || !isAtEnd()) return;
    if (transmit(read(thread, seq))) this.mark = seq;
  }

  /** What I wrote myself is not unread, nor what only happened. */
  #unread() {
    const { me, state } = this.options;
    return storedOf(state()).filter((entry) => Number(entry.seq) > this.mark && entry.sender?.id !== me && isWritten(entry));
  }
}

function hasAttention() {
  return document.visibilityState === "visible" && document.hasFocus();
}
