/** What a person chose for this device. theme.js reads its own choice by itself, before any module runs. */

import { Shelf } from "./shelf.js";

/** @type {Record<string, string[]>} the first holds until another one is chosen */
const VALUES = {
  theme: ["system", "light", "dark"],
  enter: ["send", "line"], // "line": Ctrl+Enter sends
  notify: ["off", "on"],
  sound: ["on", "off"],
  offer: ["open", "closed"], // of notifications
  keys: ["on", "off"], // "off": no character does anything by itself
};

export class Choices extends Shelf {
  /** @param {Storage} storage */
  constructor(storage) {
    super(storage, "privatemessages.choice.");
  }

  /** @param {string} name */
  get(name) {
    const chosen = super.get(name);
    return VALUES[name].includes(chosen) ? chosen : VALUES[name][0];
  }

  /** This tab hears of it in the way in which others do. @param {string} name @param {string} value */
  set(name, value) {
    super.set(name, value);
    dispatchEvent(new StorageEvent("storage", { key: this.prefix + name, newValue: value }));
  }
}
