// @ts-check
/** What keys do on the plane: a cursor that the arrows lead, and the tools where it stands. */

import { add, bounded, moved, near, nearest, point, relabeled, rounded, scattered, without } from "./draw_model.js";
import { ROUND } from "./draw_tools.js";
import { pointsInWords } from "./draw_words.js";
import { short } from "./format.js";

/** @typedef {import("./draw_model.js").Place} Place */
/** @typedef {import("./draw_tools.js").Canvas} Canvas */

export const SHORTCUTS =
  "Arrow keys move the cursor, with Shift in large steps. " +
  "Enter uses the tool, Delete erases, digits choose the class, " +
  "plus and minus change the value, Control Z undoes.";
const KEY_GRAB = 14;

const WAYS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});

/** Moves the cursor, or what is chosen. @param {Canvas} canvas @param {KeyboardEvent} event @returns {boolean} */
function steer(canvas, event) {
  const way = WAYS[event.key];
  if (!way) return false;
  const { ranges } = canvas.plane;
  const step = event.shiftKey ? 0.1 : 0.02;
  const by = { x: way[0] * step * (ranges.x[1] - ranges.x[0]), y: way[1] * step * (ranges.y[1] - ranges.y[0]) };
  const at = canvas.cursor ?? middle(canvas);
  canvas.cursor = { x: bounded(at.x + by.x, ranges.x), y: bounded(at.y + by.y, ranges.y) };
  canvas.keyboard = true;
  if (canvas.tool === "move" && canvas.chosen.size) {
    canvas.begin();
    canvas.draft(moved(canvas.drawing, canvas.chosen, by, ranges));
    canvas.commit("", true);
  } else canvas.paint();
  return true;
}

/** Uses the tool where the keyboard's cursor is. @param {Canvas} canvas */
function useTool(canvas) {
  const { plane, tool, label, radius } = canvas;
  const place = canvas.cursor ?? middle(canvas);
  canvas.cursor = place;
  canvas.keyboard = true;
  if (tool === "move") {
    const index = canvas.chosen.size ? -1 : nearest(canvas.drawing, place, KEY_GRAB, plane.scale);
    canvas.choose(index < 0 ? [] : [index]);
    canvas.say(index < 0 ? "Nothing is held." : "The point follows the arrow keys; Enter lets it go.");
  } else if (tool === "erase") eraseNear(canvas, radius);
  else {
    canvas.begin();
    const before = canvas.drawing;
    if (tool === "relabel") canvas.draft(relabeled(before, near(before, place, place, radius, plane.scale), label));
    else if (tool === "add") canvas.draft(add(before, [point(place, label)]));
    else {
      // As many as a stroke across the disc would leave.
      const many = Math.max(1, Math.round((canvas.density * 2 * radius) / 100));
      const places = Array.from({ length: many }, () => scattered(place, radius, plane.scale, plane.ranges));
      canvas.draft(
        add(
          before,
          places.map((one) => point(one, label)),
        ),
      );
    }
    const grown = canvas.drawing.points.length - before.points.length;
    canvas.commit(tool === "relabel" ? "Relabeled." : `${pointsInWords(grown)} added.`);
  }
}

/** Erases what is chosen, or what lies near the cursor. @param {Canvas} canvas @param {number} [radius] */
function eraseNear(canvas, radius = ROUND.has(canvas.tool) ? canvas.radius : KEY_GRAB) {
  const place = canvas.cursor ?? middle(canvas);
  const before = canvas.drawing;
  const gone = canvas.chosen.size ? canvas.chosen : near(before, place, place, radius, canvas.plane.scale);
  canvas.begin();
  canvas.draft(without(before, gone));
  canvas.choose([]);
  canvas.commit(`${pointsInWords(before.points.length - canvas.drawing.points.length)} erased.`);
}

/** @param {Canvas} canvas @returns {Place} */
function middle(canvas) {
  const { x, y } = canvas.plane.ranges;
  return { x: (x[0] + x[1]) / 2, y: (y[0] + y[1]) / 2 };
}

/**
 * Does what a key means on the plane.
 * @param {Canvas} canvas
 * @param {KeyboardEvent} event
 * @returns {boolean} whether it means something
 */
export function pressed(canvas, event) {
  if (event.altKey) return false;
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() !== "a" || canvas.tool !== "move") return false;
    canvas.choose(canvas.drawing.points.keys());
    canvas.say(`${pointsInWords(canvas.chosen.size)} chosen.`);
    return true;
  }
  const drawing = canvas.pointer.stroke !== null;
  if (event.key === "Escape") {
    const busy = drawing || canvas.chosen.size > 0;
    if (drawing) canvas.pointer.cancel();
    else canvas.choose([]);
    return busy;
  }
  // The pointer's stroke is finished first; Tab leaves at any time.
  if (drawing) return event.key !== "Tab";
  if (steer(canvas, event)) return true;
  if (event.key === "Enter") useTool(canvas);
  else if (event.key === "Delete" || event.key === "Backspace") eraseNear(canvas);
  else return canvas.drawing.mode === "classes" ? pickClass(canvas, event.key) : changeValue(canvas, event.key);
  return true;
}

/** @param {Canvas} canvas @param {string} key @returns {boolean} */
function pickClass(canvas, key) {
  if (!/^[1-8]$/.test(key)) return false;
  const index = Number(key) - 1;
  const name = canvas.drawing.classes[index];
  if (name === undefined) return true;
  canvas.take({ label: index });
  canvas.say(`Class ${name}.`);
  return true;
}

/** @param {Canvas} canvas @param {string} key @returns {boolean} */
function changeValue(canvas, key) {
  if (key !== "+" && key !== "-") return false;
  const [low, high] = canvas.plane.values;
  const by = ((key === "+" ? 1 : -1) * (high - low)) / 20;
  canvas.take({ label: rounded(bounded(canvas.label + by, [low, high])) });
  canvas.say(`Value ${short(canvas.label)}.`);
  return true;
}

/**
 * The cursor of the keys, where it was before or in the middle, when the plane gets the focus by a key.
 * @param {any} board
 */
export function cursorComes(board) {
  const { plane, pointer } = board;
  if (!plane.top.matches(":focus-visible") || pointer.stroke) return;
  board.cursor ??= board.rest ?? middle(board);
  board.keyboard = true;
  board.paint();
}

/** Takes the cursor of the keys away, and remembers where it was. @param {any} board */
export function cursorGoes(board) {
  board.merging = false;
  if (board.keyboard) {
    board.rest = board.cursor;
    board.cursor = null;
  }
  board.keyboard = false;
  board.paint();
}

/** Undo or redo, when keys ask for one of them. @param {KeyboardEvent} event @returns {"undo" | "redo" | null} */
export function stepOf(event) {
  const letter = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(letter)) return null;
  event.preventDefault();
  event.stopPropagation();
  return letter === "y" || event.shiftKey ? "redo" : "undo";
}
