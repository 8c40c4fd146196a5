// @ts-check
/** What the plane says: hints, places and numbers of points. */

import { MOST_POINTS } from "./draw_model.js";
import { count, short } from "./format.js";

/** @typedef {import("./draw_model.js").Drawing} Drawing */
/** @typedef {import("./draw_model.js").Place} Place */
/** @typedef {import("./draw_tools.js").Tool} Tool */

/** @type {Record<Tool, string>} */
const HINTS = {
  add: "Click to add a point.",
  brush: "Drag to scatter points.",
  move: "Drag a point, or draw around several and drag them.",
  erase: "Drag over points to erase them.",
  relabel: "Drag over points to give them the chosen class.",
};

/** How many, in words. @param {number} many @returns {string} */
export const pointsInWords = (many) => (many === 1 ? "1 point" : `${count(many)} points`);

/**
 * The plane for who does not see it.
 * @param {Drawing} drawing
 * @param {number[]} counts
 * @param {import("./draw_model.js").Ranges} ranges
 */
export function described(drawing, counts, { x, y }) {
  const axes = `x1 from ${short(x[0])} to ${short(x[1])}, x2 from ${short(y[0])} to ${short(y[1])}`;
  const each = drawing.classes.map((name, index) => `${name} ${counts[index]}`).join(", ");
  return `Plane of ${axes}, ${pointsInWords(drawing.points.length)}${drawing.mode === "classes" ? `: ${each}` : ""}`;
}

/**
 * The line below the plane: what one must know first, then the place, else what to do.
 * @param {Drawing} drawing
 * @param {import("./draw_plane.js").DrawPlane} plane
 * @param {Tool} tool
 * @param {Place | null} cursor
 */
export function reading(drawing, plane, tool, cursor) {
  if (drawing.points.length >= MOST_POINTS)
    return `${count(MOST_POINTS)} points are the most; erase some to draw more.`;
  const outside = drawing.points.reduce((many, [x, y]) => many + (plane.shows({ x, y }) ? 0 : 1), 0);
  if (outside) return `${pointsInWords(outside)} outside the axes: choose “Fit the points” to see all.`;
  if (cursor) return `x1 ${short(cursor.x)}   x2 ${short(cursor.y)}`;
  return drawing.mode === "regression" ? HINTS[tool].replace("class", "value") : HINTS[tool];
}
