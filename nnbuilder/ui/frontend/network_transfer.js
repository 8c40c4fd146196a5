// @ts-check
/** Fine-tuning: what a card says of where its weights come from, and the panel that starts from them and freezes. */

import { counted, element, setText, text } from "./format.js";

/** @typedef {import("./network_types.js").Asked} Asked */
/** @typedef {import("./network_types.js").Layer} Layer */
/** @typedef {import("./network_types.js").NetworkData} NetworkData */
/** @typedef {import("./network_popover.js").Popover} Popover */

/**
 * What a layer has beside its parameters: where its weights start from, when it thaws and its pace; nothing in most.
 * @param {Layer} layer
 */
export function originWords(layer) {
  const words = [];
  // A card is too narrow for the project and the epoch it was in side by side.
  if (layer.start) words.push(...`from ${layer.start}`.split(/, (?=epoch \d)/u));
  else if (layer.fresh) words.push("fresh weights");
  if (layer.frozen && layer.thaw_after) words.push(`thaws after ${layer.thaw_after}`);
  if (layer.rate_factor !== undefined && layer.rate_factor !== 1) words.push(`rate ×${layer.rate_factor}`);
  return words;
}

/** Lines of a card that only layers from elsewhere, or with a pace of their own, have. */
export class Origin {
  constructor() {
    this.element = element("div", { class: "nn-origin" });
  }

  /** @param {Layer} layer */
  update(layer) {
    const words = originWords(layer);
    while (this.element.childElementCount > words.length) this.element.lastElementChild?.remove();
    words.forEach((word, index) => {
      const line = /** @type {HTMLElement} */ (
        this.element.children[index] ?? this.element.appendChild(text("", "nn-note", "div"))
      );
      setText(line, word);
      line.title = word;
    });
  }
}

/**
 * How many parameters there are, and how many layers keep theirs.
 * @param {{total_parameters: number, layers: Layer[]}} data
 */
export function totals({ total_parameters: total, layers }) {
  const learned = layers.filter((layer) => layer.parameters > 0);
  const frozen = learned.filter((layer) => layer.frozen).length;
  const beside = frozen ? ` · ${frozen} of ${counted(learned.length, "layer")} frozen` : "";
  return { frozen, words: `${counted(total, "parameter")}${beside}` };
}

/** Lines the cards need below their parameters: as many as the card with the most has. @param {Layer[]} layers */
export const linesOf = (layers) => Math.max(0, ...layers.map((layer) => originWords(layer).length));

/**
 * The panel of the button “Fine-tune”.
 * @param {Popover} popover
 * @param {HTMLElement} opener
 * @param {NetworkData} data
 * @param {(asked: Asked) => void} ask
 */
export function openTransfer(popover, opener, data, ask) {
  const panel = element("div", {
    class: "nn-popover nn-transfer",
    role: "dialog",
    "aria-label": "Fine-tune this network",
  });
  const learned = data.layers.filter((layer) => layer.parameters > 0);
  const started = data.layers.some((layer) => layer.start);
  const frozen = data.layers.some((layer) => layer.frozen);
  /** @param {string} label @param {string} help @param {Asked} asked @param {boolean} [off] */
  const choice = (label, help, asked, off = false) => {
    const button = element(
      "button",
      { type: "button", class: "nn-choice", "aria-disabled": off ? "true" : null },
      text(label, "nn-choice-label", "div"),
      text(help, "nn-choice-help", "div"),
    );
    button.addEventListener("click", () => {
      if (off) return;
      popover.close(true);
      ask(asked);
    });
    return button;
  };
  panel.append(
    choice(
      "Start from these weights",
      "What the network has learned becomes its first weights.",
      { do: "fine_tune" },
      learned.length === 0,
    ),
    choice(
      "Replace the last layer",
      `Fresh, with ${data.output.wanted} ${data.output.wanted === 1 ? "unit" : "units"}, as the data ask for.`,
      { do: "replace_head" },
      learned.length === 0,
    ),
    choice(
      "Freeze all but the last layer",
      "Only the last Linear layer learns.",
      { do: "freeze_all", value: true },
      learned.length < 2,
    ),
  );
  if (frozen) panel.append(choice("Unfreeze all", "Every layer learns.", { do: "freeze_all", value: false }));
  if (started) panel.append(choice("Start every layer fresh", "Back to weights drawn anew.", { do: "start_fresh" }));

  const name = element("input", {
    type: "text",
    class: "nn-filter nn-weights-name",
    "aria-label": "Freeze by name",
    placeholder: learned.length && learned[0].torch_name ? `${learned[0].torch_name}.weight` : "0.weight",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 200,
  });
  const freeze = element("button", { type: "button", class: "nn-button nn-text" }, "Freeze");
  const take = () => {
    const wanted = name.value.trim();
    if (!wanted) {
      name.focus();
      return;
    }
    popover.close(true);
    ask({ do: "freeze_by_name", name: wanted, value: true });
  };
  freeze.addEventListener("click", take);
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    // The button that gets the focus back would be pressed by the same key.
    event.preventDefault();
    take();
  });
  panel.append(
    element(
      "div",
      { class: "nn-by-name" },
      text("Freeze by name, as torch calls it: 0.weight, 0.*", "nn-choice-help", "div"),
      element("div", { class: "nn-by-name-line" }, name, freeze),
    ),
  );
  popover.open(panel, opener, { tabs: true });
  /** @type {HTMLElement | null} */ (panel.querySelector("button:not([aria-disabled])"))?.focus({
    preventScroll: true,
  });
}
