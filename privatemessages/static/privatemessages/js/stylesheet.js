/** Looks of what is loaded later. */

/** @param {string} url @returns {Promise<void>} when they are there, or will not come */
export function loadStyles(url) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
  if ([...document.styleSheets].some(({ href }) => href === link.href)) return Promise.resolve();
  return new Promise((done) => {
    link.onload = link.onerror = () => done();
    document.head.append(link);
  });
}
