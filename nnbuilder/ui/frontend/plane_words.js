// @ts-check
/** The plane in words: what the network answers at a place, and what the picture is. */

import { reading } from "./scales.js";

/** @typedef {import("./frame.js").Section} Section */
/** @typedef {import("./frame.js").View} View */
/** @typedef {{x: number, y: number}} Place */

const LONGEST_NAME = 16;

/** @param {string} name */
const clipped = (name) =>
  String(name).length > LONGEST_NAME ? `${String(name).slice(0, LONGEST_NAME - 1)}…` : String(name);

/**
 * The features at a place and the network's answer there.
 * @param {Place} place in parts of the plot, from its top left
 * @param {Place} at the same in data units
 * @param {View} view
 * @param {import("./axes.js").Axes} axes
 * @param {Section | null} picture
 * @param {any} header header of the data
 * @returns {string}
 */
export function readingAt(place, at, view, axes, picture, header = {}) {
  const { arrays = {}, shapes = {} } = picture ?? {};
  const classes = header.classes ?? [];
  const parts = [`${clipped(view.x_label)} ${clipped(reading(axes.x, at.x, view.x_range))}`];
  if (view.kind === "curve") {
    const { x, y } = arrays;
    if (x?.length) {
      const index = nearest(x, at.x);
      const lines = Math.round(y.length / x.length);
      for (let line = 0; line < lines; line += 1) {
        const name =
          header.task === "regression" ? view.y_label : `P(${clipped(classes[lines > 1 ? line : 1] ?? "1")})`;
        parts.push(`${clipped(name)} ${reading(axes.y, y[line * x.length + index], view.y_range)}`);
      }
    }
    return parts.join("   ");
  }
  parts.push(`${clipped(view.y_label)} ${clipped(reading(axes.y, at.y, view.y_range))}`);
  const [rows, columns] = shapes.map ?? shapes.class ?? [0, 0];
  if (!rows) return parts.join("   ");
  const cell = Math.round(place.y * (rows - 1)) * columns + Math.round(place.x * (columns - 1));
  if (view.kind === "probability")
    parts.push(`P(${clipped(classes[1] ?? "1")}) ${(arrays.map[cell] / 255).toFixed(2)}`);
  else if (view.kind === "surface") {
    const [low, high] = view.value_range;
    const value = reading(axes.value, low + (arrays.map[cell] / 255) * (high - low), [low, high]);
    parts.push(`${clipped(header.target ?? "value")} ${value}`);
  } else {
    const name = classes[arrays.class[cell]] ?? arrays.class[cell];
    parts.push(`${clipped(String(name))} ${(arrays.confidence[cell] / 255).toFixed(2)}`);
  }
  return parts.join("   ");
}

/**
 * Index of the value nearest to `value` in ascending `values`.
 * @param {ArrayLike<number>} values
 * @param {number} value
 */
function nearest(values, value) {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) {
    if (Math.abs(values[index] - value) < Math.abs(values[best] - value)) best = index;
  }
  return best;
}

/** The plane in words. @param {View} view @param {any} header */
export function describe(view, header) {
  const names = (header?.classes ?? []).slice(0, 6).join(", ");
  const what = {
    probability: `Probability of ${header?.classes?.[1] ?? "the second class"}`,
    classes: `Predicted class (${names})`,
    surface: `Predicted ${header?.target ?? "value"}`,
    curve: `Predicted ${view.y_label}`,
  }[view.kind];
  const over = view.kind === "curve" ? view.x_label : `${view.x_label} and ${view.y_label}`;
  return `${what} over ${over}. Arrow keys move the pointer, Enter asks for the exact prediction.`;
}
