// @ts-check
/** What the row begins with: the middle of the training rows, or a row of one part of the data. */

import { count, element, icon, setText, text } from "./format.js";

/** @typedef {{part: string, label: string, rows: number, all: number}} Part */

const BACK = "M15.5 5 8.5 12l7 7";
const ON = "M8.5 5l7 7-7 7";

export class Begin {
  /** @param {(take: {part: string, row: number}) => void} take */
  constructor(take) {
    this.take = take;
    /** @type {Part[]} */
    this.parts = [];
    this.row = 0;
    this.part = element("select", { class: "nn-ask-input", "aria-label": "Part of the data" });
    this.number = element("input", { class: "nn-ask-input nn-ask-row", type: "number", min: 1, value: 1, "aria-label": "Row number" });
    this.back = element("button", { type: "button", class: "nn-ask-button nn-ask-step", "aria-label": "Row before", title: "Row before" }, icon(BACK, true));
    this.on = element("button", { type: "button", class: "nn-ask-button nn-ask-step", "aria-label": "Next row", title: "Next row" }, icon(ON, true));
    this.all = text("", "nn-ask-muted");
    this.middle = element("button", { type: "button", class: "nn-ask-button" }, "Middle");
    this.middle.title = "Median of each number and the most frequent category of the training rows";
    this.origin = text("", "nn-ask-origin", "div");
    this.rows = element("span", { class: "nn-ask-rows" }, this.part, this.back, this.number, this.on, this.all);
    this.node = element("div", { class: "nn-ask-begin" }, element("div", { class: "nn-ask-line" }, this.rows, this.middle), this.origin);
    this.middle.addEventListener("click", () => this.take({ part: "middle", row: 0 }));
    this.back.addEventListener("click", () => this._go(this.row ? this.row - 1 : 1));
    this.on.addEventListener("click", () => this._go(this.row + 1));
    this.number.addEventListener("change", () => this._go(Number(this.number.value)));
    this.part.addEventListener("change", () => this._go(1));
  }

  /** @param {{parts: Part[]}} asked */
  build({ parts }) {
    this.parts = parts;
    this.row = 0;
    this.part.replaceChildren(...parts.map(({ part, label }) => element("option", { value: part }, label)));
    this.rows.hidden = !parts.length;
    this._limits();
  }

  /** @param {string} origin @param {string} truth */
  show(origin, truth) {
    setText(this.origin, origin ? `From the ${origin}${truth ? `, where the truth is ${truth}` : ""}` : "");
    this.origin.title = this.origin.textContent ?? "";
  }

  _now() {
    return this.parts.find(({ part }) => part === this.part.value);
  }

  _limits() {
    const part = this._now();
    if (!part) return;
    this.number.max = String(part.rows);
    setText(this.all, part.rows < part.all ? `of the first ${count(part.rows)}` : `of ${count(part.rows)}`);
  }

  /** @param {number} row */
  _go(row) {
    const part = this._now();
    if (!part || !Number.isFinite(row)) return;
    this._limits();
    this.row = Math.max(1, Math.min(part.rows, Math.round(row)));
    this.number.value = String(this.row);
    this.take({ part: part.part, row: this.row });
  }
}
