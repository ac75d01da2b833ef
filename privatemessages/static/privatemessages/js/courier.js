/**
 * Carries the outbox to the server: one message per thread on its way to `accepted`, the next one
 * then, so that their order survives every failure; all of them again until they are stored.
 *
 * @typedef {import("./outbox.js").Item} Item
 * @typedef {{attempts: number, next: number, sentAt: number}} Trip  times in ms; `next`: when to send again
 */

import { isHopeless, send } from "./protocol.js";

const RESEND_FLOOR = 10_000; // ms until what is not stored is sent again
const RESEND_CEILING = 60_000; // ms
const JITTER = 0.2; // part of a pause
const ANSWER_WAIT = 3_000; // ms
const REFUSAL_WAIT = 2_000; // ms, where the server names none
const SHORTEST_PAUSE = 250; // ms; a message behind another one is due all the time
const RATE_LIMITED = "rate_limited";
const LOOK = 15_000; // ms between two looks for messages of tabs that are gone

export class Courier {
  #connected = false;
  #shutUntil = 0;
  /** @type {Map<number, number>} thread to the moment until which it takes nothing */
  #shut = new Map();
  #timer = 0;
  /** @type {Map<string, Trip>} since this connection began */
  #trips = new Map();
  /** @type {Map<number, string>} thread to the message that is on its way */
  #onTheWay = new Map();

  /** @param {import("./outbox.js").Outbox} outbox @param {(frame: string) => boolean} transmit */
  constructor(outbox, transmit) {
    this.outbox = outbox;
    this.transmit = transmit;
  }

  connected() {
    this.#connected = true;
    this.#onTheWay.clear();
    this.again();
  }

  /** What was accepted may have been forgotten: begin with the oldest, so that nothing overtakes it. */
  again() {
    this.#trips.clear();
    this.pump();
  }

  /** @param {boolean} tooLarge  it was a frame of ours that closed the connection */
  disconnected(tooLarge) {
    const lost = [...this.#onTheWay.values()];
    this.#connected = false;
    this.#onTheWay.clear();
    clearTimeout(this.#timer);
    lost.forEach((id) => (tooLarge ? this.outbox.fail(id, "too_long") : this.outbox.dropped(id)));
  }

  /** @param {string} id */
  accepted(id) {
    this.#arrived(id);
    this.outbox.update(id, { drops: 0 });
    this.pump();
  }

  /** @param {string} id */
  stored(id) {
    this.#arrived(id);
    this.outbox.remove(id);
    this.pump();
  }

  /** @param {string} id @param {string} code @param {number | null} retryAfter  ms */
  failed(id, code, retryAfter) {
    this.#arrived(id);
    const until = Date.now() + (retryAfter ?? REFUSAL_WAIT);
    if (isHopeless(code)) this.outbox.fail(id, code);
    else if (code === RATE_LIMITED) this.#postpone(id, until);
    else this.#shutLane(this.outbox.find(id)?.thread, until);
    this.pump();
  }

  /** Whether a message waits too long for its answer, whatever the connection says of itself. */
  isAnswerLate() {
    const since = [...this.#onTheWay.values()].map((id) => this.#trips.get(id)?.sentAt ?? Infinity);
    return Math.min(...since) <= Date.now() - ANSWER_WAIT;
  }

  /** Sends what is due and sleeps until something else is. */
  pump() {
    clearTimeout(this.#timer);
    if (!this.#connected) return;
    const now = Date.now();
    const mine = this.outbox.claim(now);
    if (now >= this.#shutUntil) lanes(mine).forEach((lane) => this.#serve(lane, now));
    this.#timer = setTimeout(() => this.pump(), this.#pause(mine, now));
  }

  /** @param {Item[]} lane  one thread's messages in order @param {number} now */
  #serve(lane, now) {
    const thread = lane[0].thread;
    if (now < (this.#shut.get(thread) ?? 0)) return;
    const busy = this.#onTheWay.get(thread);
    const due = lane.find((item) => (this.#trips.get(item.id)?.next ?? 0) <= now);
    const free = !busy || busy === due?.id || !lane.some((item) => item.id === busy);
    if (due && free) this.#send(due, now);
  }

  /** @param {Item} item @param {number} now */
  #send(item, now) {
    if (!this.transmit(send(item))) return;
    const attempts = this.#trips.get(item.id)?.attempts ?? 0;
    this.#trips.set(item.id, { attempts: attempts + 1, next: now + resendPause(attempts), sentAt: now });
    this.#onTheWay.set(item.thread, item.id);
    this.outbox.update(item.id, { claimed: now });
  }

  /** @param {string} id */
  #arrived(id) {
    for (const [thread, busy] of this.#onTheWay) if (busy === id) this.#onTheWay.delete(thread);
  }

  /** What was accepted there may be forgotten; other threads go on. @param {number | undefined} thread @param {number} until */
  #shutLane(thread, until) {
    if (!thread) return;
    this.#shut.set(thread, until);
    for (const item of this.outbox.items()) if (item.thread === thread) this.#trips.delete(item.id);
  }

  /** The server's bucket is shut for all that this person sends. @param {string} id @param {number} until */
  #postpone(id, until) {
    this.#shutUntil = until;
    this.#trips.delete(id);
  }

  /** @param {Item[]} mine @param {number} now @returns {number} ms */
  #pause(mine, now) {
    const times = mine.map((item) => this.#trips.get(item.id)?.next ?? Infinity);
    times.push(...[this.#shutUntil, ...this.#shut.values()].filter((until) => until > now));
    return Math.min(LOOK, Math.max(SHORTEST_PAUSE, Math.min(...times) - now));
  }
}

/** @param {Item[]} items @returns {Item[][]} */
function lanes(items) {
  const threads = [...new Set(items.map((item) => item.thread))];
  return threads.map((thread) => items.filter((item) => item.thread === thread));
}

/** @param {number} attempts @returns {number} ms */
function resendPause(attempts) {
  const pause = Math.min(RESEND_CEILING, RESEND_FLOOR * 2 ** Math.min(attempts, 8));
  return pause * (1 + JITTER * Math.random());
}
