/** One line that offers notifications, once on each device: browsers are asked for them after a click alone. */

import { element, make } from "./page.js";
import { gettext } from "./words.js";

const ID = "pm-offer";

/** @param {import("./choices.js").Choices} choices */
export function offer(choices) {
  if (document.getElementById(ID)) return;
  const line = make("p", "pm-offer", gettext("Shall this device tell you of new messages?"));
  line.id = ID;
  const answer = (/** @type {string} */ words, /** @type {() => unknown} */ act) => {
    const button = make("button", "pm-link", words);
    button.type = "button";
    button.addEventListener("click", () => end(choices, act));
    line.append(" ", button);
  };
  answer(gettext("Yes"), () => ask(choices));
  answer(gettext("No"), () => {});
  element("pm-status").append(line);
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
