/**
 * What only this tab was told: answers to commands, and news. Each stays where the log ended when
 * it came, and is gone after a reload. Pure.
 *
 * @typedef {import("./log.js").Row} Row
 */

const MOST = 20;

export class Notices {
  /** @type {{row: Row, after: string}[]} */
  #told = [];
  #count = 0;

  /** @param {string} text @param {{failed: boolean, after: string}} options  `after`: the key of the log's last row */
  add(text, { failed, after }) {
    const said = { key: `notice:${++this.#count}`, kind: "notice", text, sentAt: Date.now(), author: "", sender: "" };
    this.#told.push({ row: { ...said, mine: false, state: failed ? "failed" : "sent", item: null }, after });
    this.#told = this.#told.slice(-MOST);
  }

  /** Those whose row is gone come last. @param {Row[]} rows @returns {Row[]} */
  among(rows) {
    const keys = new Set(rows.map(({ key }) => key));
    const behind = (/** @type {string} */ key) => this.#told.filter(({ after }) => after === key).map(({ row }) => row);
    const last = this.#told.filter(({ after }) => !keys.has(after)).map(({ row }) => row);
    return [...rows.flatMap((row) => [row, ...behind(row.key)]), ...last];
  }
}
