/**
 * What can be completed at the cursor, and how the text goes on then. Pure.
 *
 * @typedef {{name: string, usage: string, help: string, takes_member: boolean}} Command
 * @typedef {{kind: "command" | "argument" | "mention" | "emoji", query: string, start: number}} Wanted
 *   `start`: where in the text begins what the completed word replaces
 * @typedef {{name: string, words: string, help: string, insert: string}} Option
 */

const COMMAND = /^\s*(\/([^\s/]*))$/u;
const ARGUMENT = /^\s*\/(\S+)\s+(@?([^\s@]*))$/u;
const MENTION = /(?:^|\s)(@(\S*))$/u;
const EMOJI = /(?<![\w\p{L}:/@`])(:([a-z]{2}[\w+-]*|[+-]1))$/iu;
const CLOSED = /(?<![\w\p{L}:/@`]):([\w+-]+):/gu;

/**
 * @param {string} before  the text before the cursor
 * @param {Command[]} commands
 * @returns {Wanted | null}
 */
export function wantedAt(before, commands) {
  const [, slashed, query] = COMMAND.exec(before) ?? [];
  if (slashed) return { kind: "command", query, start: before.length - slashed.length };
  const [, name, argument, person] = ARGUMENT.exec(before) ?? [];
  const takes = commands.some((command) => command.name === name?.toLowerCase() && command.takes_member);
  if (takes) return { kind: "argument", query: person, start: before.length - argument.length };
  const [, mention, mentioned] = MENTION.exec(before) ?? [];
  if (mention) return { kind: "mention", query: mentioned, start: before.length - mention.length };
  const [, begun, emoji] = EMOJI.exec(before) ?? [];
  return begun ? { kind: "emoji", query: emoji, start: before.length - begun.length } : null;
}

/**
 * Names between colons, the last one first.
 *
 * @param {string} before  the text before the cursor
 * @param {number} from  where in it begins what is new; the closing colon is
 * @returns {{name: string, start: number}[]}
 */
export function closedIn(before, from) {
  const found = [...before.matchAll(CLOSED)].filter(({ 0: { length }, index }) => index + length > from);
  return found.map(({ 1: name, index }) => ({ name, start: index })).reverse();
}

/** @param {Command[]} commands @param {string} query @returns {Option[]} */
export function commandOptions(commands, query) {
  const fitting = commands.filter(({ name }) => name.startsWith(query.toLowerCase()));
  return fitting.map(({ name, usage, help }) => ({ name, words: usage, help, insert: `/${name} ` }));
}

/** A name of several words is one argument in quotation marks. @param {string[]} names @param {Wanted} wanted @returns {Option[]} */
export function memberOptions(names, { kind }) {
  const written = (/** @type {string} */ name) => (kind === "mention" ? `@${name}` : /\s/u.test(name) ? `"${name}"` : name);
  return names.map((name) => ({ name, words: name, help: "", insert: `${written(name)} ` }));
}

/** What is written out already is sent by Enter, not completed. @param {Option[]} options @param {string} query @returns {number} */
export function chosenAtFirst(options, query) {
  return options.some(({ name }) => name.toLowerCase() === query.toLowerCase()) ? -1 : 0;
}
