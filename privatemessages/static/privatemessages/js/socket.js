/**
 * One connection that comes back by itself, as far as the close codes allow. Knows no HTML.
 *
 * @typedef {"connecting" | "open" | "polling" | "waiting" | "silent" | "signed_out" | "stopped" | "elsewhere"} Phase
 * @typedef {{
 *   frame: (frame: import("./protocol.js").Frame) => void, phase: (phase: Phase) => void,
 *   lost: (tooLarge: boolean) => void, isAnswerLate: () => boolean,
 * }} Listener
 */

import { Heartbeat } from "./heartbeat.js";
import { SUBPROTOCOL, afterClose, backoff, parse, ping } from "./protocol.js";

const HELLO_WAIT = 10_000; // ms from the attempt to `hello`
const QUIET_RESET = 30_000; // ms without a loss, after which the backoff starts from its beginning
const FEW_MISSES = 3; // attempts without `hello` that may be anything
const SHORT_MISS = 6_000; // ms without `hello` that may be a restart of the server
const LATE = 2_000; // ms; an attempt that begins now is quicker than one on its way for so long
const BROKEN = 1006;

/** @type {Record<string, Phase>} */
const ENDS = { stop: "stopped", use_here: "elsewhere" };
const FINAL = ["signed_out", "stopped", "elsewhere"];

export class Connection {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Phase} */
  phase = "connecting";
  worked = false; // there was a "hello" since the page began
  #attempt = 0;
  #refusals = 0; // closed with "not signed in", one after the other
  #retry = 0;
  #patience = 0;
  #calm = 0;
  #misses = 0; // attempts since the last `hello`
  #missing = 0; // when the first of them began
  #began = 0;

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
    if (this.#socket || !globalThis.WebSocket) return;
    clearTimeout(this.#retry);
    this.#began = Date.now();
    this.#missing ||= this.#began;
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

  /** The network is back, or a person thinks so: no long pauses, and no attempt of before. */
  retry() {
    if (this.phase === "connecting" && Date.now() - this.#began > LATE) this.lose();
    this.#attempt = 0;
    this.doubt();
  }

  /** The machine slept, and no connection outlives that: do not wait for it to fail. */
  renew() {
    if (FINAL.includes(this.phase)) return;
    this.lose("waiting");
    this.open();
  }

  /** Whether something lets no socket through, as far as a socket can tell. */
  get seemsBlocked() {
    return !globalThis.WebSocket || this.#misses >= FEW_MISSES && Date.now() - this.#missing >= SHORT_MISS;
  }

  /** Does not wait for the closing handshake, which never ends on a dead network. @param {Phase} [until]  it connects again */
  lose(until = "silent") {
    const socket = this.#socket;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#closed(BROKEN, until);
  }

  /** @param {unknown} data */
  #hear(data) {
    this.heartbeat.heard();
    const frame = parse(data);
    if (frame?.type === "hello") this.#welcomed();
    if (frame && frame.type !== "pong") this.listener.frame(frame);
  }

  #welcomed() {
    this.worked = true;
    clearTimeout(this.#patience);
    this.#refusals = this.#misses = this.#missing = 0;
    this.#calm = setTimeout(() => (this.#attempt = 0), QUIET_RESET);
    this.heartbeat.start();
    this.#enter("open");
  }

  /** @param {number} code @param {Phase} [until]  the phase until it connects again */
  #closed(code, until = "waiting") {
    this.#putAway();
    if (this.phase !== "open") this.#misses += 1;
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
