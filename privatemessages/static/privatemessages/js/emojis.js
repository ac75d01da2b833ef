/** Emoji by the names that are written between colons. Loaded when one is. Pure. */

import { EMOJI } from "../vendor/emoji.js";

const OFFERED = 8;

/** @type {Map<string, string>} */
const NAMED = new Map(EMOJI.flatMap(([emoji, names]) => names.split(" ").map((name) => [name, emoji])));

/** @param {string} name @returns {string | undefined} */
export function emojiNamed(name) {
  return NAMED.get(name.toLowerCase());
}

/** Those whose name begins so, then those of which a later word does; short names first. @param {string} query */
export function emojiOptions(query) {
  const begin = query.toLowerCase();
  const names = [...NAMED.keys()].sort((one, other) => one.length - other.length);
  const found = [...names.filter((name) => name.startsWith(begin)), ...names.filter((name) => name.includes(`_${begin}`))];
  return [...new Set(found)].slice(0, OFFERED).map(option);
}

/** @param {string} name @returns {import("./completion.js").Option} */
function option(name) {
  const emoji = NAMED.get(name) ?? "";
  return { name, words: `${emoji} :${name}:`, help: "", insert: emoji };
}
