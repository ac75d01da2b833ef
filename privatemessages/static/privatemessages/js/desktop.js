/**
 * Messages on the desktop, one for each conversation.
 *
 * @typedef {import("./protocol.js").Frame} Frame
 * @typedef {import("./page.js").Card} Card
 */

import { said } from "./happenings.js";

const LENGTH = 200; // characters

export class Desktop {
  /** @type {Map<number, Notification>} by thread */
  #shown = new Map();

  /** @param {(thread: number) => void} open */
  constructor(open) {
    this.open = open;
  }

  /** Where the browser allows it. @param {Frame} frame @param {Card | undefined} card */
  show(frame, card) {
    if (globalThis.Notification?.permission !== "granted") return;
    const notification = notify(frame, card);
    if (!notification) return;
    this.#shown.set(frame.thread, notification);
    notification.onclick = () => this.#follow(frame.thread);
  }

  /** @param {number} thread */
  close(thread) {
    this.#shown.get(thread)?.close();
    this.#shown.delete(thread);
  }

  /** @param {number} thread */
  #follow(thread) {
    window.focus();
    this.open(thread);
    this.close(thread);
  }
}

/** Silent: the sound is ours. @param {Frame} frame @param {Card | undefined} card @returns {Notification | null} */
function notify({ thread, sender, kind, text }, card) {
  const title = card && card.kind !== "direct" ? `${sender.name} · ${card.title}` : sender.name;
  const body = [...said({ kind, sender, text })].slice(0, LENGTH).join("");
  try {
    return new Notification(title, /** @type {any} */ ({ body, tag: `pm:${thread}`, renotify: true, silent: true }));
  } catch (error) {
    if (error instanceof TypeError) return null; // Chrome on Android names it and has none
    throw error;
  }
}
