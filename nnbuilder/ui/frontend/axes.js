// @ts-check
/** Axes, points, color scale and legend of the plane. */

import { element, short, text, ticks } from "./format.js";
import { classTable } from "./maps.js";
import { classColor, css, partColors, probabilityColor, surfaceColor } from "./palette.js";

/** @typedef {import("./plane.js").Box} Box */
/** @typedef {import("./frame.js").View} View */
/** @typedef {import("./palette.js").Theme} Theme */

const TICK_FONT = 11;
const TITLE_FONT = 12;

/** Text cut to a width, with an ellipsis. @param {CanvasRenderingContext2D} context @param {string} label @param {number} width */
function cut(context, label, width) {
  if (context.measureText(label).width <= width) return label;
  let kept = label;
  while (kept.length > 1 && context.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/**
 * Frame, ticks in data units and titles.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {View} view
 * @param {Theme} theme
 */
export function drawAxes(context, box, view, theme) {
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
  for (const tick of ticks(x0, x1, width / 48)) {
    const across = Math.round(left + ((tick - x0) / (x1 - x0)) * width) + 0.5;
    line(context, across, curve ? top : bottom, across, bottom + 4);
    context.fillText(short(tick), across, bottom + 6);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  const [y0, y1] = view.y_range;
  for (const tick of ticks(y0, y1, height / 40)) {
    const down = Math.round(top + ((y1 - tick) / (y1 - y0)) * height) + 0.5;
    line(context, left - 4, down, curve ? left + width : left, down);
    context.fillText(short(tick), left - 6, down);
  }
  context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  context.fillStyle = theme.text;
  context.font = `${TITLE_FONT}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  context.fillText(cut(context, view.x_label, width), left + width / 2, bottom + 36);
  sideways(context, cut(context, view.y_label, height), 7, top + height / 2);
}

/** @param {CanvasRenderingContext2D} context @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/** Text that reads upward. @param {CanvasRenderingContext2D} context @param {string} label @param {number} x @param {number} y */
function sideways(context, label, x, y) {
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
 */
export function drawScale(context, box, view, header, theme, width) {
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
  const wanted = view.kind === "probability" ? [0, 0.5, 1] : ticks(low, high, 4);
  for (const tick of wanted) {
    const part = high > low ? (tick - low) / (high - low) : 0.5;
    const down = Math.max(box.top + 5, Math.min(box.top + box.height - 5, box.top + (1 - part) * box.height));
    context.fillText(cut(context, short(tick), 30), left + bar + 4, down);
  }
  context.fillStyle = theme.muted;
  const end = Math.min(width - 7, left + bar + 34);
  sideways(context, cut(context, title, box.height - 40), end, box.top + box.height / 2);
}

/** A bar in steps of one pixel. @param {CanvasRenderingContext2D} context @param {Box} box @param {number} left @param {number} width @param {(part: number) => string} color */
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
 */
export function drawPoints(context, box, view, data, test, theme) {
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
    if (task !== "regression") return classColor(target[index], classes.length);
    if (view.kind === "curve") return theme.dark ? "#9aa4b2" : "#68727f";
    return css(surface((target[index] - low) / (high - low || 1)));
  };
  for (const shown of test ? [0, 1, 2] : [0, 1]) {
    // On the outline: white stands out of every map color; the test points get a dark one, they were never trained on.
    context.strokeStyle = shown === 2 ? "#16191d" : "#ffffff";
    for (let index = 0; index < x.length; index += 1) {
      if ((part ? part[index] : 0) !== shown) continue;
      const across = box.left + ((x[index] - x0) / (x1 - x0)) * box.width;
      const down = box.top + ((y1 - y[index]) / (y1 - y0)) * box.height;
      context.fillStyle = colorOf(index);
      context.beginPath();
      marker(context, shown, across, down, radius);
      context.fill();
      context.stroke();
    }
  }
  context.restore();
}

/** The outline of a part's marker. @param {CanvasRenderingContext2D} context @param {number} part @param {number} x @param {number} y @param {number} radius */
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

/** Names of the classes beside their colors. @param {any} header @returns {Node[]} */
export function classSwatches(header) {
  if (!header || header.task === "regression") return [];
  const classes = header.classes ?? [];
  return classes.map((/** @type {string} */ name, /** @type {number} */ index) => {
    const swatch = element("span", { class: "nn-swatch" });
    swatch.style.background = classColor(index, classes.length);
    return element("span", { class: "nn-legend-item", title: name }, swatch, text(String(name), "nn-legend-name"));
  });
}

/** The markers of the parts with their names. @param {any} header @param {boolean} test @param {Theme} theme @returns {Node[]} */
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
