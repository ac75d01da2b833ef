/**
 * What only this tab was told: answers to commands, and news. Each stays where the log ended when
 * it came, and is gone after a reload. Pure.
 *
 * @typedef {import("./rows.js").Row} Row
 */

const MOST = 20;

export class Notices {
  /** @type {{row: Row, after: {key: string, sentAt: number}}[]} */
  #told = [];
  #count = 0;

  /** @param {string} text @param {{failed: boolean, after: {key: string, sentAt: number} | undefined}} options  `after`: the log's last row */
  add(text, { failed, after = { key: "", sentAt: -Infinity } }) {
    const said = { key: `notice:${++this.#count}`, kind: "notice", text, sentAt: Date.now(), author: "", sender: "" };
    this.#told.push({ row: { ...said, mine: false, seq: null, state: failed ? "failed" : "sent", seenBy: [], item: null }, after });
    this.#told = this.#told.slice(-MOST);
  }

  /** Those whose row is gone come where it would be. @param {Row[]} rows @returns {Row[]} */
  among(rows) {
    const keys = new Set(rows.map(({ key }) => key));
    const lost = new Set(this.#told.filter(({ after }) => !keys.has(after.key)));
    const behind = (/** @type {string} */ key) => this.#told.filter(({ after }) => after.key === key);
    const before = (/** @type {number} */ moment) => [...lost].filter((told) => told.after.sentAt < moment && lost.delete(told));
    const shown = rows.flatMap((row) => [...before(row.sentAt).map(rowOf), row, ...behind(row.key).map(rowOf)]);
    return [...shown, ...[...lost].map(rowOf)];
  }
}

/** @param {{row: Row}} told */
function rowOf({ row }) {
  return row;
}
