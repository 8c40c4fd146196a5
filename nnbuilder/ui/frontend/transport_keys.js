// @ts-check
/** The keys of the page: a list of them, and where a key means something else. */

import { element, text } from "./format.js";

const KEYS = [
  ["Space", "train or pause"],
  ["s", "one batch"],
  ["e", "one epoch"],
  ["r", "reset to the same weights"],
  ["Ctrl+Z, Ctrl+Y", "undo, redo, where the network has the focus"],
  ["Enter, Del", "settings of the layer with the focus, remove it"],
  ["?", "this list"],
];

/** The list of the keys. */
export function keysDialog() {
  const rows = KEYS.map(([key, meaning]) =>
    element("div", { class: "nn-keyrow" }, text(key, "", "kbd"), text(meaning)),
  );
  const close = element("button", { type: "button", class: "nn-button", autofocus: true }, "Close");
  const heading = text("Keys", "nn-title", "h2");
  const dialog = element("dialog", { class: "nn-dialog", "aria-label": "Keys" }, heading, ...rows, close);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return dialog;
}

/** Is text entered here, or something chosen by letters? @param {EventTarget | undefined} target */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "submit", "reset"].includes(target.type);
  const role = target.getAttribute("role") ?? "";
  const typing = [
    "textbox",
    "combobox",
    "searchbox",
    "slider",
    "spinbutton",
    "listbox",
    "option",
    "menuitem",
    "grid",
    "gridcell",
  ];
  if (target.closest("dialog, [role=dialog]")) return true;
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName) || typing.includes(role);
}

/** Does space already mean something here? @param {EventTarget | undefined} target */
export function isPressable(target) {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.closest(
      "button, summary, a[href], input, [role=button], [role=switch], [role=tab], [role=checkbox], [role=radio]",
    ) !== null
  );
}
