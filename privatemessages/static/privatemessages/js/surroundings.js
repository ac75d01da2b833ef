/**
 * What a thread's page shows around the messages: its name, its people, and whether one may write.
 *
 * @typedef {import("./page.js").Card} Card
 */

import { Header } from "./header.js";
import { Writing } from "./writing.js";

const JITTER = 3_000; // ms; a whole worker's sockets come back in one moment
const MOVED = new Set(["joined", "added", "left", "removed", "banned"]);

export class Surroundings {
  #version = 0; // of the thread when its name was told

  /** @param {Card} card @param {import("./api.js").Api} api @param {{named: (title: string) => void, signal: AbortSignal}} options */
  constructor(card, api, { named, signal }) {
    this.gathering = card.kind !== "direct";
    this.signal = signal;
    this.header = new Header(card, named);
    this.writing = new Writing(signal);
    this.presence = this.gathering ? this.#attend(api, card.id) : null;
    this.show(card);
  }

  /** @param {import("./api.js").Api} api @param {number} thread */
  async #attend(api, thread) {
    const { Presence } = await import("./presence.js");
    return new Presence(() => api.present(thread), this.signal);
  }

  /** As the server has it. @param {Card} card */
  show(card) {
    this.#name(card);
    this.see(card);
    this.header.showMembers(card.member_count);
    this.writing.change(card);
  }

  /** Whether the other one is here. @param {Card} card */
  see({ presence }) {
    if (!this.gathering) this.header.showPresence(presence);
  }

  /** @param {import("./protocol.js").Frame} frame  about this thread */
  hear(frame) {
    if (frame.type === "thread") this.#name(frame);
    if (frame.type === "rights") this.writing.change(frame);
    if (frame.type === "message" && frame.event) this.#happened(frame.event);
  }

  /** After a loss: of names and rights nothing was told meanwhile. @param {() => void} ask */
  doubt(ask) {
    const timer = this.gathering ? setTimeout(ask, Math.random() * JITTER) : 0;
    this.signal.addEventListener("abort", () => clearTimeout(timer));
  }

  /** The workers know that this person is here, and not before. */
  greeted() {
    this.presence?.then((presence) => presence.soon());
  }

  leave() {
    this.presence?.then((presence) => presence.end());
    this.header.close();
    this.writing.change({ removed: true });
  }

  /** Of two that come in the other order the newer counts. @param {{version: number, title: string, topic: string, slug: string | null, closed: boolean}} thread */
  #name({ version, title, topic, slug, closed }) {
    if (version < this.#version) return;
    this.#version = version;
    if (title) this.header.show({ title, topic, slug }); // two people's has none, and is called by the other
    this.writing.change({ closed });
  }

  /** @param {import("./protocol.js").Happening} event */
  #happened({ code, members }) {
    if (typeof members === "number") this.header.showMembers(members);
    if (MOVED.has(code)) this.presence?.then((presence) => presence.soon());
  }
}
