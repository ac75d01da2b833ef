/** To the sign-in page, and back here from there. */

import { keep, tabStore } from "./storage.js";

const SENT = "privatemessages.signin";

/**
 * Once until a connection succeeds: where the pages know somebody whom the sockets refuse, the two
 * would send the browser to and fro without end.
 *
 * @param {string} loginUrl
 */
export function goToSignIn(loginUrl) {
  if (tabStore().getItem(SENT)) return;
  keep(tabStore(), SENT, "yes");
  const here = location.pathname + location.search;
  location.assign(`${loginUrl}?next=${encodeURIComponent(here)}`);
}

export function arrived() {
  tabStore().removeItem(SENT);
}
