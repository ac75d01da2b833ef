/** Emoji to choose from, above the button that asks for them. Loaded then. */

import { EMOJI } from "../vendor/emoji.js";
import { make } from "./page.js";
import { drawGrid, drawTabs, place, RECENT, role } from "./picker_parts.js";
import { find, moved, picks, recent, remember } from "./picking.js";
import { localStore } from "./storage.js";
import { loadStyles } from "./stylesheet.js";
import { gettext, ngettext } from "./words.js";

/** @type {WeakMap<HTMLElement, Picker>} */
const OPEN = new WeakMap();

/**
 * Opens it, or closes it where it is open.
 *
 * @typedef {{anchor: HTMLElement, pick: (emoji: string) => void, signal: AbortSignal}} Options
 *   `anchor` says in `data-picker-css` where its looks are
 * @param {Options} options
 */
export async function openPicker(options) {
  const { anchor, signal } = options;
  if (OPEN.has(anchor)) return OPEN.get(anchor)?.leave();
  const [{ WORDS }] = await Promise.all([loadWords(), loadStyles(anchor.dataset.pickerCss ?? "")]);
  if (signal.aborted || OPEN.has(anchor)) return;
  const picker = new Picker(picks(EMOJI, WORDS), options);
  OPEN.set(anchor, picker);
  picker.appear();
}

function loadWords() {
  return document.documentElement.lang.startsWith("ru") ? import("../vendor/emoji_ru.js") : import("../vendor/emoji_en.js");
}

class Picker {
  #closed = new AbortController();

  /** @param {import("./picking.js").Pick[]} all @param {Options} options */
  constructor(all, { anchor, pick, signal }) {
    this.all = all;
    this.anchor = anchor;
    this.pick = pick;
    this.recent = recent(localStore()).flatMap((emoji) => all.find((one) => one.emoji === emoji) ?? []);
    this.#build();
    this.#listen(this.#closed.signal);
    signal.addEventListener("abort", () => this.#close(), { signal: this.#closed.signal });
  }

  #build() {
    this.panel = role(make("div", "pm-picker"), "dialog", gettext("Emoji"));
    this.search = Object.assign(make("input", ""), { type: "search", placeholder: gettext("Search"), autocomplete: "off" });
    this.search.setAttribute("aria-label", gettext("Search emoji"));
    this.tabs = role(make("div", "pm-picker-tabs"), "tablist", gettext("Categories"));
    this.tabs.append(...drawTabs(this.recent.length > 0));
    this.shown = role(make("div", "pm-picker-shown"), "tabpanel");
    this.shown.id = "pm-picker-shown";
    this.told = role(make("p", "pm-picker-told"), "status");
    this.panel.append(this.search, this.tabs, this.shown, this.told);
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const { panel, search, tabs, shown } = this;
    search.addEventListener("input", () => this.#find());
    panel.addEventListener("keydown", (event) => this.#key(event));
    tabs.addEventListener("click", ({ target }) => this.#choose(buttonAt(target)));
    shown.addEventListener("click", ({ target }) => this.#take(buttonAt(target)));
    for (const kind of ["pointerdown", "focusin"]) document.addEventListener(kind, ({ target }) => this.#lost(target), { signal });
    for (const one of [window, visualViewport]) one?.addEventListener("resize", () => place(panel, this.anchor), { signal });
  }

  appear() {
    this.panel.popover = "manual";
    (this.anchor.closest(".pm") ?? document.body).append(this.panel);
    this.panel.showPopover?.();
    this.anchor.setAttribute("aria-expanded", "true");
    this.#choose(buttons(this.tabs)[0]);
    place(this.panel, this.anchor);
    // A keyboard on the screen would cover what there is to choose from.
    const first = matchMedia("(pointer: coarse)").matches ? buttons(this.shown)[0] : this.search;
    first.focus({ preventScroll: true });
  }

  /** @param {HTMLButtonElement | null} tab */
  #choose(tab) {
    if (!tab) return;
    const category = Number(tab.dataset.category);
    this.search.value = this.told.textContent = "";
    this.#show(category === RECENT ? this.recent : this.all.filter((one) => one.category === category), tab);
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #find() {
    const query = this.search.value.trim();
    if (!query) return this.#choose(buttons(this.tabs)[0]);
    const found = find(this.all, query);
    this.#show(found, null);
    this.told.textContent = ngettext("%(count)s emoji found", "%(count)s emoji found", found.length);
  }

  /** @param {import("./picking.js").Pick[]} list @param {HTMLElement | null} tab  none for what was searched for */
  #show(list, tab) {
    const tabs = buttons(this.tabs);
    for (const one of tabs) one.setAttribute("aria-selected", String(one === tab));
    rove(tabs, tab ?? tabs[0]);
    const name = tab?.getAttribute("aria-label") ?? gettext("Found");
    this.shown.setAttribute("aria-label", name);
    this.shown.replaceChildren(drawGrid(list, name));
    this.shown.scrollTop = 0;
    const cells = buttons(this.shown);
    rove(cells, cells[0]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || !this.#carryOut(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key meant something here */
  #carryOut({ key, target }) {
    const focused = /** @type {HTMLElement} */ (target);
    if (key === "Escape") this.leave();
    else if (this.shown.contains(focused)) return this.#keyInGrid(key, focused);
    else if (key === "ArrowDown") buttons(this.shown)[0]?.focus();
    else if (focused !== this.search) return this.#keyInTabs(key, focused);
    else if (key === "Enter") this.#take(buttons(this.shown)[0]);
    else return false;
    return true;
  }

  /** @param {string} key @param {HTMLElement} focused */
  #keyInTabs(key, focused) {
    const tabs = buttons(this.tabs);
    const step = { ArrowLeft: tabs.length - 1, ArrowRight: 1 }[key];
    if (!step) return false;
    const next = tabs[(tabs.findIndex((tab) => tab === focused) + step) % tabs.length];
    this.#choose(next);
    next.focus();
    return true;
  }

  /** @param {string} key @param {HTMLElement} focused */
  #keyInGrid(key, focused) {
    const cells = buttons(this.shown);
    const at = moved(key, cells.findIndex((cell) => cell === focused), cells.length);
    if (at === undefined) return false;
    if (at >= 0) rove(cells, cells[at]);
    (cells[at] ?? this.search).focus();
    return true;
  }

  /** @param {HTMLButtonElement | null} cell */
  #take(cell) {
    if (!cell) return;
    const emoji = String(cell.textContent);
    remember(localStore(), emoji);
    this.leave();
    this.pick(emoji);
  }

  leave() {
    this.anchor.focus({ preventScroll: true });
    this.#close();
  }

  /** Whoever goes elsewhere has done with it. @param {EventTarget | null} to */
  #lost(to) {
    if (to instanceof Node && !this.panel.contains(to) && !this.anchor.contains(to)) this.#close();
  }

  #close() {
    this.#closed.abort();
    this.panel.remove();
    this.anchor.setAttribute("aria-expanded", "false");
    OPEN.delete(this.anchor);
  }
}

/** @param {HTMLElement} place */
function buttons(place) {
  return [...place.querySelectorAll("button")];
}

/** @param {EventTarget | null} target */
function buttonAt(target) {
  return target instanceof Element ? target.closest("button") : null;
}

/** @param {HTMLElement[]} group @param {HTMLElement | undefined} chosen  the one that Tab leads to */
function rove(group, chosen) {
  for (const one of group) one.tabIndex = one === chosen ? 0 : -1;
}
