/**
 * What the server put into the page.
 *
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {{
 *   id: number, kind: string, title: string, topic: string, closed: boolean, muted_until: number | null, member_count: number,
 *   people: import("./protocol.js").Sender[],
 *   version: number, read: number, unread: number, active_at: number, last_message: Message | null,
 *   total: number, sent: number, received: number, may_post: boolean,
 * }} Card
 * @typedef {{
 *   user: import("./protocol.js").Sender, socket_url: string, api_url: string, inbox_url: string,
 *   login_url: string, logout_url: string, text_limit: number, thread: Card | null, messages: Message[], version: number,
 *   cleared: number, commands: import("./completion.js").Command[], threads: Card[],
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
