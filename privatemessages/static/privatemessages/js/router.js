/**
 * Addresses: which thread the page shows, and at which message.
 *
 * @typedef {{thread: number | null, at: number | null, isNew: boolean}} Place  `isNew`: the way to somebody new
 */

export class Router {
  /** @param {string} inboxUrl @param {(place: Place) => void} show */
  constructor(inboxUrl, show) {
    this.inboxUrl = inboxUrl;
    this.show = show;
    addEventListener("popstate", ({ state }) => this.#arrive(state));
    document.addEventListener("click", (event) => this.#clicked(event));
  }

  /** Where the page begins, whatever its address is: a room has one of its own. @param {Place} place */
  begin(place) {
    history.replaceState(place, "");
  }

  /** @param {Partial<Place>} to */
  go(to) {
    const place = { ...nowhere(), ...to };
    if (this.address(place) !== location.pathname) history.pushState(place, "", this.address(place));
    this.show(place);
  }

  /** @param {Place} place */
  address({ thread, at, isNew }) {
    if (isNew) return `${this.inboxUrl}send_message/`;
    if (thread === null) return this.inboxUrl;
    return `${this.inboxUrl}chat/${thread}/${at === null ? "" : `${at}/`}`;
  }

  /** Null for what is no place of this page. @param {string} path @returns {Place | null} */
  read(path) {
    if (!path.startsWith(this.inboxUrl)) return null;
    const rest = path.slice(this.inboxUrl.length);
    const [, thread, at] = /^chat\/(\d+)\/(?:(\d+)\/)?$/.exec(rest) ?? [];
    if (thread) return { thread: Number(thread), at: at ? Number(at) : null, isNew: false };
    return rest === "" || rest === "send_message/" ? { ...nowhere(), isNew: rest !== "" } : null;
  }

  /** A way to an anchor within the page has no state, and leads to where one is. @param {Place | null} state */
  #arrive(state) {
    const place = state ?? this.read(location.pathname);
    if (place) this.show(place);
  }

  /** Everything but a plain click is the browser's. @param {MouseEvent} event */
  #clicked(event) {
    const link = /** @type {Element} */ (event.target).closest("a");
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || event.defaultPrevented || link.target || link.origin !== location.origin || link.search) return;
    const place = this.read(link.pathname);
    if (!place) return;
    event.preventDefault();
    this.go(place);
  }
}

/** @returns {Place} */
function nowhere() {
  return { thread: null, at: null, isNew: false };
}
