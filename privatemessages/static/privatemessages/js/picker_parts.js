/** What the emoji picker is made of, and where it stands. */

import { make } from "./page.js";
import { COLUMNS } from "./picking.js";
import { gettext } from "./words.js";

const GAP = 8; // px; to the button and to the window's edges
const LOWEST = 240; // px; where there is less room above the button, it is covered
export const RECENT = -1;
const SIGNS = ["😀", "👋", "🐻", "🍎", "✈️", "⚽", "💡", "❤️", "🏁"];

/** @param {boolean} hasRecent @returns {HTMLElement[]} a tab for each category, in the order of vendor/emoji.js */
export function drawTabs(hasRecent) {
  const names = [
    gettext("Smileys"),
    gettext("People"),
    gettext("Animals and nature"),
    gettext("Food and drink"),
    gettext("Travel and places"),
    gettext("Activities"),
    gettext("Objects"),
    gettext("Symbols"),
    gettext("Flags"),
  ];
  const tabs = names.map((name, category) => drawTab(category, SIGNS[category], name));
  return hasRecent ? [drawTab(RECENT, "🕘", gettext("Recently used")), ...tabs] : tabs;
}

/** @param {number} category @param {string} sign @param {string} name */
function drawTab(category, sign, name) {
  const tab = role(make("button", "", sign), "tab", name);
  tab.dataset.category = String(category);
  tab.setAttribute("aria-controls", "pm-picker-shown");
  return asButton(tab, name);
}

/** @param {import("./picking.js").Pick[]} list @param {string} name */
export function drawGrid(list, name) {
  const grid = role(make("div", ""), "grid", name);
  for (let at = 0; at < list.length; at += COLUMNS) grid.append(drawRow(list.slice(at, at + COLUMNS)));
  return grid;
}

/** @param {import("./picking.js").Pick[]} list */
function drawRow(list) {
  const row = role(make("div", "pm-picker-row"), "row");
  row.append(...list.map(drawCell));
  return row;
}

/** @param {import("./picking.js").Pick} pick */
function drawCell({ emoji, label, name }) {
  const cell = role(make("div", ""), "gridcell");
  const button = make("button", "", emoji);
  button.setAttribute("aria-label", label);
  cell.append(asButton(button, `${label} :${name}:`));
  return cell;
}

/** One of each group is in the order of Tab, the arrows go to the others. @param {HTMLButtonElement} button @param {string} title */
function asButton(button, title) {
  return Object.assign(button, { type: "button", tabIndex: -1, title });
}

/** @template {HTMLElement} Made @param {Made} made @param {string} role @param {string} [label] @returns {Made} */
export function role(made, role, label) {
  made.setAttribute("role", role);
  if (label) made.setAttribute("aria-label", label);
  return made;
}

/** Above the anchor, and in what a keyboard on the screen leaves of the window. @param {HTMLElement} panel @param {HTMLElement} anchor */
export function place(panel, anchor) {
  const { height, offsetTop } = visualViewport ?? { height: innerHeight, offsetTop: 0 };
  const { top, right } = anchor.getBoundingClientRect();
  const end = Math.min(top - offsetTop < LOWEST ? Infinity : top, offsetTop + height) - GAP;
  panel.style.maxHeight = `${end - offsetTop - GAP}px`;
  panel.style.top = `${end - panel.offsetHeight}px`;
  const farthest = document.documentElement.clientWidth - panel.offsetWidth - GAP;
  panel.style.left = `${Math.max(GAP, Math.min(right - panel.offsetWidth, farthest))}px`;
}
