/** Where one writes in a thread: the field, its commands, and what helps with writing. */

import { Commands } from "./commands.js";
import { completeIn, offerEmoji } from "./completing.js";
import { Composer } from "./composer.js";
import { element } from "./page.js";
import { isCommand, literal, typing } from "./protocol.js";

export class Field {
  /**
   * @param {import("./page.js").Opening} opening
   * @param {import("./conversation.js").Surrounding} around
   * @param {{send: (text: string) => void, note: (text: string, failed: boolean) => void, signal: AbortSignal}} acts
   *   `note`: what only this tab is told
   */
  constructor({ thread: { id: thread }, commands }, around, { send, note, signal }) {
    this.around = around;
    this.send = send;
    const { page, choices, drafts, messenger } = around;
    const root = /** @type {HTMLElement} */ (document.querySelector(".pm-thread"));
    const transmit = (/** @type {string} */ frame) => messenger.transmit(frame);
    this.commands = new Commands({ thread, transmit, answered: note });
    this.composer = new Composer({
      root, thread, limit: page.text_limit, choices, drafts, signal, send: (text) => this.#take(text),
      typing: () => page.preferences.shows_typing && transmit(typing(thread)),
    });
    this.#help(commands, thread, signal);
  }

  /** @param {string} text @returns {string} why not; nothing when it was taken */
  #take(text) {
    if (isCommand(text)) return this.commands.give(text);
    this.send(literal(text));
    return "";
  }

  /** @param {import("./completion.js").Command[]} commands @param {number} thread @param {AbortSignal} signal */
  #help(commands, thread, signal) {
    const members = (/** @type {string} */ query) => this.#others(thread, query);
    completeIn({ field: this.composer.field, list: element("pm-completion"), commands, members, signal });
    offerEmoji({ button: element("pm-emoji"), insert: (emoji) => this.composer.insert(emoji), signal });
  }

  /** Nobody does anything to themselves. @param {number} thread @param {string} query */
  async #others(thread, query) {
    const { api, page } = this.around;
    const { members } = await api.members(thread, query);
    return members.filter(({ person }) => person.id !== page.user.id).map(({ person }) => person.name);
  }
}
