// @ts-check
/** A confusion matrix of many classes as a map: one small cell a pair, read by pointing or with the arrow keys. */

import { sideways } from "./axes.js";
import { element } from "./format.js";
import { moved } from "./matrix_table.js";
import { css } from "./palette.js";

/** @typedef {import("./confusion.js").Matrix} Matrix */
/** @typedef {import("./confusion.js").Cell} Cell */
/** @typedef {import("./palette.js").Rgb} Rgb */

const LEFT = 76;
const TOP = 20;
const RIGHT = 52;
const RECALL = 10;
const NAME_ROOM = 12;

/** The map; a class of drawing of `Confusion`. */
export class MatrixMap {
  /** @param {string[]} classes @param {(cell: Cell | null) => void} onPoint */
  constructor(classes, onPoint) {
    this.classes = classes;
    this.onPoint = onPoint;
    /** @type {Cell} */
    this.at = { row: 0, column: 0 };
    /** @type {Cell | null} */
    this.marked = null;
    /** @type {(() => void) | null} draws what was drawn last */
    this.again = null;
    this.width = this.height = this.size = 0;
    const rule = "rows are true classes, columns predicted ones. Arrow keys move from cell to cell.";
    const label = `Confusion of ${classes.length} classes: ${rule}`;
    this.canvas = element("canvas", { class: "nn-layer", role: "img", tabindex: 0, "aria-label": label });
    this.node = element("div", { class: "nn-matrix-map" }, this.canvas);
    this.canvas.addEventListener("pointermove", (event) => this._point(event));
    this.canvas.addEventListener("pointerleave", () => onPoint(null));
    this.canvas.addEventListener("blur", () => onPoint(null));
    this.canvas.addEventListener("keydown", (event) => {
      const next = moved(this.at, event.key, classes.length);
      if (!next) return;
      this.at = next;
      onPoint(next);
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /**
   * @param {Matrix} matrix
   * @param {(share: number, right: boolean) => Rgb} color
   * @param {import("./palette.js").Theme} theme
   */
  draw(matrix, color, theme) {
    this.again = () => this._draw(matrix, color, theme);
    this.again();
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    if (!width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    this.width = width;
    this.height = height;
    this.size = Math.min(width - LEFT - RIGHT, height - TOP - 4);
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
  }

  /** @param {Cell | null} cell */
  mark(cell) {
    this.marked = cell;
    this.again?.();
  }

  /**
   * @param {Matrix} matrix
   * @param {(share: number, right: boolean) => Rgb} color
   * @param {import("./palette.js").Theme} theme
   */
  _draw({ classes, counts, totals }, color, theme) {
    const context = this.canvas.getContext("2d");
    if (!context || !this.size) return;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const number = classes.length;
    const cell = this.size / number;
    const edge = (/** @type {number} */ place) => Math.round(place * cell * ratio) / ratio;
    for (let row = 0; row < number; row += 1) {
      const top = TOP + edge(row);
      const down = edge(row + 1) - edge(row);
      for (let column = 0; column < number; column += 1) {
        const share = totals[row] ? counts[row * number + column] / totals[row] : 0;
        context.fillStyle = css(color(share, row === column));
        context.fillRect(LEFT + edge(column), top, edge(column + 1) - edge(column), down);
      }
      context.fillStyle = css(color(totals[row] ? counts[row * number + row] / totals[row] : 0, true));
      context.fillRect(LEFT + this.size + 6, top, RECALL, down);
    }
    context.strokeStyle = theme.border;
    context.strokeRect(LEFT - 0.5, TOP - 0.5, this.size + 1, this.size + 1);
    this._drawNames(context, cell, theme);
    const at = this.marked;
    if (!at) return;
    context.strokeStyle = theme.text;
    context.lineWidth = 2;
    context.strokeRect(LEFT + at.column * cell - 1, TOP + at.row * cell - 1, cell + 2, cell + 2);
    context.lineWidth = 1;
  }

  /**
   * Every name that has room, and what the sides are.
   * @param {CanvasRenderingContext2D} context
   * @param {number} cell
   * @param {import("./palette.js").Theme} theme
   */
  _drawNames(context, cell, theme) {
    const every = Math.ceil(NAME_ROOM / cell);
    context.font = `11px ${theme.font}`;
    context.fillStyle = theme.muted;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (let row = 0; row < this.classes.length; row += every) {
      context.fillText(cutInside(context, this.classes[row], LEFT - 26), LEFT - 5, TOP + (row + 0.5) * cell);
    }
    context.textAlign = "center";
    context.fillText("predicted, in the same order", LEFT + this.size / 2, 8);
    context.textAlign = "left";
    context.fillText("recall", LEFT + this.size + 4, 8);
    sideways(context, "true", 8, TOP + this.size / 2);
  }

  /** @param {PointerEvent} event */
  _point(event) {
    const bounds = this.canvas.getBoundingClientRect();
    const cell = this.size / this.classes.length;
    const column = Math.floor((event.clientX - bounds.left - LEFT) / cell);
    const row = Math.floor((event.clientY - bounds.top - TOP) / cell);
    const inside = row >= 0 && column >= 0 && row < this.classes.length && column < this.classes.length;
    if (inside) this.at = { row, column };
    this.onPoint(inside ? this.at : null);
  }
}

/**
 * Text cut to a width in its middle: the names of many classes often begin alike.
 * @param {CanvasRenderingContext2D} context
 * @param {string} label
 * @param {number} width
 */
function cutInside(context, label, width) {
  if (context.measureText(label).width <= width) return label;
  let kept = Math.min(label.length - 1, 40);
  let shorter = label;
  while (kept > 2 && context.measureText(shorter).width > width) {
    kept -= 1;
    shorter = `${label.slice(0, Math.ceil(kept / 2))}…${label.slice(label.length - Math.floor(kept / 2))}`;
  }
  return shorter;
}
