/** Moments in the person's own zone and language, and numbers in the latter. */

const language = document.documentElement.lang || "en";
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
const shortDate = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const numerals = new Intl.NumberFormat(language);

/** @param {number} moment  ms since 1970 */
export const hour = (moment) => clock.format(moment);
/** @param {number} moment */
export const day = (moment) => date.format(moment);
/** @param {number} moment */
export const full = (moment) => whole.format(moment);
/** @param {number} value */
export const number = (value) => numerals.format(value);

/** The hour of today, the date of every other day. @param {number} moment */
export function brief(moment) {
  return day(moment) === day(Date.now()) ? hour(moment) : shortDate.format(moment);
}
