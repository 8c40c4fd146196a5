// @ts-check
/** The title of an axis from which its feature is chosen: a select in the place of the title, upright or lying. */

import { element, setText, text } from "./format.js";

/** A title that can be changed; the select over it is not seen, but has the focus and the list. */
export class AxisPicker {
  /** @param {string} label for screen readers @param {() => void} onChange */
  constructor(label, onChange) {
    this.label = label;
    this.select = element("select", { "aria-label": label });
    this.name = text("", "nn-cut");
    const arrow = text("", "nn-axis-arrow");
    const shown = element("span", { class: "nn-axis-title", "aria-hidden": "true" }, this.name, arrow);
    this.node = element("span", { class: "nn-axis" }, shown, this.select);
    this.select.addEventListener("change", () => {
      this._name();
      onChange();
    });
  }

  get value() {
    return this.select.value;
  }

  /** @param {string} value */
  set value(value) {
    this.select.value = value;
    this._name();
  }

  /** @param {string[]} names */
  setOptions(names) {
    this.select.replaceChildren(...names.map((name, index) => new Option(name, String(index))));
  }

  /** @param {Element | null} active the focused element */
  isUsed(active) {
    return active === this.select;
  }

  _name() {
    const name = this.select.selectedOptions[0]?.text ?? "";
    setText(this.name, name);
    this.node.title = `${this.label}: ${name}`;
  }
}
