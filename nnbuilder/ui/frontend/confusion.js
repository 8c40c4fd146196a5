// @ts-check
/**
 * The confusion of classes: how often each true class (a row) was taken for each class (a column), as it falls.
 *
 * Up to a dozen classes stand in a table with their numbers; more are drawn as a map whose cells are read by pointing.
 */

import { count, element, percent, setText, text } from "./format.js";
import { MatrixMap } from "./matrix_map.js";
import { MatrixTable } from "./matrix_table.js";
import { css, mix, neutral, rgb, verdictColors } from "./palette.js";
import { comparedWords, TruthPane } from "./truth_pane.js";

/** @typedef {import("./palette.js").Rgb} Rgb */
/**
 * @typedef {object} Matrix
 * @property {string[]} classes
 * @property {ArrayLike<number>} counts row-major, true class by predicted class
 * @property {number[]} totals rows of each true class
 */
/** @typedef {{row: number, column: number}} Cell */
/**
 * @typedef {object} Drawing what both ways of drawing have in common
 * @property {HTMLElement} node
 * @property {(matrix: Matrix, color: (share: number, right: boolean) => Rgb, theme: import("./palette.js").Theme) =>
 *   void} draw
 * @property {(width: number, height: number) => void} resize
 * @property {(cell: Cell | null) => void} mark
 */

export const MOST_IN_TABLE = 12;
const MOST_MISTAKES = 5;
const SUMMARY_MS = 1000;
const HINT = "Point at a cell to read it.";

/** The pane with the matrix. */
export class Confusion extends TruthPane {
  constructor() {
    const scale = element("span", { class: "nn-verdicts", title: "Share of the rows of the true class" });
    super("nn-confusion", HINT, element("span", { class: "nn-spring" }), scale);
    this.scale = scale;
    /** @type {Drawing | null} */
    this.drawing = null;
    this.classes = "";
    /** @type {Matrix | null} */
    this.matrix = null;
    /** @type {Cell | null} */
    this.cell = null;
    /** @type {number | undefined} */
    this._timer = undefined;
    this.summary = text("", "nn-unseen", "div");
    this.node.append(this.summary);
  }

  destroy() {
    window.clearTimeout(this._timer);
    super.destroy();
  }

  refresh() {
    super.refresh();
    this.scale.replaceChildren(
      verdict("right", (share) => css(this._color(share, true))),
      verdict("wrong", (share) => css(this._color(share, false))),
    );
  }

  _draw() {
    if (!this.active) return;
    const classes = /** @type {string[]} */ (this.feed?.data?.header.classes ?? []);
    const { compared = {} } = this.feed?.picture?.header ?? {};
    const counts = this.feed?.picture?.arrays.confusion;
    this._make(classes);
    // A picture of other classes than the data at hand is on its way out.
    this.matrix = counts && counts.length === classes.length ** 2 ? matrixOf(classes, counts) : null;
    const blank = { classes, counts: new Float32Array(classes.length ** 2), totals: classes.map(() => 0) };
    this.drawing?.draw(this.matrix ?? blank, (share, right) => this._color(share, right), this._theme);
    this._tell(compared);
    this._read();
  }

  /** Table or map, made anew only for other classes. @param {string[]} classes */
  _make(classes) {
    const key = JSON.stringify(classes);
    if (key === this.classes) return;
    this.classes = key;
    this.cell = null;
    const point = (/** @type {Cell | null} */ cell) => this._point(cell);
    this.drawing = classes.length <= MOST_IN_TABLE ? new MatrixTable(classes, point) : new MatrixMap(classes, point);
    this.stage.replaceChildren(this.drawing.node);
    this.drawing.resize(this.stage.clientWidth, this.stage.clientHeight);
  }

  _resize() {
    this.drawing?.resize(this.stage.clientWidth, this.stage.clientHeight);
    this._draw();
  }

  /** @param {Cell | null} cell */
  _point(cell) {
    this.cell = cell;
    this.drawing?.mark(cell);
    this._read();
  }

  _read() {
    setText(this.readout, this.cell && this.matrix ? cellWords(this.matrix, this.cell) : HINT);
  }

  /** @param {any} compared */
  _tell(compared) {
    const { matrix } = this;
    setText(this.rows, matrix ? comparedWords(compared, this.feed?.picture?.header.epoch) : "");
    setText(this.wrong, matrix ? wrongWords(matrix) : "");
    // The words for a screen reader would otherwise change thirty times a second.
    this._timer ??= window.setTimeout(() => this._summarize(), SUMMARY_MS);
  }

  _summarize() {
    this._timer = undefined;
    setText(this.summary, this.matrix ? `${wrongWords(this.matrix)}. ${mistakeWords(this.matrix)}` : "");
  }

  /**
   * Color of a cell by the share of its row; a square root lets single mistakes be seen.
   * @param {number} share
   * @param {boolean} right
   * @returns {Rgb}
   */
  _color(share, right) {
    const { dark } = this._theme;
    const colors = verdictColors(dark);
    const pale = mix(neutral(dark), rgb(this._theme.background), 0.45);
    return mix(pale, rgb(right ? colors.right : colors.wrong), Math.sqrt(Math.max(0, Math.min(1, share))));
  }
}

/** @param {string[]} classes @param {ArrayLike<number>} counts @returns {Matrix} */
function matrixOf(classes, counts) {
  const totals = classes.map((_, row) => {
    let total = 0;
    for (let column = 0; column < classes.length; column += 1) total += counts[row * classes.length + column];
    return total;
  });
  return { classes, counts, totals };
}

/** How many rows, and how many of them were told wrong. @param {Matrix} matrix */
export function verdicts({ classes, counts, totals }) {
  const rows = totals.reduce((sum, total) => sum + total, 0);
  const right = classes.reduce((sum, _, index) => sum + counts[index * classes.length + index], 0);
  return { rows, wrong: rows - right };
}

/** @param {Matrix} matrix */
function wrongWords(matrix) {
  const { rows, wrong } = verdicts(matrix);
  return `${count(wrong)} of ${count(rows)} wrong`;
}

/** @param {Matrix} matrix @param {Cell} cell */
function cellWords({ classes, counts, totals }, { row, column }) {
  const number = counts[row * classes.length + column];
  const share = totals[row] ? ` (${percent(number / totals[row], 1)})` : "";
  const of = `${count(number)} of ${count(totals[row])} ${classes[row]}`;
  return row === column ? `${of} recognized${share}` : `${of} taken for ${classes[column]}${share}`;
}

/** The most frequent mistakes in words. @param {Matrix} matrix */
function mistakeWords({ classes, counts }) {
  const width = classes.length;
  const mistakes = Array.from({ length: width ** 2 }, (_, index) => index)
    .filter((index) => Math.floor(index / width) !== index % width && counts[index] > 0)
    .sort((first, second) => counts[second] - counts[first])
    .slice(0, MOST_MISTAKES)
    .map(
      (index) => `${classes[Math.floor(index / width)]} taken for ${classes[index % width]}: ${count(counts[index])}`,
    );
  return mistakes.length ? `Most frequent: ${mistakes.join(", ")}.` : "";
}

/** A small color scale with its name. @param {string} name @param {(share: number) => string} color */
function verdict(name, color) {
  const bar = element("span", { class: "nn-verdict-bar" });
  const stops = [0, 0.1, 0.3, 0.6, 1].map((share) => `${color(share)} ${share * 100}%`);
  bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  return element("span", { class: "nn-legend-item" }, bar, text(name));
}
