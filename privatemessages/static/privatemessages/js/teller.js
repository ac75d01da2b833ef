/**
 * Which messages are told of: each once, in one tab of all, unless it was read meanwhile.
 *
 * @typedef {import("./protocol.js").Frame} Frame
 * @typedef {import("./page.js").Card} Card
 * @typedef {{choices: import("./choices.js").Choices, open: (thread: number) => void, card: (thread: number) => Card | undefined}} Options
 */

import { Desktop } from "./desktop.js";
import { keyOf } from "./entries.js";
import { offer } from "./offer.js";
import { chime } from "./sound.js";
import { keep, localStore } from "./storage.js";

const GRACE = 700; // ms in which another tab or device may say that it was read
const CLAIM = 60_000; // ms; the timers of hidden tabs are late
const QUIET = 3_000; // ms from one sound to the next
const REMEMBERED = 500; // messages
const SETTLING = 200; // ms in which the storage reaches other tabs
const CLAIMED = "privatemessages.claimed";
const SOUNDED = "privatemessages.sounded"; // when, in ms

export class Teller {
  /** @type {Set<string>} */
  #heard = new Set();
  /** @type {Map<string, Frame>} */
  #waiting = new Map();

  /** @param {Options} options */
  constructor({ choices, open, card }) {
    this.choices = choices;
    this.card = card;
    this.desktop = new Desktop(open);
  }

  offer() {
    return offer(this.choices);
  }

  /** @param {Frame} frame @param {boolean} inView */
  async hear(frame, inView) {
    const key = keyOf(frame.sender.id, frame.id);
    if (this.#heard.has(key)) return;
    this.#remember(key);
    if (inView) await claim(key); // no other tab shall tell of it
    else await this.#wait(key, frame);
  }

  /** What was only spoken when it was read has no number yet. @param {number} thread @param {number} seq */
  read(thread, seq) {
    for (const [key, frame] of this.#waiting) {
      if (frame.thread === thread && (frame.seq ?? 0) <= seq) this.#waiting.delete(key);
    }
    this.desktop.close(thread);
  }

  /** @param {string} key */
  #remember(key) {
    this.#heard.add(key);
    const [oldest] = this.#heard;
    if (this.#heard.size > REMEMBERED) this.#heard.delete(oldest);
  }

  /** @param {string} key @param {Frame} frame */
  async #wait(key, frame) {
    this.#waiting.set(key, frame);
    await pause(GRACE);
    if (this.#waiting.delete(key) && this.#isWanted(frame) && (await claim(key))) await this.#tell(frame);
  }

  /** By now the card of a new conversation is known too. @param {Frame} frame */
  #isWanted({ thread, seq }) {
    const card = this.card(thread);
    return !card?.silent && (seq ?? Infinity) > (card?.read ?? 0) && this.choices.get("notify") === "on";
  }

  /** @param {Frame} frame */
  async #tell(frame) {
    this.desktop.show(frame, this.card(frame.thread));
    if (this.choices.get("sound") === "on" && isQuiet() && (await mayRing())) await chime();
  }
}

/** The storage of one tab reaches another a moment late. */
async function mayRing() {
  return !navigator.locks || claim("sound", QUIET);
}

/** The first tab to claim a message tells of it. @param {string} key @param {number} [time]  ms @returns {Promise<boolean>} */
async function claim(key, time = CLAIM) {
  if (!navigator.locks) return isLast();
  try {
    return await lock(`privatemessages.told.${key}`, time);
  } catch (error) {
    if (error instanceof DOMException) return true; // storage is switched off, and locks with it
    throw error;
  }
}

/** Where there are no locks, the last of the tabs that want to tell at one moment does. */
async function isLast() {
  const [store, mark] = [localStore(), String(Math.random())];
  if (!keep(store, CLAIMED, mark)) return true;
  await pause(SETTLING);
  return store.getItem(CLAIMED) === mark;
}

/** @param {string} name @param {number} time  ms @returns {Promise<boolean>} */
function lock(name, time) {
  return new Promise((answer, fail) => {
    const hold = (/** @type {Lock | null} */ got) => {
      answer(got !== null);
      return got && pause(time);
    };
    navigator.locks.request(name, { ifAvailable: true }, hold).catch(fail);
  });
}

/** For a while, in all tabs; and marks that it is not any more. */
function isQuiet() {
  const store = localStore();
  const since = Date.now() - Number(store.getItem(SOUNDED));
  if (since >= 0 && since < QUIET) return false;
  keep(store, SOUNDED, String(Date.now()));
  return true;
}

/** @param {number} wait  ms */
function pause(wait) {
  return new Promise((done) => setTimeout(done, wait));
}
