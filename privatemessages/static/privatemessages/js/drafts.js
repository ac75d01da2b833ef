/** What a person has begun to write in each thread. */

import { Shelf } from "./shelf.js";

export class Drafts extends Shelf {
  /** @param {Storage} storage @param {string} user */
  constructor(storage, user) {
    super(storage, `privatemessages.draft.${user}.`);
  }

  /** All of this person's. */
  forget() {
    const keys = Object.keys(this.storage).filter((key) => key.startsWith(this.prefix));
    keys.forEach((key) => this.storage.removeItem(key));
  }
}
