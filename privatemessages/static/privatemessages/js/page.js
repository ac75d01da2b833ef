/**
 * What the server put into the page.
 *
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Sender} Sender
 * @typedef {{
 *   id: number, kind: string, title: string, slug: string | null, topic: string, closed: boolean, muted_until: number | null,
 *   member_count: number, people: Sender[], version: number, read: number, unread: number, active_at: number,
 *   last_message: Message | null, total: number, sent: number, received: number, may_post: boolean,
 *   silent: boolean, marked_unread: boolean, presence: {here: boolean, seen_at: number | null} | null,
 * }} Card
 * @typedef {{
 *   thread: Card, messages: Message[], version: number, cleared: number, is_oldest: boolean, is_newest: boolean,
 *   first_unread: number | null, reads: {user: Sender, seq: number}[], commands: import("./completion.js").Command[],
 * }} Opening
 * @typedef {{
 *   user: Sender, socket_url: string, api_url: string, inbox_url: string, login_url: string, logout_url: string,
 *   text_limit: number, preferences: {shows_presence: boolean, shows_last_seen: boolean, shows_typing: boolean},
 *   threads: Card[], next: string | null, opening: Opening | null,
 * }} Page  Times are ms since 1970.
 */

/** @returns {Page} */
export function readPage() {
  return JSON.parse(element("pm-page").textContent ?? "");
}

/** @param {string} id @returns {HTMLElement} */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element #${id}.`);
  return found;
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} className
 * @param {string} [text]  always text, never markup: people wrote it
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function make(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
