/** Keeps the reader where the reader is: at the end, or at the line that is being read. */

const END = 80; // px from the end that still count as the end

export function isAtEnd() {
  const { scrollHeight } = document.documentElement;
  return scrollHeight - innerHeight - scrollY < END;
}

export function toEnd() {
  scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

/**
 * Changes the list without moving what is on the screen.
 *
 * @param {HTMLElement} list @param {() => void} change
 */
export function inPlace(list, change) {
  const line = [...list.children].find((child) => child.getBoundingClientRect().bottom > 0);
  const before = line?.getBoundingClientRect().top ?? 0;
  change();
  if (line?.isConnected) scrollBy({ top: line.getBoundingClientRect().top - before, behavior: "instant" });
}
