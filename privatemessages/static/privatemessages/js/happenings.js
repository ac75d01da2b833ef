/**
 * What an entry says. What happened is said in the same sentences as in `privatemessages/events.py`. Pure.
 *
 * @typedef {import("./protocol.js").Happening} Happening
 * @typedef {{kind?: string, sender: {name: string} | null, text: string, event?: Happening | null}} Message
 */

import { fill, gettext } from "./words.js";

/** Asked for when one is needed: the catalog may load later. @type {Record<string, () => string>} */
const SENTENCES = {
  created: () => gettext("%(actor)s made this: %(value)s"),
  joined: () => gettext("%(actor)s came in"),
  added: () => gettext("%(actor)s added %(person)s"),
  left: () => gettext("%(actor)s left"),
  removed: () => gettext("%(actor)s removed %(person)s"),
  banned: () => gettext("%(actor)s banned %(person)s"),
  renamed: () => gettext("%(actor)s changed the name to %(value)s"),
  topic: () => gettext("%(actor)s set the topic: %(value)s"),
  topic_gone: () => gettext("%(actor)s took the topic away"),
  cleared: () => gettext("%(actor)s cleared the history"),
  closed: () => gettext("%(actor)s closed this: it can be read, but nobody may write"),
  reopened: () => gettext("%(actor)s opened this again"),
  erased: () => gettext("A message by a deleted person was removed"),
  appointed_owner: () => gettext("%(person)s is an owner now"),
  appointed_moderator: () => gettext("%(person)s is a moderator now"),
  appointed_member: () => gettext("%(person)s is not a moderator any more"),
};

/** In the person's language. @param {Message} message @returns {string} */
export function said({ kind, sender, text, event }) {
  if (event) return sentence(event, { actor: called(sender), person: called(event.person) }) ?? text;
  return kind === "action" ? `* ${called(sender)} ${text}` : text;
}

/** @param {{name: string} | null | undefined} person  nobody, where the account was deleted */
export function called(person) {
  return person?.name ?? gettext("A deleted person");
}

/** Nothing for what only a newer server can tell, which says it in English too. @param {Happening} event @param {Record<string, string>} names */
function sentence(event, names) {
  const name = nameOf(event);
  return Object.hasOwn(SENTENCES, name) ? fill(SENTENCES[name](), { ...names, value: event.value }) : null;
}

/** @param {Happening} event */
function nameOf({ code, value }) {
  if (code === "appointed") return `appointed_${value}`;
  return code === "topic" && !value ? "topic_gone" : code;
}
