/**
 * Going to a conversation, a person or a room by a part of its name: a combobox (ARIA practices) in a dialog.
 *
 * @typedef {import("./page.js").Card} Card
 * @typedef {{title: string, letter: string, hint?: string, card?: Card, take: () => unknown}} Option
 * @typedef {{api: import("./api.js").Api, cards: () => Card[], open: (thread: number) => void, inboxUrl: string}} Surroundings
 */

import { ApiError } from "./api.js";
import { badge, initial } from "./card_list.js";
import { NOTHING, narrowed, offered } from "./found.js";
import { element, make } from "./page.js";
import { loadStyles } from "./stylesheet.js";
import { gettext, ngettext } from "./words.js";

const ID = "pm-switcher";
const PAUSE = 200; // ms; a name is being typed
const SHORTEST = 2; // letters of a person's name
const ASKED = 8; // conversations

/** @param {Surroundings} surroundings */
export async function openSwitcher(surroundings) {
  await loadStyles(element("pm-switch").dataset.css ?? "");
  const field = document.querySelector(`#${ID}[open] input`); // one that was closed goes away a moment later
  if (field) /** @type {HTMLElement} */ (field).focus();
  else new Switcher(surroundings).open();
}

class Switcher {
  #timer = 0;
  #asked = 0; // grows with every letter: older answers are of no use
  #chosen = 0;
  #isWaiting = false;
  #fault = "";
  #found = NOTHING;
  /** @type {Option[]} */
  #options = [];

  /** @param {Surroundings} surroundings */
  constructor({ api, cards, open, inboxUrl }) {
    this.api = api;
    this.cards = cards;
    this.go = open;
    this.rooms = `${inboxUrl}rooms/`;
    this.dialog = make("dialog", "pm-switcher");
    this.field = make("input", "pm-switcher-field");
    this.list = make("div", "pm-switcher-list");
    this.status = make("p", "pm-switcher-status");
  }

  open() {
    this.#build();
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.dialog.addEventListener("click", ({ target }) => target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => this.#closed());
    (document.querySelector(".pm") ?? document.body).append(this.dialog);
    this.dialog.showModal();
    this.field.focus();
    this.#typed();
  }

  #build() {
    const words = gettext("Find a conversation, somebody or a room");
    const close = make("button", "pm-switcher-close", "×");
    const top = make("div", "pm-switcher-top");
    Object.assign(this.dialog, { id: ID, ariaLabel: words });
    Object.assign(this.field, { id: `${ID}-field`, type: "text", dir: "auto", placeholder: words, ariaLabel: words, autocomplete: "off", spellcheck: false, role: "combobox", ariaAutoComplete: "list" });
    Object.assign(this.list, { id: `${ID}-list`, role: "listbox", ariaLabel: gettext("Found") });
    Object.assign(close, { type: "button", ariaLabel: gettext("Close") });
    this.field.setAttribute("aria-controls", this.list.id);
    this.status.role = "status";
    close.addEventListener("click", () => this.dialog.close());
    top.append(this.field, close);
    this.dialog.append(top, this.list, this.status);
  }

  #closed() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.dialog.remove();
  }

  get #query() {
    return this.field.value.trim();
  }

  #typed() {
    clearTimeout(this.#timer);
    const query = this.#query;
    const asked = ++this.#asked;
    this.#found = narrowed(query, this.#found);
    this.#isWaiting = query !== "";
    this.#fault = "";
    this.#chosen = 0;
    this.#draw();
    if (query) this.#timer = setTimeout(() => this.#ask(query, asked), PAUSE);
  }

  /** @param {string} query @param {number} asked */
  async #ask(query, asked) {
    const nobody = Promise.resolve({ people: [] });
    const [threads, people, rooms] = await Promise.allSettled([
      this.api.threads({ query, limit: ASKED }),
      [...query].length < SHORTEST ? nobody : this.api.people(query),
      this.api.rooms(query),
    ]);
    if (asked !== this.#asked) return;
    const failed = [threads, people, rooms].find(({ status }) => status === "rejected");
    this.#isWaiting = false;
    this.#found = { ...NOTHING, ...valueOf(threads), ...valueOf(people), ...valueOf(rooms) };
    this.#fault = failed ? reasonOf(/** @type {PromiseRejectedResult} */ (failed).reason) : "";
    this.#draw();
  }

  #draw() {
    const { threads, people, rooms } = offered(this.#query, this.cards(), this.#found);
    this.#options = [];
    this.list.replaceChildren(
      ...this.#group(gettext("Conversations"), threads.map((card) => this.#thread(card))),
      ...this.#group(gettext("People"), people.map((person) => this.#person(person))),
      ...this.#group(gettext("Rooms"), rooms.map((room) => this.#room(room))),
    );
    this.field.ariaExpanded = String(this.#options.length > 0);
    this.#choose(Math.min(this.#chosen, this.#options.length - 1));
    this.#tell();
  }

  /** @param {string} name @param {Option[]} options */
  #group(name, options) {
    if (!options.length) return [];
    const [group, title] = [make("div", "pm-switcher-group"), make("div", "pm-switcher-name", name)];
    Object.assign(group, { role: "group", ariaLabel: name });
    title.ariaHidden = "true"; // it is the group's name
    group.append(title, ...options.map((option, index) => drawn(option, this.#options.length + index)));
    this.#options.push(...options);
    return [group];
  }

  /** @param {Card} card @returns {Option} */
  #thread(card) {
    const { id, kind, title, member_count } = card;
    const hint = kind === "direct" ? "" : ngettext("%(count)s member", "%(count)s members", member_count);
    return { title, hint, card, letter: kind === "room" ? "#" : initial(title), take: () => this.#open(id) };
  }

  /** @param {import("./protocol.js").Sender} person @returns {Option} */
  #person({ id, name }) {
    return { title: name, letter: initial(name), take: async () => this.#open((await this.api.start(id)).id) };
  }

  /** @param {import("./found.js").Room} room @returns {Option} */
  #room({ id, slug, title, is_member }) {
    const enter = () => location.assign(`${this.rooms}${encodeURIComponent(slug)}/`);
    return { title, letter: "#", take: () => (is_member ? this.#open(id) : enter()) };
  }

  /** @param {number} thread */
  #open(thread) {
    this.dialog.close();
    this.go(thread);
  }

  #tell() {
    const count = this.#options.length;
    this.status.className = "pm-switcher-status";
    if (this.#fault) this.status.replaceChildren(this.#fault);
    else if (this.#isWaiting) this.status.replaceChildren(gettext("Searching …"));
    else if (!this.#query && !count) this.status.replaceChildren(gettext("Type a name to find somebody."));
    else if (!count) this.status.replaceChildren(gettext("Nothing has such a name."), " ", this.#directory());
    else this.#whisper(ngettext("%(count)s found", "%(count)s found", count));
  }

  /** Those who see the list need not read it. @param {string} words */
  #whisper(words) {
    this.status.classList.add("pm-unseen");
    this.status.replaceChildren(words);
  }

  #directory() {
    return Object.assign(make("a", "", gettext("All rooms")), { href: this.rooms });
  }

  /** @param {number} index  -1 for none */
  #choose(index) {
    this.#chosen = Math.max(index, 0);
    const options = [...this.list.querySelectorAll("[role=option]")];
    options.forEach((option, at) => (option.ariaSelected = String(at === index)));
    if (index < 0) this.field.removeAttribute("aria-activedescendant");
    else this.field.setAttribute("aria-activedescendant", options[index].id);
    options[index]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { length } = this.#options;
    if (event.isComposing || !length || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") this.#choose((this.#chosen + 1) % length);
    else if (event.key === "ArrowUp") this.#choose((this.#chosen + length - 1) % length);
    else if (event.key === "Enter") this.#take(this.#chosen);
    else return;
    event.preventDefault();
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const option = /** @type {Element} */ (target).closest("[role=option]");
    if (option) this.#take([...this.list.querySelectorAll("[role=option]")].indexOf(option));
  }

  /** @param {number} index */
  async #take(index) {
    try {
      await this.#options[index].take();
    } catch (error) {
      this.#fault = reasonOf(error);
      this.#tell();
    }
  }
}

/** @template T @param {PromiseSettledResult<T>} result */
const valueOf = (result) => (result.status === "fulfilled" ? result.value : {});

/** In words. @param {unknown} error */
function reasonOf(error) {
  console.warn("The search failed:", error);
  const detail = error instanceof ApiError ? error.detail : "";
  return detail || gettext("The search does not answer. Try again in a moment.");
}

/** @param {Option} option @param {number} index */
function drawn({ title, letter, hint, card }, index) {
  const [item, avatar, unread] = [make("div", "pm-found"), make("span", "pm-avatar", letter), make("span", "pm-unread")];
  Object.assign(item, { id: `${ID}-${index}`, role: "option" });
  avatar.ariaHidden = "true";
  item.append(avatar, make("bdi", "pm-found-title", title));
  if (hint) item.append(" ", make("span", "pm-found-hint", hint));
  if (!card) return item;
  badge(unread, card);
  item.classList.toggle("pm-is-silent", card.silent);
  if (!unread.hidden) item.append(" ", unread);
  return item;
}
