/**
 * The list of commands, names and emoji above the message field: a combobox (ARIA practices), while it is open.
 *
 * @typedef {import("./completion.js").Wanted} Wanted
 * @typedef {import("./completion.js").Option} Option
 */

import { chosenAtFirst, closedIn, commandOptions, memberOptions, wantedAt } from "./completion.js";
import { make } from "./page.js";

const PAUSE = 200; // ms; a name is being typed

export class Completer {
  #timer = 0;
  #chosen = -1;
  #since = Infinity; // where in the text begins what has not been looked through for names of emoji
  /** @type {Option[]} */
  #options = [];
  /** @type {Wanted | null} */
  #wanted = null;

  /** @param {import("./completing.js").Completing} options */
  constructor({ field, list, commands, members, signal }) {
    this.field = field;
    this.list = list;
    this.commands = commands;
    this.members = members;
    list.setAttribute("role", "listbox");
    field.setAttribute("aria-autocomplete", "list");
    this.#listen(signal);
  }

  /** @param {number} from  where in the text begins what was typed before this was there */
  begin(from) {
    this.#look();
    this.#exchange(from);
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const { field, list } = this;
    field.addEventListener("input", (event) => this.#typed(/** @type {InputEvent} */ (event)), { signal });
    field.addEventListener("blur", () => this.#close(), { signal });
    field.form?.addEventListener("submit", () => this.#close(), { signal });
    field.addEventListener("keydown", (event) => this.#key(event), { capture: true, signal }); // Enter means something else to the composer
    list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal }); // the field keeps the focus
    list.addEventListener("click", (event) => this.#clicked(event), { signal });
    signal.addEventListener("abort", () => this.#close());
  }

  /** @param {InputEvent} event */
  #typed({ data }) {
    this.#look();
    if (data?.endsWith(":")) this.#exchange(this.field.selectionStart - data.length);
  }

  #look() {
    clearTimeout(this.#timer);
    const { value, selectionStart, selectionEnd } = this.field;
    const wanted = selectionStart === selectionEnd ? wantedAt(value.slice(0, selectionStart), this.commands) : null;
    this.#wanted = wanted;
    if (wanted?.kind === "command") this.#open(commandOptions(this.commands, wanted.query));
    else if (wanted?.kind === "emoji") this.#ask(wanted);
    else this.#close();
    if (wanted?.kind === "argument" || wanted?.kind === "mention") this.#timer = setTimeout(() => this.#ask(wanted), PAUSE);
  }

  /** @param {Wanted} wanted */
  async #ask(wanted) {
    try {
      const options = await this.#find(wanted);
      if (this.#wanted === wanted && document.activeElement === this.field) this.#open(options);
    } catch (error) {
      console.warn("Nothing to choose from:", error); // it can be typed all the same
    }
  }

  /** @param {Wanted} wanted */
  async #find(wanted) {
    if (wanted.kind === "emoji") return (await import("./emojis.js")).emojiOptions(wanted.query);
    return memberOptions(await this.members(wanted.query), wanted);
  }

  /** Emoji take the places of names that were closed; while they are loaded, more may be. @param {number} from */
  #exchange(from) {
    this.#since = Math.min(this.#since, from);
    const missing = (/** @type {unknown} */ error) => console.warn("No emoji:", error); // asked for again at the next colon
    if (this.#closed().length) import("./emojis.js").then(({ emojiNamed }) => this.#replace(emojiNamed), missing);
    else this.#since = Infinity;
  }

  /** @param {(name: string) => string | undefined} emojiNamed */
  #replace(emojiNamed) {
    const known = this.#closed().filter(({ name }) => emojiNamed(name));
    this.#since = Infinity;
    for (const { name, start } of known) this.#put(emojiNamed(name) ?? "", start, start + name.length + 2);
    if (known.length) this.field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  #closed() {
    return closedIn(this.field.value.slice(0, this.field.selectionStart), this.#since);
  }

  /** The cursor stays where it is; right behind the name it would select the emoji. @param {string} emoji @param {number} start @param {number} end */
  #put(emoji, start, end) {
    this.field.setRangeText(emoji, start, end, this.field.selectionStart === end ? "end" : "preserve");
  }

  /** @param {Option[]} options */
  #open(options) {
    this.#options = options;
    if (!options.length) return this.#close();
    this.list.replaceChildren(...options.map(draw));
    this.list.hidden = false;
    this.field.setAttribute("role", "combobox");
    this.field.setAttribute("aria-expanded", "true");
    this.field.setAttribute("aria-controls", this.list.id);
    this.#choose(chosenAtFirst(options, this.#wanted?.query ?? ""));
  }

  /** A textarea is no combobox while there is nothing to choose from. */
  #close() {
    clearTimeout(this.#timer);
    this.#options = [];
    this.list.hidden = true;
    for (const name of ["role", "aria-expanded", "aria-controls", "aria-activedescendant"]) this.field.removeAttribute(name);
  }

  /** @param {number} index  -1 for none */
  #choose(index) {
    this.#chosen = index;
    [...this.list.children].forEach((child, at) => child.setAttribute("aria-selected", String(at === index)));
    const option = this.list.children[index];
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#options.length || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!this.#carryOut(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was meant for the list */
  #carryOut({ key, shiftKey }) {
    const count = this.#options.length;
    if (key === "ArrowDown") this.#choose((this.#chosen + 1) % count);
    else if (key === "ArrowUp") this.#choose((Math.max(this.#chosen, 0) + count - 1) % count);
    else if (key === "Escape") this.#close();
    else if (shiftKey) return false;
    else if (key === "Tab") this.#take(Math.max(this.#chosen, 0));
    else if (key === "Enter" && this.#chosen >= 0) this.#take(this.#chosen);
    else return false;
    return true;
  }

  /** @param {Event} event */
  #clicked(event) {
    const option = /** @type {Element} */ (event.target).closest("[role=option]");
    if (option) this.#take([...this.list.children].indexOf(option));
  }

  /** @param {number} index */
  #take(index) {
    const { insert } = this.#options[index];
    const { value, selectionStart: end } = this.field;
    const words = /^\s/u.test(value.slice(end)) ? insert.trimEnd() : insert;
    this.field.setRangeText(words, this.#wanted?.start ?? end, end, "end");
    this.#close();
    this.field.dispatchEvent(new InputEvent("input", { bubbles: true })); // the next word may be completed too
  }
}

/** @param {Option} option @param {number} index */
function draw({ words, help }, index) {
  const item = make("li", "pm-option");
  item.id = `pm-option-${index}`;
  item.setAttribute("role", "option");
  const name = make("span", "pm-option-words", words);
  name.dir = "auto";
  item.append(name);
  if (help) item.append(" ", make("span", "pm-option-help", help));
  return item;
}
