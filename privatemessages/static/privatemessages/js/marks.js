/**
 * What people write, as a tree: `*bold*`, `_italic_`, code, fences, `> ` quotes, links. Pure, and in linear time:
 * nobody's text may hold up anybody's page.
 *
 * @typedef {string | {kind: "code" | "fence", text: string} | {kind: "link", text: string, href: string}
 *   | {kind: "bold" | "italic" | "quote", nodes: Mark[]}} Mark
 * @typedef {{mark: string, nodes: Mark[]}} Frame  what stands open; if nothing closes it, its mark is a sign like any other
 */

const FENCE = "```";
const OPENS_FENCE = /^```[\w+#-]*$/; // the language's name is not shown
const QUOTED = /^>(?: |$)/;
// Code, links, marks, a line's end. Signs that turn the direction of writing would show another address: no link has them.
const TOKEN =
  /(?<!`)(`+)([^`\n]+)\1(?!`)|(?<![\p{L}\p{N}])(?:https?:\/\/|mailto:)[\p{L}\p{N}][^\s<>`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*|\*+|_+|\n/giu;
const AFTER_LINK = /[.,;:!?'"*_~…»”’]/;
const IN_WORDS = /[\p{L}\p{N}]/u;
const NEVER_BEFORE = /[\p{L}\p{N}.,;:!?/\\@]/u;

/** @param {string} text @returns {Mark[]} */
export function parse(text) {
  const lines = text.split("\n");
  const lastFence = lines.lastIndexOf(FENCE);
  const kindAt = (/** @type {number} */ at) =>
    at < lastFence && OPENS_FENCE.test(lines[at]) ? "fence" : QUOTED.test(lines[at]) ? "quote" : "";
  const nodes = [];
  for (let at = 0, end = 1; at < lines.length; at = end++) {
    const kind = kindAt(at);
    if (kind === "fence") end = lines.indexOf(FENCE, end) + 1;
    else while (end < lines.length && kindAt(end) === kind) end++;
    nodes.push(...block(kind, lines.slice(at, end), at > 0, end < lines.length));
  }
  return nodes;
}

/** Around a block its margins stand for an empty line. @param {string} kind @param {string[]} lines @param {boolean} follows @param {boolean} goesOn @returns {Mark[]} */
function block(kind, lines, follows, goesOn) {
  if (kind === "fence") return [{ kind, text: lines.slice(1, -1).join("\n") }];
  if (kind === "quote") return [{ kind, nodes: inline(lines.map((line) => line.slice(2)).join("\n")) }];
  if (follows && !lines[0]) lines.shift();
  if (goesOn && !lines[lines.length - 1]) lines.pop();
  return inline(lines.join("\n") + (goesOn && lines.length ? "\n" : ""));
}

/** @param {string} text */
function inline(text) {
  /** @type {Frame[]} */
  const frames = [{ mark: "", nodes: [] }];
  let seen = 0;
  for (let found; (found = TOKEN.exec(text)); TOKEN.lastIndex = seen) {
    const [token, , code] = found;
    add(frames, text.slice(seen, found.index));
    seen = found.index + token.length;
    if (token === "\n") layDown(frames, 1);
    if (code) add(frames, { kind: "code", text: code });
    else if (/[a-z]/i.test(token)) seen = found.index + link(frames, token);
    else if (/^[*_]$/.test(token)) turn(frames, token, text[found.index - 1] ?? " ", text[seen] ?? " ");
    else add(frames, token);
  }
  add(frames, text.slice(seen));
  layDown(frames, 1);
  return frames[0].nodes;
}

/** @param {Frame[]} frames @param {Mark} node */
function add(frames, node) {
  const { nodes } = frames[frames.length - 1];
  const last = nodes[nodes.length - 1];
  if (typeof node === "string" && typeof last === "string") nodes[nodes.length - 1] = last + node;
  else if (node) nodes.push(node);
}

/** @param {Frame[]} frames @param {string} mark @param {string} before @param {string} after */
function turn(frames, mark, before, after) {
  const open = frames.findIndex((frame) => frame.mark === mark);
  if (open > 0 && /\S/.test(before) && !IN_WORDS.test(after)) return close(frames, open);
  if (/\s/.test(after) || NEVER_BEFORE.test(before)) return add(frames, mark);
  if (open > 0) layDown(frames, open);
  frames.push({ mark, nodes: [] });
}

/** Marks around nothing but marks are a face: *_*. @param {Frame[]} frames @param {number} open */
function close(frames, open) {
  layDown(frames, open + 1);
  const { mark, nodes } = /** @type {Frame} */ (frames.pop());
  const words = nodes.join("");
  add(frames, /[^*_]/.test(words) ? { kind: mark === "*" ? "bold" : "italic", nodes } : mark + words + mark);
}

/** @param {Frame[]} frames @param {number} left  how many stay open */
function layDown(frames, left) {
  while (frames.length > left) {
    const { mark, nodes } = /** @type {Frame} */ (frames.pop());
    for (const node of [mark, ...nodes]) add(frames, node);
  }
}

/** @param {Frame[]} frames @param {string} found @returns {number} the link's length */
function link(frames, found) {
  const text = found.slice(0, linkEnd(found));
  add(frames, { kind: "link", text, href: text.replace(/^\w+/, (scheme) => scheme.toLowerCase()) });
  return text.length;
}

/** Without what belongs to the sentence around it. @param {string} found */
function linkEnd(found) {
  /** @type {Record<string, number>} */
  const spare = {};
  for (const [closing, opening] of [")(", "][", "}{"]) {
    spare[closing] = found.split(closing).length - found.split(opening).length;
  }
  let end = found.length;
  while (AFTER_LINK.test(found[end - 1]) || spare[found[end - 1]]-- > 0) end--;
  return end;
}
