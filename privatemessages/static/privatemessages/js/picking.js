/** What the emoji picker shows, and where its keys lead. Pure. */

import { keep } from "./storage.js";

export const COLUMNS = 7;
const MOST_FOUND = 20 * COLUMNS;
const MOST_RECENT = 3 * COLUMNS;
const RECENT = "privatemessages.emoji";

/**
 * @typedef {{emoji: string, label: string, name: string, category: number, words: string}} Pick
 *   `label` in the person's language, `name` the one between colons; `words`: all that it is searched by
 * @param {[string, string, number][]} data  of vendor/emoji.js
 * @param {string[]} words  of the language's file beside it
 * @returns {Pick[]}
 */
export function picks(data, words) {
  return data.map(([emoji, names, category], at) => {
    const [label, tags] = words[at].split("|");
    return { emoji, label, name: names.split(" ")[0], category, words: simple(`${label} ${names} ${tags}`) };
  });
}

/** Those that have all the words, or words that begin so; first those that are called so. @param {Pick[]} all @param {string} query */
export function find(all, query) {
  const wanted = simple(query);
  const begins = wanted.split(/(?= )/);
  const found = all.filter(({ words }) => begins.every((begin) => words.includes(begin)));
  return found.sort((one, other) => likeness(other, wanted) - likeness(one, wanted)).slice(0, MOST_FOUND);
}

/** @param {Pick} pick @param {string} wanted */
function likeness({ label, name }, wanted) {
  const called = [simple(label), simple(name)];
  return called.includes(wanted) ? 2 : Number(called.some((words) => words.startsWith(wanted)));
}

/** Every word with a space before it. @param {string} text */
function simple(text) {
  return ` ${text.toLowerCase().replaceAll("ё", "е").replace(/[:_\s]+/g, " ").trim()}`;
}

/** @param {string} key @param {number} at @param {number} count @returns {number | undefined} above the first row: less than 0 */
export function moved(key, at, count) {
  /** @type {Record<string, number>} */
  const places = { ArrowLeft: Math.max(at - 1, 0), ArrowRight: at + 1, ArrowUp: at - COLUMNS, ArrowDown: at + COLUMNS, Home: 0, End: count - 1 };
  const place = places[key];
  return place === undefined ? place : Math.min(place, count - 1);
}

/** The last ones first. @param {Storage} storage @returns {string[]} */
export function recent(storage) {
  return (storage.getItem(RECENT) ?? "").split(" ").filter(Boolean);
}

/** @param {Storage} storage @param {string} emoji */
export function remember(storage, emoji) {
  const others = recent(storage).filter((other) => other !== emoji);
  keep(storage, RECENT, [emoji, ...others].slice(0, MOST_RECENT).join(" "));
}
