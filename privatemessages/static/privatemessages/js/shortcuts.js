/**
 * Keys of the whole page. A character alone does something only for "?", which can be switched off in
 * the list that it opens (WCAG 2.1.4); Ctrl+/ opens it always.
 *
 * @typedef {{
 *   switcher: () => void, help: () => void, step: (delta: -1 | 1) => void, back: () => void, write: () => void,
 *   choices: import("./choices.js").Choices, signal?: AbortSignal,
 * }} Acts  `step`: to the conversation above or below; `back`: to the list; `write`: to the message field
 */

const FIELDS = "input, textarea, select, [contenteditable]";
const TAKEN = "select, input[list], [aria-expanded=true]"; // have the arrows for themselves
const LAYERS = "dialog[open], :popover-open";

/** @param {Acts} acts */
export function listenForShortcuts(acts) {
  document.addEventListener("keydown", (event) => {
    const act = event.defaultPrevented || event.isComposing ? null : meant(event, acts);
    if (!act || document.querySelector(LAYERS)) return;
    event.preventDefault();
    act();
  }, { signal: acts.signal });
}

/** @param {KeyboardEvent} event @param {Acts} acts @returns {(() => void) | null} */
function meant(event, acts) {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
  const target = /** @type {Element} */ (event.target);
  if (altKey) return ctrlKey || metaKey || shiftKey ? null : withAlt(key, target, acts);
  if (ctrlKey !== metaKey) return withControl(event, acts);
  if (key === "Escape") return target.matches("input, select") ? null : () => leave(acts);
  return key === "?" && !target.matches(FIELDS) && acts.choices.get("keys") !== "off" ? acts.help : null;
}

/** @param {string} key @param {Element} target @param {Acts} acts */
function withAlt(key, target, { step, write }) {
  if (key === "Enter") return write;
  if (target.matches(TAKEN)) return null;
  return key === "ArrowUp" ? () => step(-1) : key === "ArrowDown" ? () => step(1) : null;
}

/** Where a layout has other letters the place of the key counts. @param {KeyboardEvent} event @param {Acts} acts */
function withControl({ key, code, shiftKey }, { switcher, help }) {
  const name = /^[a-z]$/i.test(key) ? key.toLowerCase() : code;
  if (name === "k" || name === "KeyK") return shiftKey ? null : switcher;
  return "/?".includes(key) || (code === "Slash" && key === ".") ? help : null;
}

/** An open menu first. @param {Acts} acts */
function leave({ back }) {
  const menu = document.querySelector("details.pm-menu[open]");
  if (!menu) return back();
  menu.removeAttribute("open");
  menu.querySelector("summary")?.focus();
}
