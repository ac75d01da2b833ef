/** Tells the server the browser's time zone, for the pages that it renders. */

const YEAR = 365 * 24 * 60 * 60; // s

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const secure = location.protocol === "https:" ? "; Secure" : "";
if (timeZone) {
  document.cookie = `timezone=${timeZone}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}
