/**
 * What every page of the messenger has: one connection, and the outbox that it empties.
 *
 * @typedef {import("./protocol.js").Frame} Frame
 * @typedef {{frame: (frame: Frame) => void, outbox: () => void, returned: () => void}} Listener
 */

import { watchAbsence } from "./absence.js";
import { ConnectionBar } from "./connection_bar.js";
import { Courier } from "./courier.js";
import { Outbox, REFUSED } from "./outbox.js";
import { arrived, goToSignIn } from "./signin.js";
import { guardSignOut } from "./signout.js";
import { Connection } from "./socket.js";
import { localStore, tabName } from "./storage.js";

export class Messenger {
  /** @param {import("./page.js").Page} page @param {Listener} listener */
  constructor(page, listener) {
    this.page = page;
    this.listener = listener;
    this.bar = new ConnectionBar({ useHere: () => this.connection.open() });
    this.outbox = new Outbox({ user: page.user.id, tab: tabName(), storage: localStore(), changed: () => this.#wrote() });
    this.courier = new Courier(this.outbox, (frame) => this.connection.send(frame));
    this.connection = new Connection(page.socket_url, {
      frame: (frame) => this.#hear(frame),
      phase: (phase) => this.#enter(phase),
      lost: (tooLarge) => this.courier.disconnected(tooLarge),
      isAnswerLate: () => this.courier.isAnswerLate(),
    });
  }

  start() {
    this.#watchNetwork();
    this.#watchTabs();
    watchAbsence(() => this.listener.returned());
    guardSignOut(this.page.logout_url, this.page.user.id);
    this.connection.open();
  }

  #watchNetwork() {
    const doubt = () => this.connection.doubt();
    for (const event of ["online", "offline", "focus"]) addEventListener(event, doubt);
    for (const event of ["online", "offline"]) addEventListener(event, () => this.bar.show(this.connection.phase));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && doubt());
  }

  #watchTabs() {
    addEventListener("storage", () => this.#wrote());
    addEventListener("pagehide", () => this.outbox.release());
    addEventListener("pageshow", ({ persisted }) => persisted && this.connection.open());
  }

  #wrote() {
    this.courier.pump();
    this.listener.outbox();
  }

  /** @param {import("./socket.js").Phase} phase */
  #enter(phase) {
    this.bar.show(phase);
    if (phase === "signed_out") goToSignIn(this.page.login_url);
  }

  /** @param {Frame} frame */
  #hear(frame) {
    if (frame.type === "hello" && frame.user.id !== this.page.user.id) return goToSignIn(this.page.login_url);
    if (frame.type === "hello") arrived();
    this.#deliver(frame);
    this.listener.frame(frame);
  }

  /** What a frame means for the outbox. @param {Frame} frame */
  #deliver(frame) {
    const mine = (/** @type {string | undefined} */ sender) => sender === this.page.user.id;
    if (frame.type === "hello") this.courier.connected();
    if (frame.type === "heads") this.courier.again();
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
