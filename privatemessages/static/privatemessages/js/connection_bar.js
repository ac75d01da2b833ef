/**
 * One quiet line about the connection; nothing while all is well.
 *
 * @typedef {import("./socket.js").Phase} Phase
 */

import { element, make } from "./page.js";
import { gettext } from "./words.js";

const GRACE = 1_000; // ms

export class ConnectionBar {
  #timer = 0;
  #words = "";

  /** @param {{useHere: () => void}} acts */
  constructor({ useHere }) {
    this.useHere = useHere;
    this.bar = element("pm-connection");
  }

  /** @param {Phase} phase */
  show(phase) {
    const before = this.bar.dataset.phase;
    this.bar.dataset.phase = phase;
    this.#words = wordsFor(phase === "connecting" && before ? "waiting" : phase);
    if (!this.bar.hidden || !isBrief(phase)) this.#say();
    else this.#timer ||= setTimeout(() => this.#say(), GRACE);
  }

  #say() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.bar.hidden = !this.#words;
    this.bar.replaceChildren(this.#words);
    if (this.bar.dataset.phase === "elsewhere") this.bar.append(" ", this.#button());
  }

  #button() {
    const button = make("button", "pm-link", gettext("Use here"));
    button.type = "button";
    button.addEventListener("click", this.useHere);
    return button;
  }
}

/** Most interruptions are over before anybody has to know. @param {Phase} phase */
function isBrief(phase) {
  return navigator.onLine && (phase === "connecting" || phase === "waiting");
}

/** @param {Phase} phase @returns {string} */
function wordsFor(phase) {
  if (!navigator.onLine) return gettext("You are offline. What you write is kept and sent later.");
  if (phase === "connecting") return gettext("Connecting…");
  if (phase === "elsewhere") return gettext("Messages are open in too many windows.");
  if (phase === "stopped") return gettext("The connection was refused. Reload the page to try again.");
  if (phase === "signed_out") return gettext("You are signed out here. Reload the page to sign in.");
  return phase === "open" ? "" : gettext("The connection is lost. Trying again… What you write is kept.");
}
