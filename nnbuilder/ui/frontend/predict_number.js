// @ts-check
/** A number or a date of the form: a slider, a field, and below them the range or what is wrong with what was typed. */

import { element, setText, text } from "./format.js";
import { dateText, daysOf, outside, parsed, rounded, stepped, written } from "./predict_values.js";

/** @typedef {import("./predict.js").Feature} Feature */

const ABOUT = "nn-ask-about-";

export class NumberField {
  /** @param {Feature} feature @param {number} place @param {(value: number | null) => void} set */
  constructor(feature, place, set) {
    this.feature = feature;
    this.set = set;
    this.dated = feature.kind === "date";
    /** @type {number | null} the value that is asked about */
    this.value = null;
    const { low, high, missing, name, whole } = feature;
    const ranged = low !== null && high !== null && high > low;
    this.slider = element("input", {
      type: "range",
      class: "nn-ask-slider",
      step: "any",
      min: low ?? 0,
      max: high ?? 1,
      "aria-label": `${name}, slider`,
      disabled: !ranged,
    });
    this.field = element("input", {
      type: this.dated ? (whole ? "date" : "datetime-local") : "text",
      inputmode: "decimal",
      class: `nn-ask-input ${this.dated ? "nn-ask-date" : "nn-ask-number"}`,
      "aria-label": name,
      "aria-describedby": `${ABOUT}${place}`,
      placeholder: missing ? "missing" : "number",
      autocomplete: "off",
    });
    this.hint = text(feature.range, "nn-ask-hint");
    // Read out with the field, and by itself when it comes.
    this.wrong = text("", "nn-ask-wrong");
    this.wrong.setAttribute("role", "alert");
    this.wrong.id = `${ABOUT}${place}`;
    this.wrong.hidden = true;
    this.nodes = [this.slider, this.field, this.hint, this.wrong];
    this._listen();
  }

  _listen() {
    const { slider, field } = this;
    slider.addEventListener("input", () => this._slide(rounded(Number(slider.value), this.feature)));
    slider.addEventListener("keydown", (event) => {
      const next = stepped(this.value ?? Number(slider.value), event.key, this.feature);
      if (next === null || event.ctrlKey || event.metaKey || event.altKey) return;
      // The browser's own steps are no round values, and may be too short to lead to the next whole one.
      event.preventDefault();
      this._slide(next);
    });
    field.addEventListener("input", () => this._type(false));
    field.addEventListener("change", () => this._type(true));
  }

  /** @param {number} value */
  _slide(value) {
    this._say("");
    this.set(value);
  }

  /** Takes what stands in the field. @param {boolean} whole is it typed to its end? */
  _type(whole) {
    const { dated, field, feature } = this;
    const empty = field.value.trim() === "" && !field.validity.badInput;
    const value = empty ? null : dated ? daysOf(field.value) : parsed(field.value);
    const noun = dated ? "date" : "number";
    let why = "";
    if (value === null && !feature.missing) why = `${feature.name} must not be empty; type a ${noun}`;
    else if (value !== null && !Number.isFinite(value)) {
      why = dated
        ? "This is no date; type one"
        : `“${field.value.trim()}” is no number; type one such as ${this._example()}`;
    }
    if (why) {
      // What is typed half is no mistake yet; one that is told is told until it is none.
      if (whole || !this.wrong.hidden) this._say(`${why}. The answer is for ${this._shown() || "a missing value"}.`);
      return;
    }
    this._say("");
    if (!whole || value !== this.value) this.set(value);
  }

  /** @param {string} sentence */
  _say(sentence) {
    setText(this.wrong, sentence);
    this.wrong.hidden = !sentence;
    if (sentence) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
  }

  _shown() {
    return this.dated ? dateText(this.value, this.feature.whole) : written(this.value);
  }

  _example() {
    return written(this.value) || String(this.feature.high ?? 1.5);
  }

  /** @param {number | null} value */
  show(value) {
    const { dated, feature, field, hint, slider } = this;
    this.value = value;
    if (value !== null) slider.value = String(value);
    slider.setAttribute("aria-valuetext", value === null ? "missing" : this._shown());
    const far = outside(value, feature);
    setText(hint, value === null ? feature.missing : far ? `not in ${feature.range}` : feature.range);
    hint.title = hint.textContent ?? "";
    const now = dated ? daysOf(field.value) : parsed(field.value);
    const same = value === null ? field.value.trim() === "" : now === value;
    // What is being typed stays as it is typed.
    if (same && field.matches(":focus")) return;
    field.value = this._shown();
    field.title = value === null || dated ? "" : String(value);
    this._say("");
  }
}
