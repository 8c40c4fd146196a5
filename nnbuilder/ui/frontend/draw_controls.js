// @ts-check
/** Tools, classes, sliders and buttons around the plane. */

import { MOST_CLASSES } from "./draw_model.js";
import { ROUND } from "./draw_tools.js";
import { pointsInWords } from "./draw_words.js";
import { count, element, icon, setText, short, text } from "./format.js";

/** @typedef {import("./draw_model.js").Drawing} Drawing */
/** @typedef {import("./draw_tools.js").Tool} Tool */
/**
 * @typedef {object} Wishes what a person may ask for
 * @property {(tool: Tool) => void} tool
 * @property {(label: number) => void} label
 * @property {(mode: import("./draw_model.js").Mode) => void} mode
 * @property {(name: "radius" | "density", value: number) => void} set
 * @property {(range: string) => void} range
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {() => void} clear
 * @property {() => void} addClass
 * @property {() => void} removeClass
 * @property {(index: number, name: string) => void} rename
 * @property {() => void} save
 * @property {() => void} use
 */

/** @type {[Tool, string, string, string][]} tool, name, what it does, icon */
const TOOLS = [
  ["add", "Add", "click for one point", "M12 5v14M5 12h14"],
  [
    "brush",
    "Brush",
    "drag for a scatter of points",
    "M20 4c-4 2-8 6-10 9l2.5 2.5C15.5 13 18.5 8.5 20 4z" +
      "M9 14.5c-2.5 0-3 2-3.300 3.300C5.5 19 4.5 19.700 3.5 20c3.5 1 8 .3 8-3.200",
  ],
  [
    "move",
    "Move",
    "drag a point, or draw around points (Shift: a box) and drag them",
    "M12 3v18M3 12h18M9.5 5.5L12 3l2.5 2.5M9.5 18.5L12 21l2.5-2.5M5.5 9.5L3 12l2.5 2.5M18.5 9.5L21 12l-2.5 2.5",
  ],
  [
    "erase",
    "Erase",
    "drag over points",
    "M9 20h11M8.5 20l-4-4a1.5 1.5 0 0 1 0-2L13 5.5a1.5 1.5 0 0 1 2 0l4 4a1.5 1.5 0 0 1 0 2L10.5 20zM9 9.5l6 6",
  ],
  ["relabel", "Relabel", "drag over points to give them the chosen color", "M4 4h7.5l8.5 8.5-7.5 7.5L4 11.5zM8 8h.01"],
];
const ICONS = {
  undo: "M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-4",
  redo: "M16 5l4 4-4 4M20 9H10a5.5 5.5 0 0 0 0 11h4",
  clear: "M4.5 7h15M9.5 7V4h5v3M6.5 7l1 13h9l1-13M10.5 11v5M13.5 11v5",
  plus: "M12 6v12M6 12h12",
  pencil: "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5",
  cross: "M7 7l10 10M17 7L7 17",
};
/** The axes to choose from. @type {Record<string, [number, number]>} */
export const PRESETS = { wide: [-6, 6], unit: [0, 1], signed: [-1, 1] };
export const RADIUS = { min: 4, max: 80, start: 20 };
export const DENSITY = { min: 2, max: 60, start: 20 };

/** A set of buttons of which one is on; arrow keys walk through it. @param {HTMLElement} group */
function walkable(group) {
  group.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const all = /** @type {HTMLElement[]} */ ([...group.querySelectorAll("[role=radio]")]);
    const at = all.indexOf(/** @type {HTMLElement} */ (event.target));
    if (!by || at < 0) return;
    event.preventDefault();
    const next = all[(at + by + all.length) % all.length];
    next.focus();
    next.click();
  });
}

/** @param {HTMLElement} node @param {boolean} on */
function mark(node, on) {
  node.setAttribute("aria-checked", String(on));
  node.tabIndex = on ? 0 : -1;
}

/** @param {string} name @param {string} path @param {() => void} act @param {string} [kind] */
function iconButton(name, path, act, kind = "nn-tool") {
  const button = element("button", { type: "button", class: kind, "aria-label": name, title: name }, icon(path, true));
  button.addEventListener("click", () => button.getAttribute("aria-disabled") !== "true" && act());
  return button;
}

/** A button that keeps the focus while it can do nothing. @param {HTMLElement} button @param {boolean} able */
function enable(button, able) {
  if (able) button.removeAttribute("aria-disabled");
  else button.setAttribute("aria-disabled", "true");
}

/**
 * A slider with its name and its value.
 * @param {string} name
 * @param {{min: number, max: number, step?: number, unit: string}} range
 * @param {(value: number) => void} act
 */
function slider(name, range, act) {
  const { min, max, step = 1 } = range;
  const input = element("input", { type: "range", min, max, step, "aria-label": name, class: "nn-slider" });
  const value = text("", "nn-value", "output");
  input.addEventListener("input", () => act(Number(input.value)));
  const node = element("label", { class: "nn-setting" }, text(name, "nn-label"), input, value);
  return { node, input, value, unit: range.unit };
}

/** One class: a radio button with color, name and number of points. */
class Chip {
  /** @param {Wishes} wishes @param {number} index */
  constructor(wishes, index) {
    this.index = index;
    this.wishes = wishes;
    this.swatch = element("span", { class: "nn-swatch" });
    this.name = text("", "nn-class-name");
    this.count = text("0", "nn-count");
    this.node = element(
      "button",
      { type: "button", class: "nn-class", role: "radio" },
      this.swatch,
      this.name,
      this.count,
    );
    this.node.addEventListener("click", () => wishes.label(index));
    this.node.addEventListener("dblclick", () => this.edit());
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "F2") return;
      event.preventDefault();
      this.edit();
    });
  }

  /** @param {string} name @param {number} points @param {string} color @param {boolean} on */
  update(name, points, color, on) {
    setText(this.name, name);
    setText(this.count, count(points));
    this.swatch.style.background = color;
    this.node.title = `${name} – key ${this.index + 1}, double-click to rename`;
    this.node.setAttribute("aria-label", `Class ${name}, ${pointsInWords(points)}`);
    mark(this.node, on);
  }

  /** A field in the place of the button, until Enter, Escape or another click. */
  edit() {
    if (this.field) return;
    const field = element("input", {
      class: "nn-class-field",
      "aria-label": `Name of class ${this.index + 1}`,
      spellcheck: "false",
    });
    field.value = this.name.textContent ?? "";
    this.field = field;
    const width = this.node.offsetWidth;
    field.style.width = `${Math.max(84, width)}px`;
    this.node.replaceWith(field);
    field.focus();
    field.select();
    const done = (/** @type {boolean} */ keep) => {
      if (this.field !== field) return;
      this.field = undefined;
      field.replaceWith(this.node);
      if (keep) this.wishes.rename(this.index, field.value);
    };
    field.addEventListener("blur", () => done(true));
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      // Enter also ends the choice of a character that several keys make.
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      done(event.key === "Enter");
      this.node.focus();
    });
  }
}

/** Everything around the plane. */
export class Controls {
  /** @param {Wishes} wishes */
  constructor(wishes) {
    this.wishes = wishes;
    /** @type {Map<Tool, HTMLElement>} */
    this.tools = new Map();
    const tools = element("div", { class: "nn-segments nn-tools", role: "radiogroup", "aria-label": "Tool" });
    for (const [tool, name, help, path] of TOOLS) {
      const title = `${name}: ${help}`;
      const button = element("button", {
        type: "button",
        class: "nn-segment",
        role: "radio",
        title,
        "aria-label": name,
      });
      const shown = text(name, "nn-tool-name");
      shown.dataset.name = name;
      button.append(icon(path, true), shown);
      button.addEventListener("click", () => wishes.tool(tool));
      this.tools.set(tool, button);
      tools.append(button);
    }
    walkable(tools);
    this.undo = iconButton("Undo", ICONS.undo, wishes.undo);
    this.redo = iconButton("Redo", ICONS.redo, wishes.redo);
    this.clear = iconButton("Clear the plane", ICONS.clear, wishes.clear);
    const steps = element("div", { class: "nn-steps" }, this.undo, this.redo, this.clear);
    const bar = element("div", { class: "nn-draw-row nn-draw-bar" }, tools, steps);

    this.modes = {
      classes: element(
        "button",
        { type: "button", class: "nn-segment", role: "radio", title: "Every point has a class" },
        "Classes",
      ),
      regression: element(
        "button",
        { type: "button", class: "nn-segment", role: "radio", title: "Every point has a value (regression)" },
        "Values",
      ),
    };
    for (const mode of /** @type {const} */ (["classes", "regression"])) {
      const button = this.modes[mode];
      button.dataset.name = button.textContent ?? "";
      button.addEventListener("click", () => wishes.mode(mode));
    }
    const modes = element(
      "div",
      { class: "nn-segments", role: "radiogroup", "aria-label": "What is drawn" },
      this.modes.classes,
      this.modes.regression,
    );
    walkable(modes);
    /** @type {Chip[]} */
    this.chips = [];
    this.classes = element("div", { class: "nn-classes", role: "radiogroup", "aria-label": "Class to draw" });
    walkable(this.classes);
    this.rename = iconButton("Rename the class", ICONS.pencil, () => this.chips[this.label]?.edit(), "nn-plain");
    this.remove = iconButton("Remove the class and its points", ICONS.cross, wishes.removeClass, "nn-plain");
    this.addClass = iconButton("Add a class", ICONS.plus, wishes.addClass, "nn-plain");
    this.classRow = element(
      "div",
      { class: "nn-choice" },
      this.classes,
      element("span", { class: "nn-edits" }, this.addClass, this.rename, this.remove),
    );
    this.value = slider("Value", { min: -1, max: 1, step: 0.05, unit: "" }, wishes.label);
    this.value.node.classList.add("nn-value-setting");
    this.total = text("", "nn-count");
    this.valueRow = element("div", { class: "nn-choice nn-values" }, this.value.node, this.total);
    const what = element("div", { class: "nn-draw-row nn-what" }, modes, this.classRow, this.valueRow);

    this.radius = slider("Size", { ...RADIUS, unit: "px" }, (value) => wishes.set("radius", value));
    this.density = slider("Density", { ...DENSITY, unit: "" }, (value) => wishes.set("density", value));
    this.radius.node.title = "Radius of brush, eraser and relabeling";
    this.density.node.title = "Points the brush leaves on 100 pixels of its way";
    this.range = element("select", { "aria-label": "Axes", class: "nn-range" });
    for (const [key, [low, high]] of Object.entries(PRESETS)) {
      this.range.append(element("option", { value: key }, `${short(low)} … ${short(high)}`));
    }
    // Axes that are none of these: shown as they are, not to be chosen. To fit is an act, which may be asked for again.
    this.own = element("option", { value: "own", hidden: true });
    this.range.append(this.own, element("option", { value: "fit" }, "Fit the points"));
    this.range.addEventListener("change", () => wishes.range(this.range.value));
    const axes = element("label", { class: "nn-setting nn-axes" }, text("Axes", "nn-label"), this.range);
    const settings = element("div", { class: "nn-draw-row nn-settings" }, this.radius.node, this.density.node, axes);
    this.above = [bar, what, settings];

    this.readout = text("", "nn-readout", "div");
    this.save = element("button", { type: "button", class: "nn-button" }, "Save as CSV");
    this.use = element("button", { type: "button", class: "nn-button nn-primary" }, "Use these points");
    this.save.addEventListener("click", () => this.save.getAttribute("aria-disabled") !== "true" && wishes.save());
    this.use.addEventListener("click", () => this.use.getAttribute("aria-disabled") !== "true" && wishes.use());
    this.below = [this.readout, element("div", { class: "nn-draw-row nn-ends" }, this.save, this.use)];
    this.label = 0;
  }

  /**
   * @param {object} state
   * @param {Drawing} state.drawing
   * @param {number[]} state.counts
   * @param {Tool} state.tool
   * @param {number} state.label
   * @param {number} state.radius
   * @param {number} state.density
   * @param {import("./draw_model.js").Ranges} state.ranges
   * @param {readonly [number, number]} state.values
   * @param {boolean} state.canUndo
   * @param {boolean} state.canRedo
   * @param {(label: number) => string} state.color
   */
  update(state) {
    const { drawing, tool, label } = state;
    const classes = drawing.mode === "classes";
    for (const [one, node] of this.tools) mark(node, one === tool);
    mark(this.modes.classes, classes);
    mark(this.modes.regression, !classes);
    enable(this.undo, state.canUndo);
    enable(this.redo, state.canRedo);
    const some = drawing.points.length > 0;
    for (const button of [this.clear, this.save, this.use]) enable(button, some);
    this.use.title = some ? "" : "Draw some points first.";
    this.classRow.hidden = !classes;
    this.valueRow.hidden = classes;
    this.label = label;
    if (classes) this._updateClasses(state);
    else this._updateValue(state);
    put(this.radius, state.radius, ROUND.has(tool));
    put(this.density, state.density, tool === "brush");
    this._updateRange(state.ranges);
  }

  /** @param {import("./draw_model.js").Ranges} ranges */
  _updateRange({ x, y }) {
    const square = x[0] === y[0] && x[1] === y[1];
    const known = Object.keys(PRESETS).find((key) => square && PRESETS[key][0] === x[0] && PRESETS[key][1] === x[1]);
    this.own.hidden = known !== undefined;
    setText(this.own, square ? `${short(x[0])} … ${short(x[1])}` : "as the points lie");
    const key = known ?? "own";
    if (this.range.value !== key) this.range.value = key;
  }

  /** @param {Parameters<Controls["update"]>[0]} state */
  _updateClasses({ drawing, counts, label, color }) {
    drawing.classes.forEach((name, index) => {
      let chip = this.chips[index];
      if (!chip) {
        chip = new Chip(this.wishes, index);
        this.chips.push(chip);
        this.classes.append(chip.node);
      }
      chip.update(name, counts[index], color(index), index === label);
    });
    for (const chip of this.chips.splice(drawing.classes.length)) {
      const node = chip.field ?? chip.node;
      chip.field = undefined;
      node.remove();
    }
    enable(this.addClass, drawing.classes.length < MOST_CLASSES);
    enable(this.remove, drawing.classes.length > 2);
    this.addClass.title =
      drawing.classes.length < MOST_CLASSES ? "Add a class" : `${MOST_CLASSES} classes are the most.`;
    this.remove.title = drawing.classes.length > 2 ? "Remove the class and its points" : "Two classes are the least.";
  }

  /** @param {Parameters<Controls["update"]>[0]} state */
  _updateValue({ drawing, label, values, color }) {
    const [low, high] = values;
    const { input } = this.value;
    input.min = String(low);
    input.max = String(high);
    input.step = String((high - low) / 40);
    put(this.value, label, true);
    const stops = Array.from({ length: 9 }, (_, index) => color(low + (index / 8) * (high - low)));
    input.style.setProperty("--nn-track", `linear-gradient(to right, ${stops.join(", ")})`);
    input.style.setProperty("--nn-thumb", color(label));
    setText(this.total, pointsInWords(drawing.points.length));
  }
}

/** @param {ReturnType<typeof slider>} slider @param {number} value @param {boolean} able */
function put({ node, input, value: shown, unit }, value, able) {
  if (Number(input.value) !== value) input.value = String(value);
  setText(shown, unit ? `${short(value)} ${unit}` : short(value));
  input.disabled = !able;
  node.classList.toggle("nn-off", !able);
}
