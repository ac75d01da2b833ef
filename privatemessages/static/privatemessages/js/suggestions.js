/** Names to choose from while one is being typed. */

import { element } from "./page.js";

const SHORTEST = 2; // letters
const PAUSE = 250; // ms

/** @param {import("./api.js").Api} api */
export function suggestPeople(api) {
  new Suggestions(api).start();
}

class Suggestions {
  #timer = 0;
  /** @type {Map<string, string>} shown name to id; of two with one name, the first that was found */
  #ids = new Map();

  /** @param {import("./api.js").Api} api */
  constructor(api) {
    this.api = api;
    this.name = /** @type {HTMLInputElement} */ (element("id_recipient_name"));
    this.id = /** @type {HTMLInputElement} */ (element("id_recipient_id"));
    this.list = element("pm-people");
  }

  start() {
    this.id.value = ""; // a browser may have brought back the one of another name
    this.name.addEventListener("input", () => this.#typed());
    if (this.name.value) this.#typed(); // this module may come after the first letters
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#choose();
    if (this.name.value.length >= SHORTEST) this.#timer = setTimeout(() => this.#suggest(), PAUSE);
  }

  #choose() {
    this.id.value = this.#ids.get(this.name.value) ?? "";
  }

  async #suggest() {
    const start = this.name.value;
    try {
      const { people } = await this.api.people(start);
      if (this.name.value === start) this.#show(people);
    } catch (error) {
      console.warn("No suggestions:", error); // the name can be typed all the same
    }
  }

  /** @param {import("./protocol.js").Sender[]} people */
  #show(people) {
    this.#ids = new Map(people.map(({ name, id }) => /** @type {[string, string]} */ ([name, id])).reverse());
    this.list.replaceChildren(...[...this.#ids.keys()].reverse().map((name) => new Option(name, name)));
    this.#choose();
  }
}
