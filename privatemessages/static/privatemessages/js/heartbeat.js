/**
 * Notices a connection that died without saying so: scripts see neither protocol pings nor a dead
 * network, and TCP alone would take minutes.
 */

const TICK = 250; // ms
const QUIET = 10_000; // ms without a frame before a visible page asks
const PONG_WAIT = 3_000; // ms
const STOPPED_CLOCK = 2_000; // ms between two ticks: the machine slept or the tab was throttled

export class Heartbeat {
  #timer = 0;
  #heard = 0;
  #asked = 0;
  #ticked = 0;

  /** @param {{ping: () => void, lost: () => void, isAnswerLate: () => boolean}} link */
  constructor(link) {
    this.link = link;
  }

  start() {
    this.stop();
    this.#ticked = Date.now();
    this.heard();
    this.#timer = setInterval(() => this.#tick(), TICK);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** Any frame proves as much as a pong. */
  heard() {
    this.#heard = Date.now();
    this.#asked = 0;
  }

  /** Asks now; what is not answered in time is lost. */
  probe() {
    this.#asked ||= Date.now();
    this.link.ping();
  }

  #tick() {
    const now = Date.now();
    const slept = now - this.#ticked > STOPPED_CLOCK;
    this.#ticked = now;
    if (this.#asked && slept) this.#askAgain();
    else if (this.#asked) this.#judge(now);
    else if (this.#hasReason(now)) this.probe();
  }

  /** An answer may wait unread behind the sleep. */
  #askAgain() {
    this.#asked = 0;
    this.probe();
  }

  /** @param {number} now */
  #judge(now) {
    if (now - this.#asked >= PONG_WAIT) this.link.lost();
  }

  /** @param {number} now */
  #hasReason(now) {
    const quiet = document.visibilityState === "visible" && now - this.#heard >= QUIET;
    return quiet || this.link.isAnswerLate();
  }
}
