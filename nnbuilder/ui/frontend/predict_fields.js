// @ts-check
/** The form: a line for each feature, with a slider and a field, a list of categories, a switch, or a date. */

import { element, setText, text, toldApart } from "./format.js";
import { NumberField } from "./predict_number.js";
import { outside } from "./predict_values.js";

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
    const find = "Find a feature";
    this.search = element("input", {
      type: "search",
      class: "nn-ask-input nn-ask-search",
      placeholder: find,
      "aria-label": find,
    });
    this.list = element("div", { class: "nn-ask-fields" });
    this.pixels = element("details", { class: "nn-ask-pixel-fields" });
    this.node = element("div", { class: "nn-ask-form-body" }, this.search, this.list);
    this.search.addEventListener("input", () => this._filter());
  }

  /** @param {{features: Feature[], pixels: {names: string[]} | null}} asked */
  build({ features, pixels }) {
    const folded = new Set(pixels?.names ?? []);
    this.features = features;
    const shown = toldApart(
      features.map(({ name }) => name),
      26,
    );
    this.lines = features.map((feature, place) => this._line(feature, place, shown[place]));
    const inside = this.lines.filter((_, place) => folded.has(features[place].name)).map(({ node }) => node);
    const beside = this.lines.filter((_, place) => !folded.has(features[place].name)).map(({ node }) => node);
    this.list.replaceChildren(...beside);
    if (inside.length) {
      const summary = element("summary", {}, `${inside.length} pixels, one by one`);
      this.pixels = element("details", { class: "nn-ask-pixel-fields" }, summary, ...inside);
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

  /** @param {Feature} feature @param {number} place @param {string} shown its name in short @returns {Line} */
  _line(feature, place, shown) {
    const training = feature.range && `training rows: ${feature.range}`;
    const title = [feature.name, training, "click to draw the curve over it"].filter(Boolean).join("\n");
    const said = shown === feature.name ? null : feature.name;
    const about = { type: "button", class: "nn-ask-name", title, "aria-label": said, "aria-pressed": "false" };
    const name = element("button", about, shown);
    name.addEventListener("click", () => this.on.curve(place));
    const set = (/** @type {number | null} */ value) => this.on.set(place, value);
    const made = feature.categories.length ? this._choice(feature, place) : new NumberField(feature, place, set);
    const node = element("div", { class: "nn-ask-field" }, name, ...made.nodes);
    const show = (/** @type {number | null} */ value) => {
      made.show(value);
      node.classList.toggle("nn-ask-outside", outside(value, feature));
      node.classList.toggle("nn-ask-gap", value === null);
    };
    return { node, name, show };
  }

  /** @param {Feature} feature @param {number} place */
  _choice(feature, place) {
    const { categories, kind, missing, seen } = feature;
    if (kind === "yes_no" && !missing) {
      const about = { type: "checkbox", role: "switch", class: "nn-ask-switch", "aria-label": feature.name };
      const box = element("input", about);
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
    const unseen = (/** @type {number} */ code) => (seen.length && !seen.includes(code) ? " (in no training row)" : "");
    const options = categories.map((label, code) =>
      element("option", { value: code }, `${label || "(empty)"}${unseen(code)}`),
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
}
