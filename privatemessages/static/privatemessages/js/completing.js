/** What helps with writing, loaded when it is wanted: commands, names and emoji to complete, emoji to pick. */

const BEGINS = /(?<![\p{L}\p{N}:/])[/@:]/u;

/**
 * @typedef {{field: HTMLTextAreaElement, list: HTMLElement, commands: import("./completion.js").Command[],
 *   members: (query: string) => Promise<string[]>, signal: AbortSignal}} Completing
 * @param {Completing} options
 */
export function completeIn(options) {
  const { field, signal } = options;
  let isLoading = false;
  const look = async (/** @type {Event} */ event) => {
    if (isLoading || !BEGINS.test(field.value)) return;
    const from = field.selectionStart - (/** @type {InputEvent} */ (event).data?.length ?? 0);
    isLoading = true;
    const loaded = await import("./completer.js").catch((error) => console.warn("Nothing is completed:", error));
    isLoading = false;
    if (!loaded) return; // the next key tries again
    field.removeEventListener("input", look);
    if (!signal.aborted) new loaded.Completer(options).begin(from);
  };
  field.addEventListener("input", look, { signal });
}

/** @param {{button: HTMLElement, insert: (emoji: string) => void, signal: AbortSignal}} options */
export function offerEmoji({ button, insert, signal }) {
  const open = async () => (await import("./picker.js")).openPicker({ anchor: button, pick: insert, signal });
  button.addEventListener("click", open, { signal });
  button.setAttribute("aria-haspopup", "dialog");
  button.hidden = false;
}
