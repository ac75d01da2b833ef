/**
 * The JSON API. What fails is an ApiError or the TypeError of a network that is away.
 *
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Sender} Sender
 * @typedef {import("./page.js").Card} Card
 * @typedef {import("./page.js").Opening} Opening
 * @typedef {{messages: Message[], version: number, cleared: number, is_oldest: boolean, is_newest: boolean}} MessagePage
 */

const TIMEOUT = 15_000; // ms
const SUGGESTED = 8; // names

export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {string} [detail]  for people, translated */
  constructor(status, code, detail = "") {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

export class Api {
  /** @param {string} base  ends in a slash */
  constructor(base) {
    this.base = base;
  }

  /** @returns {Promise<{user: Sender, threads: Record<string, import("./protocol.js").Head>}>} */
  heads = () => this.#get("heads");
  /** @param {{before?: string, limit?: number, query?: string, unread?: boolean}} [cut] @returns {Promise<{threads: Card[], next: string | null}>} */
  threads = (cut) => this.#get("threads", cut);
  /** @param {number} id @returns {Promise<Card>} */
  thread = (id) => this.#get(`threads/${id}`);
  /** @param {number} id @param {{at?: number}} [where] @returns {Promise<Opening>} */
  opening = (id, where) => this.#get(`threads/${id}/opening`, where);
  /** @param {number} id @param {{before?: number, after?: number, around?: number, limit: number}} cut @returns {Promise<MessagePage>} */
  messages = (id, cut) => this.#get(`threads/${id}/messages`, cut);
  /** @param {number} id @param {number} since @returns {Promise<{messages: Message[], version: number, cleared: number, complete: boolean}>} */
  changes = (id, since) => this.#get(`threads/${id}/changes`, { since });
  /** @param {number} id @param {string} query @returns {Promise<{members: {person: Sender}[]}>} */
  members = (id, query) => this.#get(`threads/${id}/members`, { query, limit: SUGGESTED });
  /** @param {number} id @returns {Promise<import("./presence.js").Present>} */
  present = (id) => this.#get(`threads/${id}/present`);
  /** @param {string} start @returns {Promise<{people: Sender[]}>} */
  people = (start) => this.#get("people", { q: start });
  /** @param {number[]} threads  direct ones, at most 100 @returns {Promise<{presence: Record<string, NonNullable<Card["presence"]>>}>} */
  presence = (threads) => this.#get("presence", { threads: threads.join(",") });
  /** @param {string} query @returns {Promise<{rooms: {id: number, slug: string, title: string, is_member: boolean}[]}>} */
  rooms = (query) => this.#get("rooms", { query, limit: SUGGESTED });

  /** @param {string} user_id @returns {Promise<Card>} */
  start = (user_id) => this.#post("threads", { kind: "direct", user_id });
  /** @param {{thread: number, id: string, text: string}} message @returns {Promise<Message>} */
  send = ({ thread, id, text }) => this.#post(`threads/${thread}/messages`, { id, text });
  /** @param {number} id @param {string} text @returns {Promise<{text: string, code: string | null}>} */
  command = (id, text) => this.#post(`threads/${id}/commands`, { text });
  /** @param {number} id @param {number} seq @returns {Promise<{seq: number}>} */
  read = (id, seq) => this.#post(`threads/${id}/read`, { seq });
  /** @param {number} id */
  markUnread = (id) => this.#post(`threads/${id}/unread`, {});
  /** @param {number} id @param {boolean} silent */
  silence = (id, silent) => this.#call(silent ? "PUT" : "DELETE", `threads/${id}/silence`);

  /** @param {string} path @param {Record<string, any>} [query] @returns {Promise<any>} */
  #get(path, query = {}) {
    const params = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined));
    return this.#call("GET", params.size ? `${path}?${params}` : path);
  }

  /** @param {string} path @param {object} content @returns {Promise<any>} */
  #post(path, content) {
    return this.#call("POST", path, JSON.stringify(content));
  }

  /** @param {string} method @param {string} path @param {string} [body] @returns {Promise<any>} */
  async #call(method, path, body) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token() };
    const answer = await fetch(this.base + path, { method, headers, body, signal: AbortSignal.timeout(TIMEOUT) });
    if (!answer.ok) throw await refusal(answer);
    return answer.status === 204 ? null : answer.json();
  }
}

/** Every page of the messenger has a form. */
function token() {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[name=csrfmiddlewaretoken]"));
  return field?.value ?? "";
}

/** @param {Response} answer */
async function refusal(answer) {
  try {
    const { code, detail } = await answer.json();
    return new ApiError(answer.status, String(code), String(detail));
  } catch {
    return new ApiError(answer.status, answer.statusText); // not our own JSON: a proxy's page
  }
}
