/** Draws what people write. Their words become text nodes and nothing else. */

import { parse } from "./marks.js";

const NAMES = { bold: "strong", italic: "em", code: "code", quote: "blockquote", fence: "pre", link: "a" };
const ONLY_EMOJI =
  /^(?:\s*(?:\p{RI}{2}|[\d#*]\ufe0f?\u20e3|\p{ExtPict}(?:[\p{EMod}\ufe0f\u{e0020}-\u{e007f}]|\u200d\p{ExtPict})*)){1,3}$/u;

/** @param {string} text @returns {DocumentFragment} */
export function markUp(text) {
  const fragment = document.createDocumentFragment();
  fragment.append(...parse(text).map(draw));
  return fragment;
}

/** Whether it is one to three emoji, which are shown large. @param {string} text */
export function isOnlyEmoji(text) {
  return ONLY_EMOJI.test(text);
}

/** What is set off has a direction of its own. @param {import("./marks.js").Mark} node @returns {Node | string} */
function draw(node) {
  if (typeof node === "string") return node;
  const drawn = document.createElement(NAMES[node.kind]);
  if ("nodes" in node) drawn.append(...node.nodes.map(draw));
  else drawn.append(node.kind === "fence" ? draw({ ...node, kind: "code" }) : node.text);
  if (node.kind === "link") lead(/** @type {HTMLAnchorElement} */ (drawn), node.href);
  else if (!/bold|italic/.test(node.kind)) drawn.dir = "auto";
  return drawn;
}

/** @param {HTMLAnchorElement} link @param {string} href */
function lead(link, href) {
  Object.assign(link, { href, dir: "ltr", target: "_blank", rel: "noopener noreferrer nofollow" });
}
