/** Menus close when something in them was chosen, and when one turns to something else. */

export function tendMenus() {
  document.addEventListener("click", ({ target }) => {
    const clicked = /** @type {Element} */ (target);
    for (const menu of document.querySelectorAll(".pm-menu[open]")) {
      if (!menu.contains(clicked) || clicked.closest("li")) menu.removeAttribute("open");
    }
  });
}
