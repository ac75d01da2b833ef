/** Texts by name, kept in a storage; what it has no room for lives as long as the page. */

import { keep } from "./storage.js";

export class Shelf {
  /** @type {Map<string, string>} */
  #homeless = new Map();

  /** @param {Storage} storage @param {string} prefix */
  constructor(storage, prefix) {
    this.storage = storage;
    this.prefix = prefix;
  }

  /** @param {string | number} name @returns {string} empty for what is not there */
  get(name) {
    const key = this.prefix + name;
    return this.#homeless.get(key) ?? this.storage.getItem(key) ?? "";
  }

  /** @param {string | number} name @param {string} text  an empty one is removed */
  set(name, text) {
    const key = this.prefix + name;
    this.#homeless.delete(key);
    if (!text) this.storage.removeItem(key);
    else if (!keep(this.storage, key, text)) this.#homeless.set(key, text);
  }

  /** What other tabs change. @param {(name: string, text: string) => void} changed @param {AbortSignal} [signal] */
  watch(changed, signal) {
    const hear = (/** @type {StorageEvent} */ { key, newValue }) => {
      if (key?.startsWith(this.prefix)) changed(key.slice(this.prefix.length), newValue ?? "");
    };
    addEventListener("storage", hear, { signal });
  }
}
