/** Menus close when something in them was chosen, and when one turns to something else. */

export function tendMenus() {
  document.addEventListener("click", ({ target }) => {
    const clicked = /** @type {Element} */ (target);
    for (const menu of document.querySelectorAll(".pm-menu[open]")) {
      const isInside = menu.contains(clicked);
      if (isInside && !clicked.closest("li")) continue;
      menu.removeAttribute("open");
      if (isInside) menu.querySelector("summary")?.focus(); // what was chosen cannot keep it
    }
  });
}
