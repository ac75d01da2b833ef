/** Tells how far the person has read: what was on the screen of a tab that had the attention. */

import { read } from "./protocol.js";
import { isWritten, storedOf } from "./timeline.js";

export class Reading {
  #asked = false;

  /**
   * @param {{
   *   thread: number, mark: number, me: string, signal: AbortSignal, box: HTMLElement, transmit: (frame: string) => boolean,
   *   state: () => import("./store.js").ThreadState, lastSeen: () => number, moved: (mark: number) => void,
   * }} options
   */
  constructor(options) {
    this.options = options;
    this.mark = options.mark;
    const { box, signal } = options;
    box.addEventListener("scroll", () => this.look(), { passive: true, signal });
    addEventListener("focus", () => this.look(), { signal });
    document.addEventListener("visibilitychange", () => this.look(), { signal });
  }

  /** What the server holds, after a reconnect: a mark on its way may have been lost. @param {number} mark */
  known(mark) {
    if (mark < this.mark) this.options.transmit(read(this.options.thread, this.mark));
    this.heard(mark);
  }

  /** Read in another tab. @param {number} mark */
  heard(mark) {
    this.mark = Math.max(mark, this.mark);
    this.look();
  }

  /** Once a frame: it measures. */
  look() {
    if (this.#asked || !hasAttention()) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      if (!this.options.signal.aborted && hasAttention()) this.#tell();
    });
  }

  /** @returns {number | null} where what is not read begins */
  get firstUnread() {
    return this.#unread()[0]?.seq ?? null;
  }

  #tell() {
    const { thread, transmit, lastSeen, moved } = this.options;
    const unread = this.#unread();
    if (!unread.length) return;
    const bottom = lastSeen();
    const seq = unread.findLast((entry) => Number(entry.seq) <= bottom)?.seq;
    if (!seq || !transmit(read(thread, seq))) return;
    this.mark = seq;
    moved(seq);
  }

  /** What I wrote myself is not unread, nor what only happened. */
  #unread() {
    const { me, state } = this.options;
    return storedOf(state()).filter((entry) => Number(entry.seq) > this.mark && entry.sender?.id !== me && isWritten(entry));
  }
}

export function hasAttention() {
  return document.visibilityState === "visible" && document.hasFocus();
}
