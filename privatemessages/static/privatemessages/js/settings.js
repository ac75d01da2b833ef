/** What is chosen for this device, on the page of the settings: each choice holds as soon as it is made. */

import { Choices } from "./choices.js";
import { element, make } from "./page.js";
import { localStore } from "./storage.js";
import { gettext } from "./words.js";

const PREFIX = "pm-"; // of the fields' names

/** @param {HTMLElement} place @param {Choices} choices */
function begin(place, choices) {
  const title = make("h2", "", gettext("This device"));
  title.id = "pm-device-title";
  place.setAttribute("aria-labelledby", title.id);
  place.append(title, theme(), enter(), notifications(choices), sound());
  place.addEventListener("change", ({ target }) => save(choices, /** @type {HTMLInputElement} */ (target)));
  choices.watch(() => show(place, choices));
  show(place, choices);
  place.hidden = false;
}

/** @param {Choices} choices @param {HTMLInputElement} input */
function save(choices, { name, value }) {
  choices.set(name.slice(PREFIX.length), value);
}

/** @param {HTMLElement} place @param {Choices} choices */
function show(place, choices) {
  for (const input of place.querySelectorAll("input")) {
    input.checked = choices.get(input.name.slice(PREFIX.length)) === input.value;
  }
}

function theme() {
  const values = { system: gettext("As the system"), light: gettext("Light"), dark: gettext("Dark") };
  return field(gettext("Theme"), radios("theme", values));
}

function enter() {
  const values = {
    send: gettext("Enter sends, Shift+Enter begins a new line."),
    line: gettext("Ctrl+Enter sends, Enter begins a new line."),
  };
  const hint = make("p", "pm-hint", gettext("On a touch screen Enter always begins a new line."));
  return field(gettext("Enter key"), radios("enter", values), hint);
}

function sound() {
  return field(gettext("Sound"), radios("sound", { on: gettext("On"), off: gettext("Off") }));
}

/** @param {Choices} choices */
function notifications(choices) {
  const permission = new Permission(choices);
  permission.look();
  // It may be given or taken in the browser's own settings meanwhile.
  addEventListener("focus", () => permission.look());
  return field(gettext("Notifications"), permission.choice, permission.button, permission.words);
}

/** A choice where the browser allows notifications, a way to allow them, or why there are none. */
class Permission {
  /** @param {Choices} choices */
  constructor(choices) {
    this.choices = choices;
    this.choice = radios("notify", { on: gettext("On"), off: gettext("Off") });
    this.button = make("button", "", gettext("Allow notifications"));
    this.button.type = "button";
    this.button.addEventListener("click", () => this.#ask());
    this.words = make("p", "pm-hint");
    this.words.setAttribute("role", "status");
    this.words.tabIndex = -1;
  }

  async #ask() {
    const answer = await Notification.requestPermission();
    if (answer === "granted") this.choices.set("notify", "on");
    this.look();
    if (answer !== "default") this.#focus();
  }

  /** The button had it, and is gone. */
  #focus() {
    const place = this.choice.hidden ? this.words : this.choice.querySelector("input:checked");
    /** @type {HTMLElement} */ (place).focus();
  }

  look() {
    const permission = globalThis.Notification?.permission;
    this.choice.hidden = permission !== "granted";
    this.button.hidden = permission !== "default";
    this.words.textContent = whyNone(permission);
  }
}

/** @param {NotificationPermission | undefined} permission */
function whyNone(permission) {
  if (!permission) return gettext("This browser offers no notifications.");
  return permission === "denied" ? gettext("The browser blocks notifications of this site. Its own settings can allow them.") : "";
}

/** @param {string} title @param {HTMLElement[]} content */
function field(title, ...content) {
  const set = document.createElement("fieldset");
  const whole = make("div", "pm-field");
  set.append(make("legend", "", title), ...content);
  whole.append(set);
  return whole;
}

/** @param {string} name @param {Record<string, string>} values  each with its words */
function radios(name, values) {
  const group = document.createElement("div");
  group.append(...Object.entries(values).map(([value, words]) => radio(PREFIX + name, value, words)));
  return group;
}

/** @param {string} name @param {string} value @param {string} words */
function radio(name, value, words) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name, value });
  label.append(input, words);
  return label;
}

begin(element("pm-device"), new Choices(localStore()));
