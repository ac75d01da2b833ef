/** Names to choose from while one is being typed. */

import { element } from "./page.js";

const SHORTEST = 2; // letters
const PAUSE = 250; // ms

/** @param {import("./api.js").Api} api */
export function suggestPeople(api) {
  const field = /** @type {HTMLInputElement} */ (element("id_recipient_name"));
  const list = element("pm-people");
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (field.value.length >= SHORTEST) timer = setTimeout(() => suggest(api, field, list), PAUSE);
  });
}

/** @param {import("./api.js").Api} api @param {HTMLInputElement} field @param {HTMLElement} list */
async function suggest(api, field, list) {
  const start = field.value;
  try {
    const { people } = await api.people(start);
    if (field.value === start) list.replaceChildren(...people.map(({ name }) => new Option(name, name)));
  } catch (error) {
    console.warn("No suggestions:", error); // the name can be typed all the same
  }
}
