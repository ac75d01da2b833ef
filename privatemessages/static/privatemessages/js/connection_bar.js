/**
 * One quiet line about the connection; nothing while all is well.
 *
 * @typedef {import("./socket.js").Phase} Phase
 */

import { element, make } from "./page.js";
import { gettext } from "./words.js";

const GRACE = 1_000; // ms; most interruptions are over by then

export class ConnectionBar {
  #timer = 0;

  /** @param {{useHere: () => void}} acts */
  constructor({ useHere }) {
    this.useHere = useHere;
    this.bar = element("pm-connection");
  }

  /** @param {Phase} phase */
  show(phase) {
    clearTimeout(this.#timer);
    const words = wordsFor(phase);
    const patient = this.bar.hidden && navigator.onLine && (phase === "connecting" || phase === "waiting");
    if (patient) this.#timer = setTimeout(() => this.#say(phase, words), GRACE);
    else this.#say(phase, words);
  }

  /** @param {Phase} phase @param {string} words */
  #say(phase, words) {
    this.bar.hidden = !words;
    this.bar.dataset.phase = phase;
    this.bar.replaceChildren(words);
    if (phase === "elsewhere") this.bar.append(" ", this.#button());
  }

  #button() {
    const button = make("button", "pm-link", gettext("Use here"));
    button.type = "button";
    button.addEventListener("click", this.useHere);
    return button;
  }
}

/** @param {Phase} phase @returns {string} */
function wordsFor(phase) {
  if (!navigator.onLine) return gettext("You are offline. What you write is kept and sent later.");
  if (phase === "connecting") return gettext("Connecting…");
  if (phase === "waiting") return gettext("The connection is lost. Trying again… What you write is kept.");
  if (phase === "elsewhere") return gettext("Messages are open in too many windows.");
  if (phase === "stopped") return gettext("The connection was refused. Reload the page to try again.");
  return phase === "signed_out" ? gettext("You are signed out here. Reload the page to sign in.") : "";
}
