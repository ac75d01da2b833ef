/** The browser's storage, or one that keeps nothing where a person has switched it off. */

const TAB = "privatemessages.tab";

/** @returns {Storage} */
export function localStore() {
  return usable(() => localStorage);
}

/** Of this tab; survives a reload. @returns {Storage} */
export function tabStore() {
  return usable(() => sessionStorage);
}

/** The same after a reload, so that a tab knows its own messages again. @returns {string} */
export function tabName() {
  const name = tabStore().getItem(TAB) ?? String(Math.random()).slice(2);
  keep(tabStore(), TAB, name);
  return name;
}

/** Whether there was room. @param {Storage} storage @param {string} key @param {string} value */
export function keep(storage, key, value) {
  try {
    storage.setItem(key, value);
    return true;
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

/** Even naming a storage that is switched off raises. @param {() => Storage} find @returns {Storage} */
function usable(find) {
  try {
    return find();
  } catch (error) {
    if (error instanceof DOMException) return absent();
    throw error;
  }
}

/** @returns {Storage} */
function absent() {
  const full = () => {
    throw new DOMException("There is no storage.", "QuotaExceededError");
  };
  return { length: 0, clear() {}, getItem: () => null, key: () => null, removeItem() {}, setItem: full };
}
