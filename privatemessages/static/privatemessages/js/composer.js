/** Where a message is written. Without this script it is a plain form that works as well. */

import { element } from "./page.js";
import { problemWith } from "./protocol.js";
import { keepPlace } from "./scrolling.js";
import { keep, tabStore } from "./storage.js";
import { reason, tooLong } from "./words.js";

const DRAFT = "privatemessages.draft"; // for one reload of one tab

export class Composer {
  /**
   * @param {{limit: number, send: (text: string) => string}} options
   *   `limit` in code points; `send` answers why it does not take the text, or nothing
   */
  constructor({ limit, send }) {
    this.limit = limit;
    this.send = send;
    this.form = /** @type {HTMLFormElement} */ (element("pm-composer"));
    this.field = /** @type {HTMLTextAreaElement} */ (this.form.elements.namedItem("message"));
    this.problem = element("pm-problem");
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.#edited());
    this.#restore();
    this.#fit();
    // Not before: a browser that goes to the address's #newest takes the focus away with it.
    addEventListener("load", () => isTouch() || this.field.focus({ preventScroll: true }));
  }

  /** What is being written outlives a reload that the person did not ask for. */
  keep() {
    keep(tabStore(), DRAFT, this.field.value);
  }

  #restore() {
    this.field.value ||= tabStore().getItem(DRAFT) ?? "";
    tabStore().removeItem(DRAFT);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    const problem = problemWith(text, this.limit);
    this.#say(problem ? this.#explain(problem, text) : "");
    if (!problem) this.#post(text);
  }

  /** @param {string} problem @param {string} text */
  #explain(problem, text) {
    if (problem === "too_long") return tooLong([...text].length, this.limit);
    return problem === "empty" ? "" : reason(problem); // nothing to send is nothing to complain of
  }

  /** @param {string} text */
  #post(text) {
    const refusal = this.send(text);
    if (refusal) return this.#say(refusal);
    this.field.value = "";
    this.#fit();
    this.field.focus();
  }

  /** @param {string} words */
  #say(words) {
    keepPlace(() => {
      this.problem.textContent = words;
      this.problem.hidden = !words;
    });
  }

  /** An Enter that ends a composition (Chinese, Japanese …) chooses a word. @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || isTouch()) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #edited() {
    this.#say("");
    this.#fit();
  }

  #fit() {
    const { field } = this;
    keepPlace(() => {
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
    });
  }
}

/** A keyboard on a screen covers half of what one came to read, and has no Shift+Enter: there the button sends. */
function isTouch() {
  return matchMedia("(pointer: coarse)").matches;
}
