/**
 * The JSON API, reading. What fails is an ApiError or the TypeError of a network that is away.
 *
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./page.js").Card} Card
 */

const TIMEOUT = 15_000; // ms
const SUGGESTED = 8; // names

export class ApiError extends Error {
  /** @param {number} status @param {string} code */
  constructor(status, code) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

export class Api {
  /** @param {string} base  ends in a slash */
  constructor(base) {
    this.base = base;
  }

  /** @param {number} id @returns {Promise<Card>} */
  thread(id) {
    return this.#get(`threads/${id}`, {});
  }

  /** @returns {Promise<{threads: Card[], next: string | number | null}>} */
  threads() {
    return this.#get("threads", {});
  }

  /** @param {number} id @param {{before?: number, limit: number}} cut @returns {Promise<{messages: Message[], version: number, cleared: number}>} */
  messages(id, cut) {
    return this.#get(`threads/${id}/messages`, cut);
  }

  /** @param {number} id @param {number} since @returns {Promise<{messages: Message[], version: number, cleared: number, complete: boolean}>} */
  changes(id, since) {
    return this.#get(`threads/${id}/changes`, { since });
  }

  /** @param {number} id @param {string} query @returns {Promise<{members: {person: {id: string, name: string}}[]}>} */
  members(id, query) {
    return this.#get(`threads/${id}/members`, { query, limit: SUGGESTED });
  }

  /** @param {number} id @returns {Promise<import("./presence.js").Present>} */
  present(id) {
    return this.#get(`threads/${id}/present`, {});
  }

  /** @param {string} start @returns {Promise<{people: {id: string, name: string}[]}>} */
  people(start) {
    return this.#get("people", { q: start });
  }

  /** @param {string} path @param {Record<string, string | number>} query @returns {Promise<any>} */
  async #get(path, query) {
    const params = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const answer = await fetch(`${this.base}${path}${params.size ? `?${params}` : ""}`, {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (!answer.ok) throw new ApiError(answer.status, await codeOf(answer));
    return answer.json();
  }
}

/** @param {Response} answer */
async function codeOf(answer) {
  try {
    return String((await answer.json()).code);
  } catch {
    return answer.statusText; // not our own JSON: a proxy's page
  }
}
