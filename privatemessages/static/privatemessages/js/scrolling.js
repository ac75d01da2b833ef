/** Keeps the reader where the reader is: at the end, or at the line that is being read. */

const END = 80; // px from the end that still count as the end

/** A reload begins at the end too, not where the last visit was. */
export function beginAtEnd() {
  history.scrollRestoration = "manual";
  toEnd();
}

export function isAtEnd() {
  const { scrollHeight } = document.documentElement;
  return scrollHeight - innerHeight - scrollY < END;
}

export function toEnd() {
  scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

/** Changes what is below the list; the browser would cut off where it is short for a moment. @param {() => void} change */
export function keepPlace(change) {
  const following = isAtEnd();
  const top = scrollY;
  change();
  if (following) toEnd();
  else scrollTo({ top, behavior: "instant" });
}

/**
 * Changes the list without moving what is on the screen.
 *
 * @param {HTMLElement} list @param {() => void} change
 */
export function inPlace(list, change) {
  const messages = [...list.querySelectorAll(".pm-message, .pm-event")]; // a day's line may go away
  const line = messages.find((message) => message.getBoundingClientRect().bottom > 0);
  const before = line?.getBoundingClientRect().top ?? 0;
  change();
  if (line?.isConnected) scrollBy({ top: line.getBoundingClientRect().top - before, behavior: "instant" });
}
