/** One quiet line about the connection; nothing while all is well. */

import { element, make } from "./page.js";
import { gettext, ngettext } from "./words.js";

const GRACE = 1_000; // ms; most interruptions are over before anybody has to know
const BACK = 2_000; // ms in which a return is told
const TRIAL = 2_000; // ms in which an attempt is shown, however soon it fails

export class ConnectionBar {
  bar = element("pm-connection");
  #words = make("span", "");
  #button = make("button", "pm-link");
  #timer = 0;
  #trial = 0;
  #phase = "";
  #first = true; // never connected
  /** @type {any} what had the focus before the button */
  #before = null;

  /** @param {{waiting: () => number, retry: () => void, useHere: () => void}} acts  `waiting`: messages not sent yet */
  constructor(acts) {
    this.acts = acts;
    this.#button.type = "button";
    this.#button.onclick = () => this.#act();
    this.#button.onfocus = ({ relatedTarget }) => (this.#before = relatedTarget);
    this.bar.replaceChildren(this.#words, " ", this.#button);
  }

  /** @param {import("./socket.js").Phase} phase */
  show(phase) {
    this.bar.dataset.phase = this.#phase = phase;
    this.#first &&= phase === "connecting";
    const brief = navigator.onLine && /connecting|waiting/.test(phase);
    if (this.bar.hidden && brief) this.#timer ||= setTimeout(() => this.#draw(), GRACE);
    else this.#draw();
  }

  /** Another number of messages waits. */
  refresh() {
    if (!this.bar.hidden && !this.#isWell()) this.#draw();
  }

  #isWell() {
    return navigator.onLine && this.#phase === "open";
  }

  #draw() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const fixed = fixedWords(this.#phase, this.#first);
    this.bar.classList.toggle("pm-trouble", !this.#isWell() && this.#phase !== "polling" && !this.#first);
    if (!this.#isWell()) this.#say(fixed || trouble(this.acts.waiting()), this.#label(fixed));
    else if (this.bar.hidden || this.#words.textContent === gettext("Connecting…")) this.#say("");
    else this.#welcome();
  }

  #welcome() {
    this.#say(gettext("Back."));
    this.#timer = setTimeout(() => this.#say(""), BACK);
  }

  /** @param {string} fixed */
  #label(fixed) {
    if (this.#phase === "elsewhere") return gettext("Use here");
    if (fixed) return "";
    return this.#trial ? gettext("Trying…") : gettext("Try now");
  }

  /** What is said again is not read out again. @param {string} words @param {string} [label] */
  #say(words, label = "") {
    if (!label && document.activeElement === this.#button) this.#before?.focus({ preventScroll: true });
    this.bar.hidden = !words;
    this.#button.hidden = !label;
    if (this.#words.textContent !== words) this.#words.textContent = words;
    if (this.#button.textContent !== label) this.#button.textContent = label;
  }

  #act() {
    if (this.#phase === "elsewhere") return this.acts.useHere();
    clearTimeout(this.#trial);
    this.#trial = setTimeout(() => this.#tried(), TRIAL);
    this.refresh();
    this.acts.retry();
  }

  #tried() {
    this.#trial = 0;
    this.refresh();
  }
}

/** @param {string} phase @param {boolean} first @returns {string} */
function fixedWords(phase, first) {
  if (!navigator.onLine) return "";
  if (phase === "polling") return gettext("Live connection is blocked here. New messages come every few seconds.");
  if (phase === "elsewhere") return gettext("Messages are open in too many windows.");
  if (phase === "stopped") return gettext("The connection was refused. Reload the page to try again.");
  if (phase === "signed_out") return gettext("You are signed out here. Reload the page to sign in.");
  return first ? gettext("Connecting…") : "";
}

/** @param {number} waiting  messages */
function trouble(waiting) {
  const lost = navigator.onLine ? gettext("The connection is lost.") : gettext("You are offline.");
  const kept = waiting ? ngettext("%(count)s message waits.", "%(count)s messages wait.", waiting) : gettext("What you write is kept.");
  return `${lost} ${kept}`;
}
