/**
 * In place of sockets, where something between lets none pass: asks the JSON API what they would
 * tell, and gives it what they would take. A frame that it makes up of heads is marked `polled`.
 *
 * @typedef {import("./protocol.js").Frame} Frame
 * @typedef {{user: import("./protocol.js").Sender, threads: Record<string, import("./protocol.js").Head>}} Heads
 * @typedef {{id: string, thread: number, text: string}} Send
 * @typedef {{frame: (frame: Frame) => void, phase: (phase: import("./socket.js").Phase) => void, worked?: boolean}} Listener
 *   `worked`: sockets came through before
 */

import { ApiError } from "./api.js";
import { isCommand, literal } from "./protocol.js";

const SEEN_PAUSE = 4_000; // ms between two questions of a page that is seen
const HIDDEN_PAUSE = 15_000; // ms
const PATIENCE = 3; // times longer where sockets came through before: the workers are away, and thousands of pages ask
const LONGEST_PAUSE = 60_000; // ms, while nothing answers
const NOT_SIGNED_IN = 401; // HTTP
const TOO_MANY = 429; // HTTP
const FAULT = 500; // HTTP; from here on it is not about what was asked
const FOREIGN_TOKEN = "forbidden"; // somebody signed in meanwhile, and the page has an older CSRF token

export class Polling {
  #timer = 0;
  #failures = 0;
  #asking = false;
  #ended = false;
  /** @type {Record<string, import("./protocol.js").Head> | null} null while nothing answers */
  #threads = null;
  /** @type {Map<number, string>} thread to the message that is on its way */
  #onTheWay = new Map();
  /** @type {Map<number, number>} thread to the read mark that is not stored yet */
  #marks = new Map();

  /** @param {import("./api.js").Api} api @param {string} me @param {Listener} listener */
  constructor(api, me, listener) {
    this.api = api;
    this.me = me;
    this.listener = listener;
  }

  /** @param {Heads} heads  as they are now */
  begin(heads) {
    this.#learn(heads);
    this.#later();
  }

  stop() {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  /** Asks now. */
  async look() {
    if (this.#asking || this.#ended) return;
    this.#asking = true;
    try {
      this.#learn(await this.api.heads());
    } catch (error) {
      this.#failed(error);
    }
    this.#asking = false;
    this.#later();
  }

  #later() {
    clearTimeout(this.#timer);
    if (!this.#ended) this.#timer = setTimeout(() => this.look(), this.#pause());
  }

  /** @returns {number} ms */
  #pause() {
    const pause = document.visibilityState === "visible" ? SEEN_PAUSE : HIDDEN_PAUSE;
    const patience = this.listener.worked ? PATIENCE : 1;
    return Math.min(LONGEST_PAUSE, pause * patience * 2 ** Math.min(this.#failures, 8));
  }

  /** @param {Heads} heads */
  #learn({ user, threads }) {
    if (this.#ended) return;
    if (user.id !== this.me) return this.#end("signed_out");
    const before = this.#threads;
    this.#threads = threads;
    this.#failures = 0;
    if (before) this.#compare(before, threads);
    else this.#greet(user, threads);
    for (const thread of this.#marks.keys()) this.#mark(thread);
  }

  /** @param {import("./protocol.js").Sender} user @param {Heads["threads"]} threads */
  #greet(user, threads) {
    this.listener.phase("polling");
    this.#tell({ type: "hello", user, threads, polled: true });
  }

  /** @param {Heads["threads"]} before @param {Heads["threads"]} threads */
  #compare(before, threads) {
    for (const id of Object.keys(before)) if (!threads[id]) this.#tell({ type: "removed", thread: Number(id) });
    for (const id of Object.keys(threads)) if (!before[id]) this.#tell({ type: "joined", thread: Number(id), head: threads[id] });
    this.#tell({ type: "heads", threads, polled: true });
    for (const [id, { read }] of Object.entries(threads)) if (read > (before[id]?.read ?? read)) this.#tellRead(Number(id), read);
  }

  /** @param {unknown} error  of a question */
  #failed(error) {
    this.#failures += 1;
    if (error instanceof ApiError && error.status === NOT_SIGNED_IN) return this.#end("signed_out");
    if (this.#threads && !this.#ended) this.listener.phase("waiting");
    this.#threads = null;
  }

  /** @param {"signed_out" | "stopped"} phase */
  #end(phase) {
    if (this.#ended) return;
    this.stop();
    this.listener.phase(phase);
  }

  /** @param {string} text  a frame @returns {boolean} whether it is on its way */
  send(text) {
    if (this.#ended || !this.#threads) return false;
    const frame = JSON.parse(text);
    if (frame.type === "read") this.#read(frame);
    if (frame.type !== "send") return true;
    return isCommand(frame.text) ? this.#give(frame) : this.#post(frame);
  }

  /** One for each thread, so that none overtakes another. @param {Send} message */
  #post({ thread, id, text }) {
    const busy = this.#onTheWay.get(thread);
    if (!busy) this.#carry({ thread, id, text: literal(text) });
    return !busy || busy === id;
  }

  /** @param {Send} message */
  async #carry(message) {
    this.#onTheWay.set(message.thread, message.id);
    const answer = await this.#asked(message.id, async () => ({ type: "message", ...(await this.api.send(message)) }));
    this.#onTheWay.delete(message.thread);
    this.#tell(answer);
  }

  /** @param {Send} command */
  #give({ thread, id, text }) {
    const ask = async () => ({ type: "notice", thread, id, ...(await this.api.command(thread, text)) });
    this.#asked(id, ask).then((answer) => this.#tell(answer));
    return true;
  }

  /** @param {string} id @param {() => Promise<Frame>} ask @returns {Promise<Frame>} the answer, or what was wrong */
  async #asked(id, ask) {
    try {
      return await ask();
    } catch (error) {
      this.#doubt(error);
      return { type: "error", id, ...faultOf(error), retry_after: this.#pause() };
    }
  }

  /** Whether anything answers, and to whom, is seen by asking. @param {unknown} error */
  #doubt(error) {
    if (error instanceof ApiError && error.code === FOREIGN_TOKEN) this.#end("stopped");
    else if (!isAnswer(error)) this.look();
  }

  /** @param {{thread: number, seq: number}} mark */
  #read({ thread, seq }) {
    this.#marks.set(thread, Math.max(seq, this.#marks.get(thread) ?? 0));
    this.#mark(thread);
  }

  /** What fails is tried again after the next question. @param {number} thread */
  async #mark(thread) {
    const seq = Number(this.#marks.get(thread));
    try {
      await this.api.read(thread, seq);
      this.#tellRead(thread, seq);
    } catch (error) {
      if (!isAnswer(error)) return;
    }
    if (this.#marks.get(thread) === seq) this.#marks.delete(thread);
  }

  /** @param {number} thread @param {number} seq */
  #tellRead(thread, seq) {
    this.#tell({ type: "read", thread, user: this.me, seq });
  }

  /** @param {Frame} frame */
  #tell(frame) {
    if (!this.#ended) this.listener.frame(frame);
  }
}

/** Whether it is about what was asked, and would be said again. @param {unknown} error @returns {error is ApiError} */
function isAnswer(error) {
  return error instanceof ApiError && error.status < FAULT && ![NOT_SIGNED_IN, TOO_MANY].includes(error.status);
}

/** As a socket would tell it. @param {unknown} error */
function faultOf(error) {
  if (isAnswer(error)) return { code: error.code, detail: error.detail };
  const isLimit = error instanceof ApiError && error.status === TOO_MANY;
  return { code: isLimit ? "rate_limited" : "unavailable", detail: "" };
}
