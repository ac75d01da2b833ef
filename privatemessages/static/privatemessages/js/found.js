/**
 * What the switcher offers for what was typed. Pure.
 *
 * @typedef {import("./page.js").Card} Card
 * @typedef {import("./protocol.js").Sender} Sender
 * @typedef {{id: number, slug: string, title: string, is_member: boolean}} Room
 * @typedef {{threads: Card[], people: Sender[], rooms: Room[]}} Found  what the server knows
 */

const MOST = 8; // of one kind
const RECENT = 20; // conversations, while nothing is typed

/** @type {Found} */
export const NOTHING = { threads: [], people: [], rooms: [] };

/**
 * A person with whom there is a conversation, and a room that is entered, are that conversation.
 *
 * @param {string} query @param {Card[]} cards  those of the inbox, the most recent first @param {Found} found
 * @returns {Found}
 */
export function offered(query, cards, found) {
  const threads = query ? matching(query, cards, found.threads) : recent(cards);
  const talked = new Set(threads.filter(({ kind }) => kind === "direct").flatMap(({ people }) => people.map(({ id }) => id)));
  const entered = new Set(threads.map(({ id }) => id));
  const people = found.people.filter(({ id }) => !talked.has(id)).slice(0, MOST);
  return { threads, people, rooms: found.rooms.filter(({ id }) => !entered.has(id)).slice(0, MOST) };
}

/** Unread ones first. @param {Card[]} cards */
function recent(cards) {
  const isNew = (/** @type {Card} */ card) => !card.silent && (card.unread > 0 || card.marked_unread);
  return [...cards.filter(isNew), ...cards.filter((card) => !isNew(card))].slice(0, RECENT);
}

/** Those whose title begins so come first. @param {string} query @param {Card[]} cards @param {Card[]} others */
function matching(query, cards, others) {
  const known = new Set(cards.map(({ id }) => id));
  const fitting = cards.filter(({ title }) => fits(query, title));
  const begin = fitting.filter(({ title }) => plain(title).startsWith(plain(query)));
  return [...new Set([...begin, ...fitting, ...others.filter(({ id }) => !known.has(id))])].slice(0, MOST);
}

/** What still fits, until the server answers. @param {string} query @param {Found} found @returns {Found} */
export function narrowed(query, { threads, people, rooms }) {
  if (!query) return NOTHING;
  const titled = (/** @type {{title: string}} */ { title }) => fits(query, title);
  return { threads: threads.filter(titled), people: people.filter(({ name }) => fits(query, name)), rooms: rooms.filter(titled) };
}

/** In any letter case, with or without accents. @param {string} query @param {string} words */
export function fits(query, words) {
  return plain(words).includes(plain(query));
}

/** @param {string} words */
function plain(words) {
  return words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
