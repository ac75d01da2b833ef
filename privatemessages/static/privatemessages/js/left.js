/** How many characters are left of a message, once it is long. Loaded then. */

import { make } from "./page.js";
import { ngettext } from "./words.js";

const STEPS = 20; // of the limit: in the last two one sees what is left, and is told it at each
const SOON = 100; // ms; what a region holds from its beginning is not read aloud

/** @param {HTMLElement} place  changes with every key @param {string} text @param {number} limit  in code points */
export function showLeft(place, text, limit) {
  const left = limit - [...text.trim()].length;
  const step = Math.max(0, Math.ceil((left / limit) * STEPS));
  place.textContent = step > 2 ? "" : words(left);
  place.hidden = step > 2;
  place.classList.toggle("pm-over", left < 0);
  tell(place, String(step));
}

/** A screen reader would be told of every key. @param {HTMLElement} place @param {string} step */
function tell(place, step) {
  const told = /** @type {HTMLElement} */ (place.ariaHidden ? place.nextElementSibling : begin(place));
  if (told.dataset.step !== step) setTimeout(() => (told.textContent = place.textContent), SOON);
  told.dataset.step = step;
}

/** @param {HTMLElement} place */
function begin(place) {
  const told = make("p", "pm-unseen");
  told.setAttribute("role", "status");
  place.ariaHidden = "true";
  place.after(told);
  return told;
}

/** @param {number} left */
function words(left) {
  return left < 0
    ? ngettext("%(count)s character too many", "%(count)s characters too many", -left)
    : ngettext("%(count)s character left", "%(count)s characters left", left);
}
