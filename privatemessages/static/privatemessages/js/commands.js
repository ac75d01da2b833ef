/**
 * Commands of the message field. They are sent once, and only while there is a connection: carried
 * out late, "/kick bob" may hit who is in the right by then. Knows no HTML.
 *
 * @typedef {import("./protocol.js").Frame} Frame
 * @typedef {{name: string, usage: string, help: string}} Command
 */

import { newId } from "./outbox.js";
import { command } from "./protocol.js";
import { commandFault, fill, gettext } from "./words.js";

export class Commands {
  /** @type {Map<string, string>} those without an answer: id to text */
  #asked = new Map();

  /**
   * @param {{thread: number, transmit: (frame: string) => boolean, answered: (text: string, failed: boolean) => void}} options
   */
  constructor({ thread, transmit, answered }) {
    this.thread = thread;
    this.transmit = transmit;
    this.answered = answered;
  }

  /** @param {string} text @returns {string} why it was not sent; empty when it was */
  give(text) {
    const id = newId();
    if (!this.transmit(command({ id, thread: this.thread, text }))) {
      return gettext("There is no connection. Try again when it is back: commands are not kept.");
    }
    this.#asked.set(id, text);
    return "";
  }

  /** News have no id. @param {Frame} frame  a notice of this thread */
  noticed({ id, text, code }) {
    this.#asked.delete(id);
    if (text) this.answered(text, Boolean(code));
  }

  /** @param {Frame} frame  an error, of whatever frame */
  failed({ id, code, detail }) {
    if (this.#asked.delete(id)) this.answered(commandFault(code) || detail || code, true);
  }

  /** The answers went with the connection. */
  disconnected() {
    for (const text of this.#asked.values()) {
      this.answered(fill(gettext("The connection was lost before the answer came: %(command)s"), { command: text }), true);
    }
    this.#asked.clear();
  }
}
