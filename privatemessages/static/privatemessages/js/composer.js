/** Where a message is written. Without this script it is a plain form that works as well. */

import { isCommand, problemWith } from "./protocol.js";
import { gettext, reason, tooLong } from "./words.js";

const SAVING_PAUSE = 300; // ms
const TYPING_PAUSE = 3_000; // ms
const NEAR = 0.9; // of the limit
const COMPOSING = 229; // the code of a key that an input method took

/**
 * @typedef {{root: HTMLElement, thread: number, limit: number, choices: import("./choices.js").Choices,
 *   drafts: import("./drafts.js").Drafts, send: (text: string) => string, typing: () => void, signal: AbortSignal}} Options
 *   `limit` in code points; `send` answers why it does not take the text, or nothing
 */
export class Composer {
  #unsaved = 0;
  #typedAt = -TYPING_PAUSE;

  /** @param {Options} options */
  constructor(options) {
    const find = (/** @type {string} */ id) => /** @type {any} */ (options.root.querySelector(`#${id}`));
    this.options = options;
    this.form = find("pm-composer");
    this.field = /** @type {HTMLTextAreaElement} */ (this.form.elements.message);
    this.problem = find("pm-problem");
    this.left = find("pm-left");
    this.field.value ||= options.drafts.get(options.thread);
    if (this.field.value) this.#save(); // it may have been written before any script ran
    this.#listen(options);
    this.#hint();
    this.#draw();
  }

  /** Not on a touch screen: its keyboard covers half of what one came to read. */
  focus() {
    if (!isTouch()) this.field.focus({ preventScroll: true });
  }

  /** Puts it where the cursor is. @param {string} text */
  insert(text) {
    const { field } = this;
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    this.focus();
  }

  /** @param {Options} options */
  #listen({ thread, drafts, signal }) {
    const flush = () => this.#unsaved && this.#save();
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.#edited());
    this.field.addEventListener("focus", () => this.#hint()); // another choice may have been made
    this.field.addEventListener("blur", flush);
    addEventListener("pagehide", flush, { signal });
    signal.addEventListener("abort", flush);
    drafts.watch((name, text) => name === String(thread) && this.#takeOver(text), signal);
  }

  /** What was written on, or sent, in another tab. @param {string} text */
  #takeOver(text) {
    if (this.#unsaved || (document.hasFocus() && document.activeElement === this.field)) return;
    this.field.value = text;
    this.#draw();
  }

  #save() {
    clearTimeout(this.#unsaved);
    this.#unsaved = 0;
    this.options.drafts.set(this.options.thread, this.field.value);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    const problem = problemWith(text, this.options.limit);
    const refusal = problem ? this.#explain(problem, text) : this.options.send(text);
    this.#say(refusal);
    if (!problem && !refusal) this.#sent();
  }

  /** @param {string} problem @param {string} text */
  #explain(problem, text) {
    if (problem === "too_long") return tooLong([...text].length, this.options.limit);
    return problem === "empty" ? "" : reason(problem); // nothing to send is nothing to complain of
  }

  #sent() {
    this.field.value = "";
    this.#typedAt = -TYPING_PAUSE;
    this.#save();
    this.#draw();
    this.field.focus({ preventScroll: true });
  }

  /** @param {string} words */
  #say(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }

  /** An Enter that ends a composition chooses a word; Safari tells by the code alone. @param {KeyboardEvent} event */
  #key(event) {
    const { key, shiftKey, altKey, ctrlKey, metaKey, isComposing, keyCode } = event;
    if (key !== "Enter" || shiftKey || altKey || isComposing || keyCode === COMPOSING) return;
    if (!ctrlKey && !metaKey && !this.#enterSends()) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  /** A keyboard on a screen has no Shift+Enter: there the button sends. */
  #enterSends() {
    return this.options.choices.get("enter") === "send" && !isTouch();
  }

  #hint() {
    const sends = this.#enterSends();
    const words = sends ? gettext("Enter sends, Shift+Enter begins a new line.") : gettext("Ctrl+Enter sends, Enter begins a new line.");
    this.field.enterKeyHint = sends ? "send" : "enter";
    this.field.setAttribute("aria-description", isTouch() ? "" : words);
  }

  #edited() {
    this.#say("");
    this.#draw();
    this.#unsaved ||= setTimeout(() => this.#save(), SAVING_PAUSE);
    this.#tellTyping(this.field.value.trim(), performance.now());
  }

  /** @param {string} text @param {number} now */
  #tellTyping(text, now) {
    if (!text || isCommand(text) || now - this.#typedAt < TYPING_PAUSE) return;
    this.#typedAt = now;
    this.options.typing();
  }

  #draw() {
    this.#fit();
    if (!this.left.hidden || this.field.value.length >= NEAR * this.options.limit) this.#count();
  }

  async #count() {
    const { showLeft } = await import("./left.js");
    showLeft(this.left, this.field.value, this.options.limit);
  }

  /** Meanwhile the form keeps its height, lest the list above it moves. */
  #fit() {
    const { form, field } = this;
    form.style.minHeight = `${form.offsetHeight}px`;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
    form.style.minHeight = "";
  }
}

function isTouch() {
  return matchMedia("(pointer: coarse)").matches;
}
