// @ts-check
/** What goes between the drawing board and the page: points that come in and go out, axes for them, and a file. */

import { PRESETS } from "./draw_controls.js";
import * as model from "./draw_model.js";
import { element } from "./format.js";

/** @typedef {import("./draw_model.js").Drawing} Drawing */
/** @typedef {{x: readonly [number, number], y: readonly [number, number]}} Ranges */

/** The drawing that the page hands in. @param {any} data @returns {Drawing} */
export function drawingOf(data) {
  const points = (data.points ?? []).slice(0, model.MOST_POINTS);
  return {
    mode: data.mode === "regression" ? "regression" : "classes",
    classes: data.classes?.length >= 2 ? data.classes.slice(0, model.MOST_CLASSES) : ["A", "B"],
    points: points.map((/** @type {number[]} */ [x, y, label]) => model.point({ x, y }, label)),
  };
}

/** The drawing and its axes as the page takes them. @param {Drawing} drawing @param {Ranges} ranges */
export function message({ mode, classes, points }, { x, y }) {
  const names = mode === "classes" ? [...classes] : [];
  return { mode, classes: names, points: points.map((one) => [...one]), range: [[...x], [...y]] };
}

/** Axes for points: one of the presets when they fill it, else axes that fit. @param {Drawing} drawing */
export function rangesFor(drawing) {
  const fit = model.fitting(drawing);
  const inside = (/** @type {readonly [number, number]} */ one, /** @type {[number, number]} */ [low, high]) =>
    one[0] >= low && one[1] <= high;
  const fills = (/** @type {[number, number]} */ ends) =>
    inside(fit.x, ends) && inside(fit.y, ends) && fit.x[1] - fit.x[0] > 0.55 * (ends[1] - ends[0]);
  const preset = Object.values(PRESETS).find(fills);
  return preset ? { x: preset, y: preset } : fit;
}

/** Saves the points as a CSV file. @param {Drawing} drawing @param {HTMLElement} node */
export function download(drawing, node) {
  const address = URL.createObjectURL(new Blob([model.csv(drawing)], { type: "text/csv;charset=utf-8" }));
  const link = element("a", { href: address, download: "drawn.csv", hidden: true });
  node.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
