/**
 * The wire as the browser sees it: frames out, frames in, and what a close code asks for. Pure.
 *
 * @typedef {{id: string, name: string}} Sender
 * @typedef {{code: string, person: Sender | null, value: string, members: number | null}} Happening
 *   `person`: to whom it was done; `members`: how many there are now, where it is told at once.
 * @typedef {{
 *   thread: number, sender: Sender | null, id: string, kind: string, text: string, event?: Happening | null,
 *   sent_at: number, reply_to: number | null, seq: number | null, version: number | null,
 * }} Message  Times are milliseconds since 1970 UTC; `seq` is null while it is only spoken.
 * @typedef {{version: number, read: number}} Head
 * @typedef {{type: string} & Record<string, any>} Frame
 * @typedef {"reconnect" | "sign_in" | "stop" | "use_here"} Act
 * @typedef {{act: Act, wait: number, tooLarge: boolean}} Policy  `wait` is milliseconds on top of the backoff.
 */

export const SUBPROTOCOL = "privatemessages.v1";

const SLASH = "/"; // begins a command

const BACKOFF_FLOOR = 500; // ms
const BACKOFF_CEILING = 30_000; // ms
const FLOOD_WAIT = 30_000; // ms
const SIGN_IN_WAIT = 1_000; // ms; a session that is being renewed has its cookie by then

const TOO_BIG = 1009;
const FLOOD = 4005;
const FIRST_FINAL = 4500;
const LAST_FINAL = 4999;
const NOT_SIGNED_IN = 4501;
const TOO_MANY_SOCKETS = 4504;

/** Codes after which sending the same text again cannot help. */
const HOPELESS = new Set(["not_found", "may_not_post", "empty", "too_long", "bad_text", "malformed"]);

/** A text that begins with a slash would be a command there. @param {{id: string, thread: number, text: string}} message */
export function send({ id, thread, text }) {
  return JSON.stringify({ type: "send", id, thread, text: text.startsWith(SLASH) ? SLASH + text : text });
}

/** @param {{id: string, thread: number, text: string}} command  the text with its slash */
export function command({ id, thread, text }) {
  return JSON.stringify({ type: "send", id, thread, text });
}

/** Of what was written and stripped: "/who" is a command, "//who" is how to write "/who". @param {string} text */
export function isCommand(text) {
  return text.startsWith(SLASH) && !text.startsWith(SLASH + SLASH);
}

/** What is meant by a text that is no command. @param {string} text */
export function literal(text) {
  return text.startsWith(SLASH + SLASH) ? text.slice(1) : text;
}

/** @param {number} thread @param {number} seq */
export function read(thread, seq) {
  return JSON.stringify({ type: "read", thread, seq });
}

/** @param {number} thread */
export function typing(thread) {
  return JSON.stringify({ type: "typing", thread });
}

export function ping() {
  return JSON.stringify({ type: "ping" });
}

/**
 * A frame of a known type whose fields can be relied on, else null: a newer server may know more.
 *
 * @param {unknown} raw
 * @returns {Frame | null}
 */
export function parse(raw) {
  const frame = decode(raw);
  const fits = isObject(frame) && Object.hasOwn(SHAPES, frame.type) && SHAPES[frame.type];
  return fits && fits(frame) ? frame : null;
}

/** @param {unknown} raw */
function decode(raw) {
  try {
    return typeof raw === "string" ? JSON.parse(raw) : null;
  } catch {
    return null;
  }
}

/** @type {Record<string, (frame: any) => boolean>} */
const SHAPES = {
  hello: (frame) => isObject(frame.user) && isText(frame.user.id) && areHeads(frame.threads),
  message: isMessage,
  accepted: (frame) => isNumber(frame.thread) && isText(frame.id),
  stored: (frame) => isNumber(frame.thread) && isList(frame.messages, isPlace),
  refused: (frame) => isNumber(frame.thread) && isText(frame.sender) && isText(frame.id),
  heads: (frame) => areHeads(frame.threads),
  read: (frame) => isNumber(frame.thread) && isText(frame.user) && isNumber(frame.seq),
  typing: (frame) => isNumber(frame.thread) && isText(frame.user) && isText(frame.name),
  presence: (frame) => isNumber(frame.thread) && isText(frame.user) && isTruth(frame.here) && isOptional(frame.seen_at, isNumber),
  place: (frame) => isNumber(frame.thread) && isTruth(frame.marked_unread) && isTruth(frame.silent),
  joined: (frame) => isNumber(frame.thread),
  removed: (frame) => isNumber(frame.thread),
  thread: isThread,
  rights: (frame) => isNumber(frame.thread) && isTruth(frame.may_post) && isOptional(frame.muted_until, isNumber),
  notice: (frame) => isNumber(frame.thread) && isText(frame.text) && isOptional(frame.id, isText) && isOptional(frame.code, isText),
  error: (frame) => isText(frame.code),
  pong: () => true,
};

/** @param {any} value */
function isMessage(value) {
  const { thread, sender, id, kind, text, event, sent_at, seq, version } = value;
  const known = isNumber(thread) && isText(id) && isText(kind) && isText(text) && isNumber(sent_at);
  const placed = seq === null ? version === null : isNumber(seq) && isNumber(version);
  return known && placed && isOptional(sender, isPerson) && isOptional(event, isHappening);
}

/** @param {any} value */
function isHappening(value) {
  const { code, person, value: said, members } = value;
  return isText(code) && isText(said) && isOptional(person, isPerson) && isOptional(members, isNumber);
}

/** @param {any} value */
function isThread({ thread, version, title, topic, closed, cleared }) {
  return isNumber(thread) && isNumber(version) && isText(title) && isText(topic) && isTruth(closed) && isNumber(cleared);
}

const isPlace = (/** @type {any} */ value) =>
  isObject(value) && isText(value.sender) && isText(value.id) && isNumber(value.seq);
const areHeads = (/** @type {any} */ value) =>
  isObject(value) && Object.values(value).every((head) => isNumber(head?.version));
const isPerson = (/** @type {any} */ value) => isText(value.id) && isText(value.name);
const isObject = (/** @type {any} */ value) => typeof value === "object" && value !== null;
const isText = (/** @type {any} */ value) => typeof value === "string";
const isTruth = (/** @type {any} */ value) => typeof value === "boolean";
const isNumber = (/** @type {any} */ value) => Number.isSafeInteger(value) && value >= 0;
const isList = (/** @type {any} */ value, /** @type {(item: any) => boolean} */ fits) =>
  Array.isArray(value) && value.every(fits);
const isOptional = (/** @type {any} */ value, /** @type {(item: any) => boolean} */ fits) =>
  (value ?? null) === null || fits(value);

/**
 * What the text's length or content rules out, with the server's code; null when it may be sent.
 *
 * @param {string} text  stripped
 * @param {number} limit  code points
 * @returns {"empty" | "too_long" | "bad_text" | null}
 */
export function problemWith(text, limit) {
  if (!text) return "empty";
  if (text.includes("\0") || /\p{Surrogate}/u.test(text)) return "bad_text";
  return text.length > limit && [...text].length > limit ? "too_long" : null;
}

/** @param {string} code */
export function isHopeless(code) {
  return HOPELESS.has(code);
}

/**
 * Close codes as policy: 4500 to 4999 do not reconnect by themselves, all others do.
 *
 * @param {number} code
 * @returns {Policy}
 */
export function afterClose(code) {
  if (code === NOT_SIGNED_IN) return { act: "sign_in", wait: SIGN_IN_WAIT, tooLarge: false };
  if (code === TOO_MANY_SOCKETS) return { act: "use_here", wait: 0, tooLarge: false };
  if (code >= FIRST_FINAL && code <= LAST_FINAL) return { act: "stop", wait: 0, tooLarge: false };
  return { act: "reconnect", wait: code === FLOOD ? FLOOD_WAIT : 0, tooLarge: code === TOO_BIG };
}

/**
 * Full jitter, so that a worker's thousand sockets do not come back in the same moment.
 *
 * @param {number} attempt  0 for the first
 * @param {number} chance  from 0 to 1
 * @returns {number} milliseconds
 */
export function backoff(attempt, chance) {
  return chance * Math.min(BACKOFF_CEILING, BACKOFF_FLOOR * 2 ** Math.min(attempt, 16));
}
