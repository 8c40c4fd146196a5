// @ts-check
/** Both ends of the network canvas: the inputs, and the output. */

import { count, counted, element, setText, short, text, toldApart } from "./format.js";
import { Neurons, setAttribute } from "./network_cards.js";
import { MOST_SHOWN } from "./network_links.js";

/** Letters of an input's name that have room beside its neuron. */
const SHORT_NAME = 10;

/** @typedef {import("./network_types.js").Asked} Asked */
/** @typedef {import("./network_types.js").NetworkData} NetworkData */

/** The inputs: a named neuron each. */
export class InputColumn {
  constructor() {
    this.neurons = new Neurons("nn-named");
    this.note = text("", "nn-note", "div");
    this.element = element(
      "div",
      { class: "nn-end nn-inputs", role: "group" },
      head("Inputs", element("div", { class: "nn-middle" }), this.note),
      element("div", { class: "nn-body" }, this.neurons.element),
      element("div", { class: "nn-foot" }),
    );
  }

  /** @param {string[]} names */
  update(names) {
    this.neurons.update(names.length, (unit) => names[unit]);
    const shown = toldApart(names.slice(0, MOST_SHOWN), SHORT_NAME);
    this.neurons.boxes.forEach((box, unit) => {
      const label = box.firstElementChild ?? box.appendChild(text("", "nn-name"));
      setText(label, shown[unit]);
    });
    setText(this.note, counted(names.length, "feature"));
    const listed = names.slice(0, MOST_SHOWN).join(", ");
    setAttribute(this.element, "aria-label", `${counted(names.length, "input")}: ${listed}`);
  }

  /** Makes room for the longest name. */
  measure() {
    const names = this.neurons.boxes.map((box) => /** @type {HTMLElement} */ (box.firstElementChild));
    const widest = Math.max(0, ...names.map((name) => name.offsetWidth));
    this.neurons.element.style.paddingLeft = `${widest + 7}px`;
  }
}

/** The output: what the last layer answers, and a button where its width is not what the data asks for. */
export class OutputCard {
  /** @param {(asked: Asked) => void} ask */
  constructor(ask) {
    this.neurons = new Neurons("nn-round");
    this.label = text("", "nn-note", "div");
    this.width = text("", "nn-width");
    this.match = element("button", { type: "button", class: "nn-button nn-text nn-match" });
    this.match.addEventListener("click", () => ask({ do: "match_output" }));
    this.match.hidden = true;
    this.element = element(
      "div",
      { class: "nn-end nn-output", role: "group" },
      head("Output", element("div", { class: "nn-middle" }, this.width), this.label),
      element("div", { class: "nn-body" }, this.neurons.element),
      element("div", { class: "nn-foot" }, this.match),
    );
  }

  /** @param {NetworkData["output"]} output @param {boolean} offered does another button offer the same repair? */
  update({ width, wanted, label }, offered) {
    setText(this.width, width >= 1e6 ? short(width) : count(width));
    setText(this.label, label ? `→ ${label}` : "");
    setAttribute(this.label, "title", label || null);
    this.neurons.update(width, (unit) => `Output ${unit + 1}`);
    const fits = width === wanted;
    this.match.hidden = fits || offered;
    setText(this.match, `Match data (${count(wanted)})`);
    for (const name of ["aria-label", "title"]) {
      setAttribute(this.match, name, `Make the output ${count(wanted)} wide, as the data asks for`);
    }
    this.element.classList.toggle("nn-wrong", !fits);
    const asks = fits ? "" : `; the data asks for ${count(wanted)}`;
    setAttribute(this.element, "aria-label", `Output, ${count(width)} wide${label ? `: ${label}` : ""}${asks}`);
  }
}

/** @param {string} title @param {...Node} rest */
const head = (title, ...rest) => element("div", { class: "nn-head" }, text(title, "nn-label"), ...rest);
