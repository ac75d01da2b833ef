/** Keeps the reader of a log where the reader is: at the end, or at the line that is being read. */

const END = 80; // px from the end that still count as the end

export class Scrolling {
  /** Whether the reader follows what comes. */
  following = true;
  #top = 0; // px; where the box was scrolled to

  /** @param {HTMLElement} box  what scrolls @param {HTMLElement} list @param {AbortSignal} signal */
  constructor(box, list, signal) {
    this.box = box;
    this.list = list;
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true, signal });
    const observer = new ResizeObserver(() => this.following && this.toEnd()); // the field below grows, a keyboard opens
    observer.observe(box);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  /** Told late: meanwhile the log may have grown, or its room shrunk, and only who went up went away. */
  #scrolled() {
    const { scrollTop } = this.box;
    this.following = this.isAtEnd() || (this.following && scrollTop >= this.#top);
    this.#top = scrollTop;
  }

  isAtEnd() {
    const { scrollHeight, clientHeight, scrollTop } = this.box;
    return scrollHeight - clientHeight - scrollTop < END;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.#top = this.box.scrollTop;
    this.following = true;
  }

  /** Changes the list without moving what is on the screen. @param {() => void} change */
  keep(change) {
    const following = this.following;
    const line = this.#firstSeen();
    const before = line?.getBoundingClientRect().top ?? 0;
    change();
    if (following) this.toEnd();
    else if (line?.isConnected) this.box.scrollTop += line.getBoundingClientRect().top - before;
  }

  /** @param {HTMLElement} node @param {ScrollLogicalPosition} block  where in the box */
  reveal(node, block) {
    node.scrollIntoView({ block, behavior: "instant" });
    this.following = this.isAtEnd();
  }

  /** @returns {number | null} the number of the first line that is to be seen */
  firstSeen() {
    return numberOf(this.#firstSeen());
  }

  /** @returns {number} of the last one of which enough is to be seen to read it */
  lastSeen() {
    const { bottom, height } = this.box.getBoundingClientRect();
    const seen = this.#lines().findLast((line) => {
      const rect = line.getBoundingClientRect();
      return rect.top + Math.min(rect.height, height / 2) <= bottom + 1;
    });
    return numberOf(seen) ?? 0;
  }

  #firstSeen() {
    const { top } = this.box.getBoundingClientRect();
    return this.#lines().find((line) => line.getBoundingClientRect().bottom > top);
  }

  /** A day's line may go away. @returns {HTMLElement[]} */
  #lines() {
    return [...this.list.querySelectorAll("[data-seq]")].map((line) => /** @type {HTMLElement} */ (line));
  }
}

/** @param {HTMLElement | undefined} line */
function numberOf(line) {
  return line ? Number(line.dataset.seq) : null;
}
