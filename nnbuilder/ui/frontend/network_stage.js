// @ts-check
/**
 * The fixed elements of the network canvas: its header, the stage the cards stand on, what is shown when it is empty.
 */

import { element, text } from "./format.js";
import { iconButton } from "./network_cards.js";

const UNDO = "M9 14 4 9l5-5M4 9h10.5a5.5 5.5 0 0 1 0 11H11";
const REDO = "m15 14 5-5-5-5M20 9H9.5a5.5 5.5 0 0 0 0 11H13";
const TUNE = "Start from learned weights, freeze layers, replace the last one";
const BEFORE = "m15 5-7 7 7 7";
const BEYOND = "m9 5 7 7-7 7";
const BLOCK = "Add a Linear layer with ReLU before the output layer";

/** A network of which nothing is known yet. @type {import("./network_types.js").NetworkData} */
export const NOTHING = {
  live: null,
  inputs: [],
  output: { width: 0, wanted: 0, label: "" },
  layers: [],
  catalog: [],
  selected: null,
  total_parameters: 0,
  can_undo: false,
  can_redo: false,
};

/** Makes them once for a canvas. */
export function makeStage() {
  const total = text("", "nn-total");
  const undo = iconButton(UNDO, "Undo (Ctrl+Z)", "nn-tool");
  const redo = iconButton(REDO, "Redo (Ctrl+Y)", "nn-tool");
  const add = element("button", { type: "button", class: "nn-button nn-text nn-add", title: BLOCK }, "+ Layer");
  const tune = element(
    "button",
    {
      type: "button",
      class: "nn-button nn-text nn-tune",
      title: TUNE,
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
    },
    "Fine-tune",
  );
  const canvas = element("canvas", { class: "nn-canvas", "aria-hidden": "true" });
  const tip = element("div", { class: "nn-tip", role: "tooltip" });
  tip.hidden = true;
  const first = element("button", { type: "button", class: "nn-button nn-text nn-add" }, "+ Add the first layer");
  const empty = element(
    "div",
    { class: "nn-empty" },
    text("No layers yet: the inputs go straight to the output.", "", "div"),
    first,
  );
  empty.hidden = true;
  const stage = element("div", { class: "nn-stage" }, canvas, empty, tip);
  const scroll = element("div", { class: "nn-scroll" }, stage);
  const before = goButton(BEFORE, "Layers to the left", () => scroll.scrollBy({ left: -0.7 * scroll.clientWidth }));
  const beyond = goButton(BEYOND, "Layers to the right", () => scroll.scrollBy({ left: 0.7 * scroll.clientWidth }));
  const window = element("div", { class: "nn-window" }, scroll, before, beyond);
  const tools = element(
    "div",
    { class: "nn-tools", role: "toolbar", "aria-label": "Change the network" },
    undo,
    redo,
    tune,
    add,
  );
  const header = element("div", { class: "nn-header" }, text("Network", "nn-title"), total, tools);
  const root = element("section", { class: "nn", "aria-label": "Network" }, header, window);
  return { root, total, undo, redo, tune, add, canvas, tip, first, empty, stage, scroll, window };
}

/**
 * A button at an edge beyond which the cards go on; keys go there from card to card.
 * @param {string} path
 * @param {string} label
 * @param {() => void} go
 */
function goButton(path, label, go) {
  const button = iconButton(path, label, "nn-go");
  button.tabIndex = -1;
  button.addEventListener("click", go);
  return button;
}
