// @ts-check
/** The form: a line for each feature, with a slider and a field, a list of categories, a switch, or a date. */

import { element, setText, text } from "./format.js";
import { dateText, daysOf, outside, parsed, rounded, written } from "./predict_values.js";

/** @typedef {import("./predict.js").Feature} Feature */
/** @typedef {import("./predict.js").Values} Values */
/** @typedef {{node: HTMLElement, name: HTMLElement, show: (value: number | null) => void}} Line */

/** From so many features on they can be searched. */
const SEARCHED = 16;

export class FieldList {
  /** @param {{set: (place: number, value: number | null) => void, curve: (place: number) => void}} on */
  constructor(on) {
    this.on = on;
    /** @type {Line[]} */
    this.lines = [];
    this.search = element("input", { type: "search", class: "nn-ask-input nn-ask-search", placeholder: "Find a feature", "aria-label": "Find a feature" });
    this.list = element("div", { class: "nn-ask-fields" });
    this.pixels = element("details", { class: "nn-ask-pixel-fields" });
    this.node = element("div", { class: "nn-ask-form-body" }, this.search, this.list);
    this.search.addEventListener("input", () => this._filter());
  }

  /** @param {{features: Feature[], pixels: {names: string[]} | null}} asked */
  build({ features, pixels }) {
    const folded = new Set(pixels?.names ?? []);
    this.features = features;
    this.lines = features.map((feature, place) => this._line(feature, place));
    const inside = this.lines.filter((_, place) => folded.has(features[place].name)).map(({ node }) => node);
    const beside = this.lines.filter((_, place) => !folded.has(features[place].name)).map(({ node }) => node);
    this.list.replaceChildren(...beside);
    if (inside.length) {
      this.pixels = element("details", { class: "nn-ask-pixel-fields" }, element("summary", {}, `${inside.length} pixels, one by one`), ...inside);
      this.list.append(this.pixels);
    }
    this.search.hidden = features.length < SEARCHED;
    this.search.value = "";
    this.list.scrollTop = 0;
  }

  /** @param {Values} values @param {number[]} [places] all without them */
  show(values, places) {
    for (const place of places ?? values.keys()) this.lines[place].show(values[place]);
  }

  /** Marks the feature that the curve is drawn over. @param {number} place */
  over(place) {
    this.lines.forEach(({ name }, index) => name.setAttribute("aria-pressed", String(index === place)));
  }

  _filter() {
    const wanted = this.search.value.trim().toLowerCase();
    this.lines.forEach(({ node }, place) => {
      node.hidden = !(this.features?.[place].name ?? "").toLowerCase().includes(wanted);
    });
    if (wanted && this.pixels.isConnected) this.pixels.open = true;
  }

  /** @param {Feature} feature @param {number} place @returns {Line} */
  _line(feature, place) {
    const title = [feature.name, feature.range && `training rows: ${feature.range}`, "click to draw the curve over it"].filter(Boolean).join("\n");
    const name = element("button", { type: "button", class: "nn-ask-name", title, "aria-pressed": "false" }, feature.name);
    name.addEventListener("click", () => this.on.curve(place));
    const made = feature.categories.length ? this._choice(feature, place) : this._number(feature, place);
    const hint = text(feature.range, "nn-ask-hint");
    const node = element("div", { class: "nn-ask-field" }, name, ...made.nodes, ...(feature.categories.length ? [] : [hint]));
    const show = (/** @type {number | null} */ value) => {
      made.show(value);
      node.classList.toggle("nn-ask-outside", outside(value, feature));
      node.classList.toggle("nn-ask-gap", value === null);
      if (!feature.categories.length) {
        const far = outside(value, feature);
        setText(hint, value === null ? feature.missing : far ? `not in ${feature.range}` : feature.range);
        hint.title = hint.textContent ?? "";
      }
    };
    return { node, name, show };
  }

  /** @param {Feature} feature @param {number} place */
  _choice(feature, place) {
    const { categories, kind, missing, seen } = feature;
    if (kind === "yes_no" && !missing) {
      const box = element("input", { type: "checkbox", role: "switch", class: "nn-ask-switch", "aria-label": feature.name });
      const word = text("", "nn-ask-word");
      box.addEventListener("change", () => this.on.set(place, box.checked ? 1 : 0));
      return {
        nodes: [element("label", { class: "nn-ask-wide nn-ask-toggle" }, box, word)],
        show: (/** @type {number | null} */ value) => {
          box.checked = value === 1;
          setText(word, categories[value ?? 0] ?? "");
        },
      };
    }
    const options = categories.map((label, code) =>
      element("option", { value: code }, seen.length && !seen.includes(code) ? `${label || "(empty)"} (in no training row)` : label || "(empty)"),
    );
    if (missing) options.push(element("option", { value: "" }, missing));
    const select = element("select", { class: "nn-ask-input nn-ask-wide", "aria-label": feature.name }, ...options);
    select.addEventListener("change", () => this.on.set(place, select.value === "" ? null : Number(select.value)));
    return {
      nodes: [select],
      show: (/** @type {number | null} */ value) => {
        select.value = value === null ? "" : String(value);
      },
    };
  }

  /** @param {Feature} feature @param {number} place */
  _number(feature, place) {
    const { low, high, missing, whole, kind } = feature;
    const dated = kind === "date";
    const ranged = low !== null && high !== null && high > low;
    const slider = element("input", { type: "range", class: "nn-ask-slider", step: "any", min: low ?? 0, max: high ?? 1, "aria-label": `${feature.name}, slider`, disabled: !ranged });
    const field = element("input", {
      type: dated ? (whole ? "date" : "datetime-local") : "text",
      inputmode: "decimal",
      class: `nn-ask-input ${dated ? "nn-ask-date" : "nn-ask-number"}`,
      "aria-label": feature.name,
      placeholder: missing ? "missing" : "number",
      autocomplete: "off",
    });
    slider.addEventListener("input", () => {
      field.setCustomValidity("");
      this.on.set(place, rounded(Number(slider.value), feature));
    });
    const refused = (/** @type {string} */ why) => {
      field.setCustomValidity(why);
      field.title = why;
      field.reportValidity();
    };
    field.addEventListener("input", () => {
      const empty = field.value.trim() === "";
      const value = empty ? null : dated ? daysOf(field.value) : parsed(field.value);
      field.setCustomValidity("");
      if (value === null && !missing) field.setCustomValidity("This value must not be missing.");
      else if (value !== null && !Number.isFinite(value)) field.setCustomValidity("This is no number.");
      else this.on.set(place, value);
    });
    field.addEventListener("change", () => {
      if (field.validationMessage) refused(field.validationMessage);
    });
    return {
      nodes: [slider, field],
      show: (/** @type {number | null} */ value) => {
        if (value !== null) slider.value = String(value);
        const now = dated ? daysOf(field.value) : parsed(field.value);
        const same = value === null ? field.value.trim() === "" : now === value;
        // What is being typed stays as it is typed.
        if (same && field.matches(":focus")) return;
        field.value = dated ? dateText(value, whole) : written(value);
        field.title = value === null || dated ? "" : String(value);
        field.setCustomValidity("");
      },
    };
  }
}
