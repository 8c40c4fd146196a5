// @ts-check
/** What opens over the canvas: the picker of layers and the menu of a card. Both are used with mouse or keys alone. */

import { element, setText, text } from "./format.js";

/** @typedef {import("./network_types.js").CatalogGroup} CatalogGroup */
/** @typedef {import("./network_types.js").CatalogRow} CatalogRow */
/** @typedef {{row: CatalogRow, option: HTMLElement, words: string}} Entry a row in the picker */
/** @typedef {{label: string, disabled?: boolean, danger?: boolean, keys?: string, run: () => void}} MenuItem */

const MARGIN = 8;
/** Names of the catalog's groups as headings. @type {Record<string, string>} */
const HEADINGS = {
  linear: "Linear",
  activation: "Activation",
  normalization: "Normalization",
  regularization: "Regularization",
};

/** One popover at a time, inside the canvas box and placed below the button that opened it. */
export class Popover {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {HTMLElement | null} */
    this.panel = null;
    /** @type {HTMLElement | null} */
    this.opener = null;
    /** @param {Event} event */
    this._outside = (event) => {
      const path = event.composedPath();
      if (this.panel && !path.includes(this.panel) && !(this.opener && path.includes(this.opener))) this.close(false);
    };
  }

  /**
   * @param {HTMLElement} panel
   * @param {HTMLElement} opener
   * @param {{tabs?: boolean}} [options] with `tabs` the tab key goes from one element of the panel to the next
   */
  open(panel, opener, { tabs = false } = {}) {
    this.close(false);
    this.panel = panel;
    this.opener = opener;
    opener.setAttribute("aria-expanded", "true");
    panel.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape" || (event.key === "Tab" && !tabs)) {
        event.preventDefault();
        this.close(true);
      }
    });
    this.root.append(panel);
    this._place();
    document.addEventListener("pointerdown", this._outside, true);
  }

  /** @param {HTMLElement} opener */
  isOpenAt(opener) {
    return this.panel !== null && this.opener === opener;
  }

  /** @param {boolean} back whether the focus goes back to the button */
  close(back) {
    if (!this.panel) return;
    document.removeEventListener("pointerdown", this._outside, true);
    this.panel.remove();
    this.panel = null;
    this.opener?.setAttribute("aria-expanded", "false");
    if (back && this.opener?.isConnected) this.opener.focus({ preventScroll: true });
    this.opener = null;
  }

  _place() {
    if (!this.panel || !this.opener) return;
    const box = this.root.getBoundingClientRect();
    const at = this.opener.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.panel;
    const middle = at.left + at.width / 2 - box.left - offsetWidth / 2;
    const left = Math.max(MARGIN, Math.min(middle, box.width - offsetWidth - MARGIN));
    const below = at.bottom - box.top + 6;
    const above = at.top - box.top - offsetHeight - 6;
    const fits = below + offsetHeight <= box.height - MARGIN;
    const top = fits ? below : Math.max(MARGIN, above >= MARGIN ? above : box.height - offsetHeight - MARGIN);
    this.panel.style.left = `${Math.round(left)}px`;
    this.panel.style.top = `${Math.round(top)}px`;
  }
}

/**
 * The menu of a card.
 * @param {Popover} popover
 * @param {HTMLElement} opener
 * @param {string} label
 * @param {MenuItem[]} items
 */
export function openMenu(popover, opener, label, items) {
  const menu = element("div", { class: "nn-popover nn-menu", role: "menu", "aria-label": label });
  const buttons = items.map((item) => {
    const button = element(
      "button",
      {
        type: "button",
        role: "menuitem",
        tabindex: -1,
        class: item.danger ? "nn-menu-danger" : null,
        "aria-disabled": item.disabled ? "true" : null,
      },
      text(item.label),
      text(item.keys ?? "", "nn-keys"),
    );
    button.addEventListener("click", () => {
      if (item.disabled) return;
      popover.close(true);
      item.run();
    });
    return button;
  });
  menu.append(...buttons);
  menu.addEventListener("keydown", (event) => {
    const focused = /** @type {ShadowRoot | Document} */ (menu.getRootNode()).activeElement;
    const at = buttons.findIndex((button) => button === focused);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons.at(to % buttons.length)?.focus();
  });
  popover.open(menu, opener);
  buttons[0]?.focus({ preventScroll: true });
}

/**
 * The picker of a layer: a filter, the rows by group, the chosen row's explanation.
 * @param {Popover} popover
 * @param {HTMLElement} opener
 * @param {CatalogGroup[]} catalog
 * @param {(row: CatalogRow) => void} pick
 */
export function openPicker(popover, opener, catalog, pick) {
  const filter = element("input", {
    type: "text",
    class: "nn-filter",
    role: "combobox",
    placeholder: "Type to find a layer",
    "aria-label": "Find a layer",
    "aria-expanded": "true",
    "aria-controls": "nn-picker-list",
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
  });
  const list = element("div", { class: "nn-options", id: "nn-picker-list", role: "listbox", "aria-label": "Layers" });
  const none = text("", "nn-none", "div");
  none.hidden = true;
  const help = text("", "nn-help", "div");
  help.setAttribute("aria-live", "polite");
  const panel = element(
    "div",
    { class: "nn-popover nn-picker", role: "dialog", "aria-label": "Add a layer here" },
    filter,
    list,
    none,
    help,
  );

  /** @type {Entry[]} */
  const entries = [];
  /** @type {{section: HTMLElement, entries: Entry[]}[]} */
  const sections = [];
  for (const { group, rows } of catalog) {
    const name = HEADINGS[group] ?? group;
    const section = element(
      "div",
      { role: "group", "aria-label": name, class: "nn-group" },
      text(name, "nn-group-name", "div"),
    );
    const grid = element("div", { role: "presentation", class: "nn-group-rows" });
    section.append(grid);
    const own = rows.map((row) => {
      const option = element(
        "div",
        {
          class: "nn-option",
          role: "option",
          id: `nn-option-${entries.length}`,
          "aria-selected": "false",
          title: row.help,
        },
        row.label,
      );
      const entry = { row, option, words: `${row.label} ${row.key}`.toLowerCase() };
      option.addEventListener("pointermove", () => choose(entry));
      option.addEventListener("click", () => take(entry));
      grid.append(option);
      entries.push(entry);
      return entry;
    });
    sections.push({ section, entries: own });
    list.append(section);
  }
  let visible = entries;
  /** @type {Entry | undefined} */
  let chosen;

  /** @param {Entry | undefined} entry */
  function choose(entry) {
    if (entry === chosen && entry) return;
    chosen?.option.setAttribute("aria-selected", "false");
    chosen = entry;
    entry?.option.setAttribute("aria-selected", "true");
    entry?.option.scrollIntoView({ block: "nearest" });
    filter.setAttribute("aria-activedescendant", entry?.option.id ?? "");
    setText(help, entry?.row.help ?? "");
  }
  /** @param {Entry} entry */
  function take(entry) {
    popover.close(true);
    pick(entry.row);
  }
  /** The option above or below the chosen one, as it stands on the screen. @param {number} direction */
  function vertically(direction) {
    if (!chosen) return;
    const from = chosen.option.getBoundingClientRect();
    const beyond = visible
      .map((entry) => ({ entry, box: entry.option.getBoundingClientRect() }))
      .filter(({ box }) => (box.top - from.top) * direction > 1)
      .map(({ entry, box }) => ({
        entry,
        distance: Math.abs(box.top - from.top) * 1000 + Math.abs(box.left - from.left),
      }))
      .sort((a, b) => a.distance - b.distance);
    if (beyond.length) choose(beyond[0].entry);
  }

  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    visible = entries.filter(({ words }) => words.includes(wanted));
    // What begins with the letters comes first to mind.
    const best = visible.find(({ words }) => words.startsWith(wanted)) ?? visible[0];
    for (const { section, entries: own } of sections) {
      for (const entry of own) entry.option.hidden = !visible.includes(entry);
      section.hidden = own.every((entry) => entry.option.hidden);
    }
    none.hidden = visible.length > 0;
    setText(none, visible.length ? "" : `No layer is called “${filter.value.trim()}”; try another word.`);
    choose(best);
  });
  filter.addEventListener("keydown", (event) => {
    const at = chosen ? visible.indexOf(chosen) : -1;
    // Left and right belong to the text once there is some.
    const sideways = filter.value === "";
    if (event.key === "ArrowDown") vertically(1);
    else if (event.key === "ArrowUp") vertically(-1);
    else if (event.key === "ArrowRight" && sideways) choose(visible[Math.min(visible.length - 1, at + 1)]);
    else if (event.key === "ArrowLeft" && sideways) choose(visible[Math.max(0, at - 1)]);
    else if (event.key === "Enter") {
      if (chosen) take(chosen);
    } else return;
    event.preventDefault();
  });

  popover.open(panel, opener);
  choose(entries[0]);
  filter.focus({ preventScroll: true });
}
