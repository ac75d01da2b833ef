/** The theme that was chosen for this device. A classic script in the page's head, so that nothing is drawn in another one. */

(() => {
  const KEY = "privatemessages.choice.theme"; // one of choices.js
  const root = document.documentElement;

  function chosen() {
    try {
      return localStorage.getItem(KEY);
    } catch (error) {
      if (error instanceof DOMException) return null; // the storage is switched off
      throw error;
    }
  }

  /** @param {string | null} theme */
  function wear(theme) {
    const forced = theme === "light" || theme === "dark";
    root.dataset.pmTheme = forced ? theme : "system";
    root.style.colorScheme = forced ? theme : "";
  }

  if (root.dataset.pmTheme) return; // a site's own template has brought it already
  wear(chosen());
  addEventListener("storage", ({ key, newValue }) => key === KEY && wear(newValue));
  addEventListener("pageshow", ({ persisted }) => persisted && wear(chosen())); // chosen while this page was put aside
})();
