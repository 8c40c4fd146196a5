// @ts-check
/** What the row begins with: the middle of the training rows, or a row of one part of the data. */

import { count, element, icon, setText, text } from "./format.js";

/** @typedef {{part: string, label: string, rows: number, all: number}} Part */
/** @typedef {{part: string, row: number}} Take */

const BACK = "M15.5 5 8.5 12l7 7";
const ON = "M8.5 5l7 7-7 7";
const MIDDLE = "middle";
const MIDDLE_HELP = "Median of each number and the most frequent category of the training rows";

export class Begin {
  /** @param {(take: Take) => void} take */
  constructor(take) {
    this.take = take;
    /** @type {Part[]} */
    this.parts = [];
    this.row = 0;
    this.part = element("select", { class: "nn-ask-input", "aria-label": "Begin with" });
    const field = { class: "nn-ask-input nn-ask-row", type: "number", min: 1, value: 1, "aria-label": "Row number" };
    this.number = element("input", field);
    this.back = step("Row before", BACK);
    this.on = step("Next row", ON);
    this.all = text("", "nn-ask-muted");
    this.origin = text("", "nn-ask-origin", "div");
    this.steps = element("span", { class: "nn-ask-rows" }, this.back, this.number, this.on, this.all);
    const line = element("div", { class: "nn-ask-line" }, this.part, this.steps);
    this.node = element("div", { class: "nn-ask-begin" }, line, this.origin);
    this.back.addEventListener("click", () => this._go(this.row ? this.row - 1 : 1));
    this.on.addEventListener("click", () => this._go(this.row + 1));
    this.number.addEventListener("change", () => this._go(Number(this.number.value)));
    this.part.addEventListener("change", () => this._go(1));
  }

  /** @param {{parts: Part[]}} asked */
  build({ parts }) {
    this.parts = parts;
    this.row = 0;
    const offered = parts.map(({ part, label }) => element("option", { value: part }, `${label} row`));
    const middle = element("option", { value: MIDDLE, title: MIDDLE_HELP }, "Middle of training");
    this.part.replaceChildren(middle, ...offered);
    this._limits();
  }

  /**
   * Shows which row of the data was put in.
   * @param {[string, number]} taken
   * @param {string} origin
   * @param {string} truth
   */
  show([part, row], origin, truth) {
    this.part.value = part;
    this.row = row;
    if (row && !isFocused(this.number)) this.number.value = String(row);
    this._limits();
    setText(this.origin, origin ? `From the ${origin}${truth ? `, where the truth is ${truth}` : ""}` : "");
    this.origin.title = part === MIDDLE ? MIDDLE_HELP : (this.origin.textContent ?? "");
  }

  _now() {
    return this.parts.find(({ part }) => part === this.part.value);
  }

  _limits() {
    const part = this._now();
    this.steps.hidden = !part;
    if (!part) return;
    this.number.max = String(part.rows);
    // Not `disabled`, which would take the focus from who steps with the keys.
    this.back.setAttribute("aria-disabled", String(this.row <= 1));
    this.on.setAttribute("aria-disabled", String(this.row >= part.rows));
    setText(this.all, part.rows < part.all ? `of the first ${count(part.rows)}` : `of ${count(part.rows)}`);
  }

  /** @param {number} row */
  _go(row) {
    const part = this._now();
    if (part && !Number.isFinite(row)) return;
    this.row = part ? Math.max(1, Math.min(part.rows, Math.round(row))) : 0;
    this.number.value = String(this.row || 1);
    this._limits();
    this.take({ part: part?.part ?? MIDDLE, row: this.row });
  }
}

/** @param {string} name @param {string} path */
function step(name, path) {
  const about = { type: "button", class: "nn-ask-button nn-ask-step", "aria-label": name, title: name };
  return element("button", about, icon(path, true));
}

/** @param {HTMLElement} node */
const isFocused = (node) => /** @type {ShadowRoot | Document} */ (node.getRootNode()).activeElement === node;
