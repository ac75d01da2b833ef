/**
 * One connection that comes back by itself, as far as the close codes allow. Knows no HTML.
 *
 * @typedef {"connecting" | "open" | "waiting" | "silent" | "signed_out" | "stopped" | "elsewhere"} Phase
 * @typedef {{
 *   frame: (frame: import("./protocol.js").Frame) => void, phase: (phase: Phase) => void,
 *   lost: (tooLarge: boolean) => void, isAnswerLate: () => boolean,
 * }} Listener
 */

import { Heartbeat } from "./heartbeat.js";
import { SUBPROTOCOL, afterClose, backoff, parse, ping } from "./protocol.js";

const HELLO_WAIT = 10_000; // ms from the attempt to `hello`
const QUIET_RESET = 30_000; // ms without a loss, after which the backoff starts from its beginning
const BROKEN = 1006;

/** @type {Record<string, Phase>} */
const ENDS = { stop: "stopped", use_here: "elsewhere" };

export class Connection {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Phase} */
  phase = "connecting";
  #attempt = 0;
  #refusals = 0; // closed with "not signed in", one after the other
  #retry = 0;
  #patience = 0;
  #calm = 0;

  /** @param {string} url @param {Listener} listener */
  constructor(url, listener) {
    this.url = url;
    this.listener = listener;
    this.heartbeat = new Heartbeat({
      ping: () => this.send(ping()),
      lost: () => this.lose(),
      isAnswerLate: listener.isAnswerLate,
    });
  }

  /** Connects now, unless it is connected or on its way. */
  open() {
    if (this.#socket) return;
    clearTimeout(this.#retry);
    const socket = new WebSocket(this.url, SUBPROTOCOL);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(data);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#patience = setTimeout(() => this.lose(), HELLO_WAIT);
    this.#enter("connecting");
  }

  /** @param {string} text @returns {boolean} whether it was handed to the network */
  send(text) {
    const ready = this.#socket?.readyState === WebSocket.OPEN;
    if (ready) this.#socket?.send(text);
    return ready;
  }

  /** Something says that the network may have changed: find out now. */
  doubt() {
    if (this.phase === "open") this.heartbeat.probe();
    else if (this.phase === "waiting" || this.phase === "silent") this.open();
  }

  /** Does not wait for the closing handshake, which never ends on a dead network. */
  lose() {
    const socket = this.#socket;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#closed(BROKEN, "silent");
  }

  /** @param {unknown} data */
  #hear(data) {
    this.heartbeat.heard();
    const frame = parse(data);
    if (frame?.type === "hello") this.#welcomed();
    if (frame && frame.type !== "pong") this.listener.frame(frame);
  }

  #welcomed() {
    clearTimeout(this.#patience);
    this.#refusals = 0;
    this.#calm = setTimeout(() => (this.#attempt = 0), QUIET_RESET);
    this.heartbeat.start();
    this.#enter("open");
  }

  /** @param {number} code @param {Phase} [until]  the phase until it connects again */
  #closed(code, until = "waiting") {
    this.#putAway();
    const { act, wait, tooLarge } = afterClose(code);
    this.listener.lost(tooLarge);
    if (act === "sign_in") this.#refused(wait);
    else if (act === "reconnect") this.#reconnect(wait + backoff(this.#attempt++, Math.random()), until);
    else this.#enter(ENDS[act]);
  }

  #putAway() {
    this.#socket = null;
    this.heartbeat.stop();
    clearTimeout(this.#patience);
    clearTimeout(this.#calm);
  }

  /** The page may hold a newer cookie than the socket did, so once more before asking the person. @param {number} wait */
  #refused(wait) {
    this.#refusals += 1;
    if (this.#refusals > 1) this.#enter("signed_out");
    else this.#reconnect(wait, "waiting");
  }

  /** @param {number} wait  ms @param {Phase} until */
  #reconnect(wait, until) {
    this.#retry = setTimeout(() => this.open(), wait);
    this.#enter(until);
  }

  /** @param {Phase} phase */
  #enter(phase) {
    this.phase = phase;
    this.listener.phase(phase);
  }
}
