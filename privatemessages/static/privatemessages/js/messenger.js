/**
 * What the page has once: a link to the server, whatever it goes by, and the outbox that it empties.
 *
 * @typedef {import("./protocol.js").Frame} Frame
 * @typedef {import("./socket.js").Phase} Phase
 * @typedef {{frame: (frame: Frame) => void, outbox: () => void, returned: () => void}} Listener
 */

import { watchAbsence } from "./absence.js";
import { Api, ApiError } from "./api.js";
import { ConnectionBar } from "./connection_bar.js";
import { Courier } from "./courier.js";
import { Outbox, PREFIX, REFUSED } from "./outbox.js";
import { arrived, goToSignIn } from "./signin.js";
import { Connection } from "./socket.js";
import { localStore, tabName } from "./storage.js";

const NOT_SIGNED_IN = 401; // HTTP
/** @type {Phase[]} the server itself spoke by the socket */
const ANSWERED = ["open", "signed_out", "stopped", "elsewhere"];

export class Messenger {
  /** @type {Phase} */
  phase = "connecting";
  /** @type {import("./polling.js").Polling | null} in place of sockets that are blocked */
  #polling = null;
  #asking = false;

  /** @param {import("./page.js").Page} page @param {Listener} listener */
  constructor(page, listener) {
    this.page = page;
    this.listener = listener;
    this.outbox = new Outbox({ user: page.user.id, tab: tabName(), storage: localStore(), changed: () => this.#wrote() });
    this.courier = new Courier(this.outbox, (frame) => this.transmit(frame));
    this.connection = new Connection(page.socket_url, {
      frame: (frame) => this.#hear(frame),
      phase: (phase) => this.#turn(phase),
      lost: (tooLarge) => this.#lost(tooLarge),
      isAnswerLate: () => this.courier.isAnswerLate(),
    });
    this.bar = new ConnectionBar({
      waiting: () => this.outbox.items().filter(({ state }) => state === "waiting").length,
      retry: () => this.#try("retry"),
      useHere: () => this.connection.open(),
    });
  }

  start() {
    this.#watchNetwork();
    this.#watchTabs();
    watchAbsence({ returned: () => this.listener.returned(), woke: () => this.#try("renew") });
    this.connection.open();
    this.#doubt();
  }

  /** @param {string} frame @returns {boolean} whether it is on its way, which nothing is before `hello` */
  transmit(frame) {
    if (this.#polling) return this.#polling.send(frame);
    return this.phase === "open" && this.connection.send(frame);
  }

  #watchNetwork() {
    const doubt = () => this.#try("doubt");
    for (const event of ["offline", "focus"]) addEventListener(event, doubt);
    addEventListener("online", () => this.#try("retry"));
    for (const event of ["online", "offline"]) addEventListener(event, () => this.bar.show(this.phase));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && doubt());
  }

  /** @param {"doubt" | "retry" | "renew"} act */
  #try(act) {
    this.connection[act]();
    this.#polling?.look();
    this.#doubt();
  }

  #doubt() {
    const hasWay = this.#polling || this.#asking || ANSWERED.includes(this.phase);
    if (this.connection.seemsBlocked && !hasWay) this.#goAround();
  }

  #watchTabs() {
    addEventListener("storage", ({ key }) => key?.startsWith(PREFIX) && this.#wrote());
    addEventListener("pagehide", () => this.outbox.release());
    addEventListener("pageshow", ({ persisted }) => persisted && this.connection.open());
  }

  #wrote() {
    this.courier.pump();
    this.bar.refresh();
    this.listener.outbox();
  }

  /** While it goes on without sockets, only what ends that matters. @param {Phase} phase  of the socket */
  #turn(phase) {
    if (this.#polling && !ANSWERED.includes(phase)) return;
    this.#polling?.stop();
    this.#polling = null;
    this.#enter(phase);
  }

  /** @param {Phase} phase */
  #enter(phase) {
    this.phase = phase;
    this.bar.show(phase);
    if (phase === "signed_out") goToSignIn(this.page.login_url);
  }

  /** @param {boolean} tooLarge */
  #lost(tooLarge) {
    if (this.#polling) return;
    this.courier.disconnected(tooLarge);
    this.#doubt();
  }

  /** Where the pages answer and sockets do not come through, something between lets none pass. */
  async #goAround() {
    this.#asking = true;
    const found = await this.#findWay();
    this.#asking = false;
    if (!found || !this.connection.seemsBlocked) return;
    this.#polling = found.polling;
    this.#polling.begin(found.heads);
  }

  async #findWay() {
    const frame = (/** @type {Frame} */ frame) => this.#hear(frame);
    const phase = (/** @type {Phase} */ phase) => this.#enter(phase);
    try {
      const api = new Api(this.page.api_url);
      const heads = await api.heads();
      const { Polling } = await import("./polling.js");
      return { heads, polling: new Polling(api, this.page.user.id, { frame, phase, worked: this.connection.worked }) };
    } catch (error) {
      console.warn("The pages do not answer either:", error);
      if (error instanceof ApiError && error.status === NOT_SIGNED_IN) this.#enter("signed_out");
    }
  }

  /** @param {Frame} frame */
  #hear(frame) {
    if (frame.type === "hello" && frame.user.id !== this.page.user.id) return this.#enter("signed_out"); // nothing goes out as somebody else
    if (frame.type === "hello") arrived();
    this.#deliver(frame);
    this.listener.frame(frame);
  }

  /** What a frame means for the outbox. @param {Frame} frame */
  #deliver(frame) {
    const mine = (/** @type {string | undefined} */ sender) => sender === this.page.user.id;
    if (frame.type === "hello") this.courier.connected();
    if (frame.type === "heads" && !frame.polled) this.courier.again();
    if (frame.type === "accepted") this.courier.accepted(frame.id);
    if (frame.type === "error" && this.outbox.find(frame.id)) this.courier.failed(frame.id, frame.code, frame.retry_after ?? null);
    if (frame.type === "message" && frame.seq !== null && mine(frame.sender?.id)) this.courier.stored(frame.id);
    if (frame.type === "refused" && mine(frame.sender)) this.outbox.fail(frame.id, REFUSED);
    if (frame.type === "stored") this.#stored(frame.messages.filter((/** @type {any} */ place) => mine(place.sender)));
  }

  /** @param {{id: string}[]} places */
  #stored(places) {
    places.forEach(({ id }) => this.courier.stored(id));
  }
}
