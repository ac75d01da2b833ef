/** One line that offers notifications, once on each device: browsers are asked for them after a click alone. */

import { element, make } from "./page.js";
import { loadStyles } from "./stylesheet.js";
import { gettext } from "./words.js";

const ID = "pm-offer";

/** @param {import("./choices.js").Choices} choices */
export async function offer(choices) {
  if (!canNotify()) return;
  await loadStyles(element("pm-help").dataset.css ?? "");
  if (!document.getElementById(ID)) element("pm-inbox").append(line(choices)); // below the list, which must not move under a finger
}

/** Chrome on Android names notifications and has none. Nothing is shown: they are not allowed yet. */
function canNotify() {
  try {
    return Boolean(new Notification(""));
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** @param {import("./choices.js").Choices} choices */
function line(choices) {
  const made = make("p", "pm-offer", gettext("Shall this device tell you of new messages?"));
  made.id = ID;
  made.append(
    " ", button(gettext("Yes"), () => end(choices, () => ask(choices))),
    " ", button(gettext("No"), () => end(choices, () => {})),
  );
  return made;
}

/** @param {string} words @param {() => void} act */
function button(words, act) {
  const made = make("button", "pm-link", words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** @param {import("./choices.js").Choices} choices @param {() => unknown} act */
async function end(choices, act) {
  choices.set("offer", "closed");
  element(ID).remove();
  await act();
}

/** @param {import("./choices.js").Choices} choices */
async function ask(choices) {
  if ((await Notification.requestPermission()) === "granted") choices.set("notify", "on");
}
