// @ts-check
/** Axes, points, color scale and legend of the plane. */

import { element, short, text, toldApart } from "./format.js";
import { classTable } from "./maps.js";
import { classColor, css, partColors, probabilityColor, surfaceColor } from "./palette.js";
import { axisTicks } from "./scales.js";

/** @typedef {import("./plane.js").Box} Box */
/** @typedef {import("./frame.js").View} View */
/** @typedef {import("./palette.js").Theme} Theme */
/** @typedef {import("./scales.js").Axis} Axis */
/** @typedef {import("./scales.js").Tick} Tick */
/** @typedef {{x?: Axis, y?: Axis, value?: Axis}} Axes */

const TICK_FONT = 11;
const TITLE_FONT = 12;
/** Share of a category's room over which its points are spread, so that they do not hide each other. */
const SPREAD = 0.56;
/** How much is seen of points of other classes than the one that is pointed at. */
const PALE = 0.1;
/** Turns of two directions that never fall into step. */
const TURNS = { x: 0.7548777, y: 0.5698403 };

/**
 * Text cut to a width, with an ellipsis.
 * @param {CanvasRenderingContext2D} context
 * @param {string} label
 * @param {number} width
 */
export function cut(context, label, width) {
  if (context.measureText(label).width <= width) return label;
  let kept = label;
  while (kept.length > 1 && context.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/**
 * The ticks of both axes; the room a tick needs depends on what is written at it.
 * @param {View} view
 * @param {Axes} axes
 * @param {{width: number, height: number}} size of the plot
 * @returns {{x: Tick[], y: Tick[]}}
 */
export function planeTicks(view, axes, { width, height }) {
  return {
    x: axisTicks(axes.x, view.x_range, width, axes.x?.dates ? 72 : 48),
    y: axisTicks(axes.y, view.y_range, height, 40),
  };
}

/**
 * Width of the widest tick label.
 * @param {CanvasRenderingContext2D} context
 * @param {Tick[]} ticks
 * @param {string} font
 */
export function widestLabel(context, ticks, font) {
  context.font = `${TICK_FONT}px ${font}`;
  return Math.max(0, ...ticks.map(({ label }) => context.measureText(label).width));
}

/**
 * Frame, ticks in data units and titles.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {View} view
 * @param {Theme} theme
 * @param {{x: Tick[], y: Tick[]}} [marks]
 * @param {boolean} [titles]
 */
export function drawAxes(context, box, view, theme, marks = planeTicks(view, {}, box), titles = true) {
  const { left, top, width, height } = box;
  const bottom = top + height;
  const curve = view.kind === "curve";
  context.lineWidth = 1;
  context.font = `${TICK_FONT}px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.border;
  context.textBaseline = "top";
  context.textAlign = "center";
  const [x0, x1] = view.x_range;
  const room = width / Math.max(1, marks.x.length);
  for (const { at, label } of marks.x) {
    const across = Math.round(left + ((at - x0) / (x1 - x0)) * width) + 0.5;
    line(context, across, curve ? top : bottom, across, bottom + 4);
    context.fillText(cut(context, label, Math.max(room - 4, 24)), across, bottom + 6);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  const [y0, y1] = view.y_range;
  for (const { at, label } of marks.y) {
    const down = Math.round(top + ((y1 - at) / (y1 - y0)) * height) + 0.5;
    line(context, left - 4, down, curve ? left + width : left, down);
    context.fillText(cut(context, label, left - 18), left - 6, down);
  }
  context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  if (!titles) return;
  context.fillStyle = theme.text;
  context.font = `${TITLE_FONT}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  context.fillText(cut(context, view.x_label, width), left + width / 2, bottom + 36);
  sideways(context, cut(context, view.y_label, height), 7, top + height / 2);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/**
 * Text that reads upward.
 * @param {CanvasRenderingContext2D} context
 * @param {string} label
 * @param {number} x
 * @param {number} y
 */
export function sideways(context, label, x, y) {
  context.save();
  context.translate(x, y);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(label, 0, 0);
  context.restore();
}

/**
 * The color scale right of the plot: probability, value, or confidence with a strip a class.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {View} view
 * @param {any} header header of the data
 * @param {Theme} theme
 * @param {number} width of the canvas
 * @param {Axis} [axis] what the values are
 */
export function drawScale(context, box, view, header, theme, width, axis) {
  const left = box.left + box.width + 9;
  const bar = 10;
  const classes = header?.classes ?? [];
  /** @type {[number, number]} */
  let range = [0, 1];
  let title = `probability of ${classes[1] ?? "the second class"}`;
  if (view.kind === "classes") {
    const number = Math.max(2, classes.length);
    range = [1 / number, 1];
    title = "confidence";
    const bytes = new Uint8Array(classTable(number, theme.dark).buffer);
    for (let kind = 0; kind < number; kind += 1) {
      rows(context, box, left + (kind * bar) / number, bar / number, (part) => {
        const value = Math.round((range[0] + part * (range[1] - range[0])) * 255);
        const at = (kind * 256 + value) * 4;
        return css([bytes[at], bytes[at + 1], bytes[at + 2]]);
      });
    }
  } else {
    const surface = surfaceColor(view.value_range ?? [0, 1], theme.dark);
    if (view.kind === "surface") {
      range = view.value_range;
      title = header?.target ?? "value";
    }
    rows(context, box, left, bar, (part) =>
      css(view.kind === "surface" ? surface(part) : probabilityColor(part, theme.dark)),
    );
  }
  context.strokeStyle = theme.border;
  context.strokeRect(left - 0.5, box.top - 0.5, bar + 1, box.height + 1);
  context.fillStyle = theme.muted;
  context.font = `${TICK_FONT}px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  const [low, high] = range;
  const dates = view.kind === "surface" && axis?.dates;
  const wanted =
    view.kind === "probability"
      ? [0, 0.5, 1].map((at) => ({ at, label: short(at) }))
      : axisTicks(dates ? axis : undefined, range, 4, 1);
  for (const { at, label } of wanted) {
    const part = high > low ? (at - low) / (high - low) : 0.5;
    const down = Math.max(box.top + 5, Math.min(box.top + box.height - 5, box.top + (1 - part) * box.height));
    // A date takes two lines: the year, and below it the rest.
    const [first, ...rest] = dates ? label.split("-") : [label];
    context.fillText(cut(context, first, 30), left + bar + 4, rest.length ? down - 6 : down);
    if (rest.length) context.fillText(rest.join("-"), left + bar + 4, down + 6);
  }
  context.fillStyle = theme.muted;
  const end = Math.min(width - 7, left + bar + 34);
  sideways(context, cut(context, title, box.height - 40), end, box.top + box.height / 2);
}

/**
 * A bar in steps of one pixel.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {number} left
 * @param {number} width
 * @param {(part: number) => string} color
 */
function rows(context, box, left, width, color) {
  for (let row = 0; row < box.height; row += 1) {
    context.fillStyle = color(1 - row / Math.max(1, box.height - 1));
    context.fillRect(left, box.top + row, width, 1.5);
  }
}

/**
 * Points of the data: train as discs, validation as diamonds, test as squares.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {View} view
 * @param {import("./frame.js").Section} data
 * @param {boolean} test are test points shown?
 * @param {Theme} theme
 * @param {Axes} axes
 * @param {number | null} [lit] the class that stands out, so that it can be told without colors
 */
export function drawPoints(context, box, view, data, test, theme, axes, lit = null) {
  const { x, y, target, part } = data.arrays;
  const { classes = [], task } = data.header;
  const [x0, x1] = view.x_range;
  const [y0, y1] = view.y_range;
  const [low, high] = view.value_range ?? [0, 1];
  const surface = surfaceColor([low, high], theme.dark);
  const radius = x.length > 1000 ? 2.2 : x.length > 400 ? 2.7 : 3.2;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  context.lineWidth = radius > 2.5 ? 1.2 : 0.9;
  /** @param {number} index */
  const colorOf = (index) => {
    if (task !== "regression") return classColor(target[index]);
    if (view.kind === "curve") return theme.dark ? "#9aa4b2" : "#68727f";
    return css(surface((target[index] - low) / (high - low || 1)));
  };
  for (const shown of test ? [0, 1, 2] : [0, 1]) {
    // On the outline: white stands out of every map color; the test points get a dark one, they were never trained on.
    context.strokeStyle = shown === 2 ? "#16191d" : "#ffffff";
    for (let index = 0; index < x.length; index += 1) {
      if ((part ? part[index] : 0) !== shown) continue;
      const right = x[index] + spread(axes.x, index, TURNS.x);
      const up = y[index] + spread(axes.y, index, TURNS.y);
      const across = box.left + ((right - x0) / (x1 - x0)) * box.width;
      const down = box.top + ((y1 - up) / (y1 - y0)) * box.height;
      context.fillStyle = colorOf(index);
      context.globalAlpha = lit === null || target[index] === lit ? 1 : PALE;
      context.beginPath();
      marker(context, shown, across, down, radius);
      context.fill();
      context.stroke();
    }
  }
  context.restore();
}

/**
 * How far a point of a category is moved aside, always the same way.
 * @param {Axis | undefined} axis
 * @param {number} index
 * @param {number} turn
 */
function spread(axis, index, turn) {
  return axis?.labels?.length ? (((index + 1) * turn) % 1) * SPREAD - SPREAD / 2 : 0;
}

/**
 * The outline of a part's marker.
 * @param {CanvasRenderingContext2D} context
 * @param {number} part
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
function marker(context, part, x, y, radius) {
  if (part === 0) context.arc(x, y, radius, 0, 2 * Math.PI);
  else if (part === 1) {
    const reach = radius * 1.45;
    context.moveTo(x, y - reach);
    context.lineTo(x + reach, y);
    context.lineTo(x, y + reach);
    context.lineTo(x - reach, y);
    context.closePath();
  } else context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
}

/**
 * Names of the classes beside their colors; pointing at one, or the focus on it, lets its points stand out.
 * @param {any} header
 * @param {(lit: number | null) => void} onLit
 * @returns {Node[]}
 */
export function classSwatches(header, onLit) {
  if (!header || header.task === "regression") return [];
  const classes = /** @type {string[]} */ ((header.classes ?? []).map(String));
  const shown = toldApart(classes);
  return classes.map((name, index) => {
    const swatch = element("span", { class: "nn-swatch" });
    swatch.style.background = classColor(index);
    const words = { type: "button", title: `${name}: only its points`, "aria-label": `${name}: only its points` };
    const item = element("button", { class: "nn-legend-item nn-legend-class", ...words }, swatch);
    item.append(text(shown[index], "nn-legend-name"));
    for (const begin of ["pointerenter", "focus"]) item.addEventListener(begin, () => onLit(index));
    for (const end of ["pointerleave", "blur"]) item.addEventListener(end, () => onLit(null));
    return item;
  });
}

/**
 * The markers of the parts with their names.
 * @param {any} header
 * @param {boolean} test
 * @param {Theme} theme
 * @returns {Node[]}
 */
export function partMarkers(header, test, theme) {
  if (!header) return [];
  const names = test ? ["train", "validation", "test"] : ["train", "validation"];
  const color = partColors(theme.dark).train;
  const items = names.map((name, index) => {
    const canvas = element("canvas", { width: 24, height: 24, class: "nn-marker" });
    const context = canvas.getContext("2d");
    if (context) {
      context.fillStyle = theme.muted;
      context.strokeStyle = color;
      context.lineWidth = 2;
      context.beginPath();
      marker(context, index, 12, 12, 7);
      context.fill();
      if (index === 2) context.stroke();
    }
    return element("span", { class: "nn-legend-item" }, canvas, text(name));
  });
  if (header.sampled) for (const item of items) item.title = `A sample of ${header.rows} points is drawn.`;
  return items;
}
