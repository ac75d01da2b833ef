/** Django's JavaScript catalog, with its strings as they are where it did not load. */

import { number } from "./times.js";

/** @type {any} */
const catalog = globalThis;

/** @param {string} text @returns {string} */
export function gettext(text) {
  return catalog.gettext ? catalog.gettext(text) : text;
}

/** @param {string} one @param {string} many @param {number} count @returns {string} with the count put in */
export function ngettext(one, many, count) {
  const form = catalog.ngettext ? catalog.ngettext(one, many, count) : count === 1 ? one : many;
  return fill(form, { count });
}

/** The words with values in their places, whatever the values contain. @param {string} words @param {Record<string, string | number>} values */
export function fill(words, values) {
  return words.replace(/%\((\w+)\)s/g, (place, name) => (Object.hasOwn(values, name) ? String(values[name]) : place));
}

/** @param {number} length @param {number} limit  both in code points */
export function tooLong(length, limit) {
  const words = gettext("The message is too long: %(length)s of %(limit)s characters.");
  return fill(words, { length: number(length), limit: number(limit) });
}

/** Why a message was not sent. @param {string} code */
export function reason(code) {
  /** @type {Record<string, string>} */
  const words = {
    disconnected: gettext("The connection was lost each time it was sent."),
    removed: gettext("You do not belong to this conversation any more."),
    not_found: gettext("This conversation no longer exists."),
    may_not_post: gettext("You may not write here."),
    empty: gettext("The message is empty."),
    too_long: gettext("The message is too long."),
    bad_text: gettext("The message contains characters that cannot be stored."),
  };
  return words[code] ?? gettext("It was refused.");
}

/** Why a command was not carried out, where nobody said it in words; empty for what only the server can tell. @param {string} code */
export function commandFault(code) {
  /** @type {Record<string, string>} */
  const words = {
    not_found: gettext("This conversation no longer exists."),
    rate_limited: gettext("Too many commands at once. Wait a moment."),
    unavailable: gettext("This cannot be done just now. Try again later."),
    too_long: gettext("The message is too long."),
    bad_text: gettext("The message contains characters that cannot be stored."),
  };
  return words[code] ?? "";
}
