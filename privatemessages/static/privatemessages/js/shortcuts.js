/**
 * Keys of the whole page. "?" alone can be switched off in the list that it opens (WCAG 2.1.4); Ctrl+/ opens it always.
 *
 * @typedef {{
 *   switcher: () => void, help: () => void, step: (delta: number) => void, back: () => void, write: () => void,
 *   choices: import("./choices.js").Choices, signal?: AbortSignal,
 * }} Acts  `step`: to the conversation above or below; `back`: to the list
 */

const TAKEN = "select, input[list], [aria-expanded=true]"; // have the arrows for themselves
const LAYERS = "dialog[open], :popover-open";

/** @param {Acts} acts */
export function listenForShortcuts(acts) {
  const hear = (/** @type {KeyboardEvent} */ event) => {
    const act = event.defaultPrevented || event.isComposing ? null : meant(event, acts);
    if (!act || document.querySelector(LAYERS)) return;
    event.preventDefault();
    act();
  };
  addEventListener("keydown", hear, { signal: acts.signal });
}

/** @param {KeyboardEvent} event @param {Acts} acts @returns {(() => void) | null} */
function meant({ key, code, altKey, ctrlKey, metaKey, shiftKey, target }, acts) {
  const isIn = (/** @type {string} */ places) => /** @type {Element} */ (target).matches(places);
  if (altKey) return ctrlKey || metaKey || isIn(TAKEN) ? null : withAlt(key, acts);
  if (ctrlKey || metaKey) return withControl(key, code, shiftKey, acts);
  if (key === "Escape") return isIn("input, select") ? null : () => leave(acts);
  return key === "?" && !isIn("input, select, textarea") && acts.choices.get("keys") === "on" ? acts.help : null;
}

/** @param {string} key @param {Acts} acts */
function withAlt(key, { step, write }) {
  if (key === "Enter") return write;
  return key === "ArrowUp" ? () => step(-1) : key === "ArrowDown" ? () => step(1) : null;
}

/** Where a keyboard has no Latin letters the place of the key counts. @param {string} key @param {string} code @param {boolean} shift @param {Acts} acts */
function withControl(key, code, shift, { switcher, help }) {
  if (/^[a-z]$/i.test(key) ? key === "k" : code === "KeyK") return shift ? null : switcher;
  return "/?".includes(key) || (code === "Slash" && key === ".") ? help : null;
}

/** An open menu first. @param {Acts} acts */
function leave({ back }) {
  const menu = document.querySelector("details.pm-menu[open]");
  if (!menu) return back();
  menu.removeAttribute("open");
  menu.querySelector("summary")?.focus();
}
