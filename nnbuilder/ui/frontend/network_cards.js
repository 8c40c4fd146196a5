// @ts-check
/** The cards of the network canvas, one a layer: each is made once and then kept up to date in place. */

import { count, counted, element, icon, setText, short, text } from "./format.js";
import { glyph } from "./network_glyphs.js";
import { MOST_SHOWN } from "./network_links.js";
import { Origin, originWords } from "./network_transfer.js";

/** @typedef {import("./network_types.js").Layer} Layer */
/** @typedef {import("./network_types.js").Asked} Asked */
/**
 * @typedef {object} Surroundings what a card needs of the canvas it lies on
 * @property {(asked: Asked) => void} ask
 * @property {(opener: HTMLElement, card: LayerCard) => void} menu
 * @property {(opener: HTMLElement, before: string | null) => void} picker
 * @property {(card: LayerCard) => void} showProblem
 */

// A number chosen here stands against older answers of the page for this long.
const HOLD_MS = 2500;

const PLUS = "M12 5v14M5 12h14";
const MINUS = "M5 12h14";
const MORE = "M6 12h.01M12 12h.01M18 12h.01";
const SNOWFLAKE = "M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9M9.2 4.8 12 7.6l2.8-2.8M9.2 19.2l2.8-2.8 2.8 2.8";

/**
 * A button that shows an icon and has a name.
 * @param {string} path
 * @param {string} label
 * @param {string} className
 * @returns {HTMLButtonElement}
 */
export function iconButton(path, label, className) {
  const named = { type: "button", class: `nn-button ${className}`, "aria-label": label, title: label };
  return element("button", named, icon(path, true));
}

/** Sets an attribute only when it changed. @param {Element} node @param {string} name @param {string | null} value */
export function setAttribute(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** A name for button and tooltip. @param {Element} node @param {string} label */
function setLabel(node, label) {
  setAttribute(node, "aria-label", label);
  setAttribute(node, "title", label);
}

/** A column of neurons: boxes that frame what the canvas below draws, and how many more there are. */
export class Neurons {
  /** @param {string} className */
  constructor(className) {
    this.element = element("div", { class: `nn-neurons ${className}` });
    this.more = text("", "nn-more");
    this.more.hidden = true;
    this.element.append(this.more);
    /** @type {HTMLElement[]} */
    this.boxes = [];
  }

  /** @param {number} width @param {(unit: number) => string} title */
  update(width, title) {
    const shown = Math.min(MOST_SHOWN, width);
    while (this.boxes.length > shown) this.boxes.pop()?.remove();
    while (this.boxes.length < shown) {
      const box = element("div", { class: "nn-neuron" });
      this.more.before(box);
      this.boxes.push(box);
    }
    this.boxes.forEach((box, unit) => setAttribute(box, "title", title(unit)));
    this.more.hidden = width <= shown;
    const rest = width - shown;
    setText(this.more, rest > 0 ? `+${rest >= 1e4 ? short(rest) : count(rest)} more` : "");
    setAttribute(this.more, "title", rest > 0 ? `${count(width)} in all; the first ${shown} are drawn` : null);
  }
}

/** The card of a layer, with the “+” before it. */
export class LayerCard {
  /** @param {Layer} layer @param {Surroundings} surroundings */
  constructor(layer, surroundings) {
    this.layer = layer;
    this.surroundings = surroundings;
    const { ask } = surroundings;
    /** @param {Omit<Asked, "layer">} asked */
    this.ask = (asked) => ask({ ...asked, layer: this.layer.id });
    /** @type {number | null} a width asked for and not answered yet */
    this.asked = null;
    /** @type {number | undefined} */
    this.holding = undefined;
    this.gap = insertButton(surroundings, () => this.layer.id);

    const linear = layer.group === "linear";
    this.label = text("", "nn-label");
    this.middle = element("div", { class: "nn-middle" });
    this.note = text("", "nn-note", "div");
    this.origin = new Origin();
    this.neurons = new Neurons(linear ? "" : "nn-small");
    this.shape = text("", "nn-shape", "div");
    const knob = text("", "nn-knob");
    this.enable = element("button", { type: "button", role: "switch", class: "nn-button nn-switch" }, knob);
    this.freeze = iconButton(SNOWFLAKE, "Freeze", "nn-freeze");
    this.more = iconButton(MORE, "More", "nn-dots");
    setAttribute(this.more, "aria-haspopup", "menu");
    this.badge = element("button", { type: "button", class: "nn-button nn-badge" });
    this.badge.hidden = true;
    const controls = element("div", { class: "nn-controls" }, this.enable, this.freeze, this.more);
    this.element = element(
      "div",
      {
        class: `nn-card ${linear ? "nn-linear" : "nn-slim"}`,
        role: "group",
        tabindex: 0,
        "data-layer": layer.id,
      },
      element("div", { class: "nn-head" }, this.label, this.middle, this.note, this.origin.element),
      element("div", { class: "nn-body" }, this.neurons.element),
      element("div", { class: "nn-foot" }, this.shape, controls),
      this.badge,
    );
    if (linear) this._makeStepper();
    this.enable.addEventListener("click", () => this.ask({ do: "enable", value: !this.layer.enabled }));
    this.freeze.addEventListener("click", () => this.ask({ do: "freeze", value: !this.layer.frozen }));
    this.more.addEventListener("click", () => surroundings.menu(this.more, this));
    this.badge.addEventListener("click", () => surroundings.showProblem(this));
  }

  _makeStepper() {
    this.less = iconButton(MINUS, "One unit less", "nn-step");
    this.plus = iconButton(PLUS, "One unit more", "nn-step");
    const field = { type: "text", inputmode: "numeric", class: "nn-units", autocomplete: "off", maxlength: 16 };
    this.units = element("input", field);
    const { units } = this;
    this.middle.append(this.less, units, this.plus);
    this.less.addEventListener("click", () => this.resize(this.width - 1));
    this.plus.addEventListener("click", () => this.resize(this.width + 1));
    units.addEventListener("focus", () => units.select());
    // An element moved by an update loses its focus without a person having left it.
    units.addEventListener("blur", () => units.isConnected && this._commit());
    units.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (by !== undefined && !event.altKey) {
        event.preventDefault();
        this._commit();
        this.resize(this.width + by);
      } else if (event.key === "Enter") {
        event.preventDefault();
        this._commit();
        units.select();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        units.value = String(this.width);
        units.select();
      }
    });
  }

  /** Width as shown: the one asked for until the page answered. */
  get width() {
    return this.asked ?? this.layer.units ?? 1;
  }

  /** Is something typed that was not sent yet? */
  get typing() {
    return this.units !== undefined && this.units.value !== String(this.width);
  }

  _commit() {
    const units = /** @type {HTMLInputElement} */ (this.units);
    const digits = units.value.replace(/[\s,._']/g, "");
    if (/^\d+$/.test(digits)) this.resize(Number(digits));
    units.value = String(this.width);
  }

  /** @param {number} units */
  resize(units) {
    // Too large a width is refused with a reason, so it is sent as it was typed.
    const wanted = Math.max(1, units);
    if (wanted === this.width) return;
    this.asked = wanted;
    window.clearTimeout(this.holding);
    this.holding = window.setTimeout(() => {
      this.asked = null;
      this._showWidth();
    }, HOLD_MS);
    this._showWidth();
    this.ask({ do: "resize", units: wanted });
  }

  /** The card is gone. */
  forget() {
    window.clearTimeout(this.holding);
  }

  _showWidth() {
    if (!this.units) return;
    const shown = String(this.width);
    if (this.units.value !== shown) this.units.value = shown;
    this.middle.classList.toggle("nn-long", shown.length > 5);
    setAttribute(/** @type {Element} */ (this.less), "aria-disabled", this.width <= 1 ? "true" : null);
  }

  /**
   * Takes over what the page says of the layer.
   * @param {Layer} layer
   * @param {number} of how many layers there are
   * @param {boolean} selected
   * @param {number} width of its output
   */
  update(layer, of, selected, width) {
    const before = this.layer;
    this.layer = layer;
    const name = `layer ${layer.index + 1}, ${layer.label}`;
    if (this.asked === layer.units) {
      this.asked = null;
      window.clearTimeout(this.holding);
    }
    setText(this.label, layer.label);
    setAttribute(this.label, "title", layer.label);
    setText(this.shape, `→ ${layer.shape}`);
    setAttribute(this.shape, "title", `Output: ${layer.shape}`);
    const parameters = layer.parameters ? counted(layer.parameters, "parameter") : "";
    setText(this.note, parameters.replace(" parameter", " param") || layer.detail);
    setAttribute(this.note, "title", [parameters, layer.detail].filter(Boolean).join(" · ") || null);
    if (this.units) {
      const focused = /** @type {ShadowRoot | Document} */ (this.element.getRootNode()).activeElement === this.units;
      if (!focused || this.units.value === String(before.units)) this._showWidth();
      setLabel(this.units, `Units of ${name}`);
      setLabel(/** @type {Element} */ (this.less), `One unit less in ${name}`);
      setLabel(/** @type {Element} */ (this.plus), `One unit more in ${name}`);
    } else if (!this.middle.firstChild || before.kind !== layer.kind) {
      this.middle.replaceChildren(glyph(layer.kind) ?? "");
    }
    this.neurons.update(layer.enabled ? width : 0, (unit) => `${layer.label} ${layer.index + 1}, unit ${unit + 1}`);
    setAttribute(this.enable, "aria-checked", String(layer.enabled));
    setAttribute(this.enable, "aria-label", `Use ${name}`);
    setAttribute(this.enable, "title", layer.enabled ? "Leave this layer out" : "Use this layer again");
    this.freeze.hidden = layer.parameters === 0 && !layer.frozen;
    setAttribute(this.freeze, "aria-pressed", String(layer.frozen));
    const keep = `Freeze ${name}: keep its weights as they are`;
    setLabel(this.freeze, layer.frozen ? `Unfreeze ${name}: train it again` : keep);
    setLabel(this.more, `More for ${name}`);
    setLabel(this.gap.button, `Add a layer before ${name}`);
    this.origin.update(layer);
    this._showProblems(layer, name);
    this.element.classList.toggle("nn-off", !layer.enabled);
    this.element.classList.toggle("nn-frozen", layer.frozen);
    this.element.classList.toggle("nn-selected", selected);
    setAttribute(this.element, "aria-current", selected ? "true" : null);
    const state = [
      `Layer ${layer.index + 1} of ${of}, ${layer.label}`,
      layer.detail,
      `output ${layer.shape}`,
      parameters,
      layer.enabled ? "" : "switched off",
      layer.frozen ? "frozen" : "",
      ...originWords(layer),
      layer.problems.length ? counted(layer.problems.length, "problem") : "",
    ];
    setAttribute(this.element, "aria-label", state.filter(Boolean).join(", "));
  }

  /** @param {Layer} layer @param {string} name */
  _showProblems(layer, name) {
    const errors = layer.problems.filter((problem) => problem.severity === "error").length;
    this.badge.hidden = layer.problems.length === 0;
    this.element.classList.toggle("nn-wrong", errors > 0);
    this.badge.classList.toggle("nn-warning", errors === 0);
    setText(this.badge, layer.problems.length > 1 ? String(layer.problems.length) : "!");
    const told = layer.problems.map((problem) => problem.message).join(" ");
    setLabel(this.badge, `${counted(layer.problems.length, "problem")} in ${name}: ${told}`);
  }
}

/**
 * The “+” between two cards.
 * @param {Surroundings} surroundings
 * @param {() => string | null} before id of the layer after it
 */
export function insertButton(surroundings, before) {
  const button = iconButton(PLUS, "Add a layer", "nn-insert");
  setAttribute(button, "aria-haspopup", "dialog");
  setAttribute(button, "aria-expanded", "false");
  button.addEventListener("click", () => surroundings.picker(button, before()));
  return { element: element("div", { class: "nn-gap" }, button), button };
}
