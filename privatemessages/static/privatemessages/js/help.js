/**
 * What keys do, and what text can do.
 *
 * @typedef {import("./choices.js").Choices} Choices
 */

import { make } from "./page.js";
import { loadStyles } from "./stylesheet.js";
import { gettext } from "./words.js";

const ID = "pm-shortcuts";
const CONTROL = /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl";

/** @param {{css: string, choices: Choices}} options  `css`: where its looks are */
export async function openHelp({ css, choices }) {
  await loadStyles(css);
  if (document.querySelector(`#${ID}[open]`)) return;
  const dialog = make("dialog", "pm-dialog pm-help");
  dialog.id = ID;
  dialog.append(head(dialog), keysOf(choices), single(choices), looks());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  (document.querySelector(".pm") ?? document.body).append(dialog);
  dialog.showModal();
}

/** @param {HTMLDialogElement} dialog */
function head(dialog) {
  const [top, title, close] = [make("header", "pm-dialog-top"), make("h2", "", gettext("Keyboard and formatting")), make("button", "pm-icon", "×")];
  title.id = `${ID}-title`;
  dialog.setAttribute("aria-labelledby", title.id);
  close.type = "button";
  close.setAttribute("aria-label", gettext("Close"));
  close.addEventListener("click", () => dialog.close());
  top.append(title, close);
  return top;
}

/** @param {Choices} choices */
function keysOf(choices) {
  const [send, line] = choices.get("enter") === "line" ? [[CONTROL, "Enter"], ["Enter"]] : [["Enter"], ["Shift", "Enter"]];
  /** @type {[string, string[]][]} */
  const keys = [
    [gettext("Find a conversation or somebody"), [CONTROL, "K"]],
    [gettext("The conversation above"), ["Alt", "↑"]],
    [gettext("The conversation below"), ["Alt", "↓"]],
    [gettext("Write in this conversation"), ["Alt", "Enter"]],
    [gettext("Send"), send],
    [gettext("A new line"), line],
    [gettext("Back to the conversations"), ["Esc"]],
    [gettext("This list"), [CONTROL, "/"]],
  ];
  return table(gettext("Keyboard"), keys.map(([words, names]) => row(words, pressed(names))));
}

/** @param {string[]} names */
function pressed(names) {
  return names.flatMap((name, index) => [index ? "+" : "", make("kbd", "", name)]);
}

/** A key without Ctrl can be in the way of whoever speaks to the machine. @param {Choices} choices */
function single(choices) {
  const [label, box] = [make("label", "pm-check"), make("input", "")];
  Object.assign(box, { type: "checkbox", checked: choices.get("keys") !== "off" });
  box.addEventListener("change", () => choices.set("keys", box.checked ? "on" : "off"));
  label.append(box, " ", gettext("The key “?” alone opens this list too"));
  return label;
}

function looks() {
  const [bold, italic, code, quoted] = [gettext("bold"), gettext("italic"), gettext("code"), gettext("quoted")];
  const lines = gettext("several\nlines");
  /** @type {[string, string | HTMLElement][]} */
  const rows = [
    [`*${bold}*`, make("strong", "", bold)],
    [`_${italic}_`, make("em", "", italic)],
    [`\`${code}\``, make("code", "", code)],
    [`\`\`\`\n${lines}\n\`\`\``, make("code", "", lines)],
    [`> ${quoted}`, make("blockquote", "", quoted)],
    [":heart:", "❤️"],
    ["/help", gettext("The commands of a group or room")],
  ];
  return table(gettext("Formatting"), rows.map(([typed, shown]) => row(make("code", "", typed), [shown])));
}

/** @param {string} words @param {HTMLElement[]} rows */
function table(words, rows) {
  const made = make("table", "");
  made.append(make("caption", "", words), ...rows);
  return made;
}

/** @param {Node | string} name @param {(Node | string)[]} parts */
function row(name, parts) {
  const [made, head, cell] = [make("tr", ""), make("th", ""), make("td", "")];
  head.scope = "row";
  head.append(name);
  cell.append(...parts);
  made.append(head, cell);
  return made;
}
