// @ts-check
/**
 * A confusion matrix as a table: numbers in their cells, names along both sides, the recall of each class at its end.
 */

import { count, element, percent, setText, text, toldApart } from "./format.js";
import { classColor, css, inkOn } from "./palette.js";

/** @typedef {import("./confusion.js").Matrix} Matrix */
/** @typedef {import("./confusion.js").Cell} Cell */
/** @typedef {import("./palette.js").Rgb} Rgb */

const NAMES = { least: 34, most: 96 };
const RECALL = 46;
const SIDE = 18;
const HEAD = 20;
const TALL_HEAD = 66;
const TALLEST = 136;
const LARGEST_FIGURE = 22;
const SMALLEST_FIGURE = 9;

/** The table; a class of drawing of `Confusion`. */
export class MatrixTable {
  /** @param {string[]} classes @param {(cell: Cell | null) => void} onPoint */
  constructor(classes, onPoint) {
    this.classes = classes;
    this.onPoint = onPoint;
    /** @type {Cell} where the arrow keys go on from */
    this.at = { row: 0, column: 0 };
    /** @type {HTMLElement | null} */
    this.marked = null;
    this.room = { across: 40, down: 40 };
    this.longest = "";
    this.short = toldApart(classes, 10);
    this.columns = classes.map((name, index) => head(name, this.short[index], index, "col"));
    /** @type {HTMLTableCellElement[][]} */
    this.cells = [];
    /** @type {HTMLTableCellElement[]} */
    this.recalls = [];
    const body = classes.map((name, row) => {
      const cells = classes.map((_, column) => this._cell(row, column));
      const recall = element("td", { class: "nn-recall" });
      this.cells.push(cells);
      this.recalls.push(recall);
      return element("tr", {}, head(name, this.short[row], row, "row"), ...cells, recall);
    });
    const recall = element(
      "th",
      { scope: "col", class: "nn-recall", title: "Share of a class that is recognized" },
      "recall",
    );
    this.names = element("col");
    const widths = element(
      "colgroup",
      {},
      this.names,
      ...classes.map(() => element("col")),
      element("col", { class: "nn-recall" }),
    );
    this.headRow = element("tr", {}, element("td"), ...this.columns, recall);
    this.table = element("table", {
      tabindex: 0,
      "aria-label": "Confusion of classes: rows are true classes, columns predicted ones",
    });
    this.table.append(widths, element("thead", {}, this.headRow), element("tbody", {}, ...body));
    const across = text("predicted", "nn-matrix-across", "div");
    const up = text("true", "nn-matrix-up", "div");
    across.ariaHidden = up.ariaHidden = "true";
    this.node = element("div", { class: "nn-matrix" }, across, up, this.table);
    this.table.addEventListener("pointerover", (event) => this._point(event));
    this.table.addEventListener("pointerleave", () => onPoint(null));
    this.table.addEventListener("keydown", (event) => this._key(event));
    this.table.addEventListener("blur", () => onPoint(null));
  }

  /**
   * @param {Matrix} matrix
   * @param {(share: number, right: boolean) => Rgb} color
   * @param {import("./palette.js").Theme} theme
   */
  draw({ counts, totals }, color, theme) {
    const width = this.classes.length;
    this._fit(count(Math.max(0, ...totals)));
    for (let row = 0; row < width; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const number = counts[row * width + column];
        const right = row === column;
        const shade = color(totals[row] ? number / totals[row] : 0, right);
        const cell = this.cells[row][column];
        setText(cell, totals[row] ? count(number) : "");
        const background = css(shade);
        if (cell.dataset.shade === background) continue;
        cell.dataset.shade = background;
        cell.style.background = background;
        cell.classList.toggle("nn-none", number === 0);
        cell.style.color = number === 0 ? theme.muted : inkOn(shade);
      }
      setText(this.recalls[row], totals[row] ? percent(counts[row * width + row] / totals[row]) : "");
    }
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    if (!width || !height) return;
    const number = this.classes.length;
    const longest = Math.max(...this.short.map((name) => widthOf(name, this.table)));
    const names = Math.min(NAMES.most, Math.max(NAMES.least, longest + 20), width * 0.28);
    const across = (width - SIDE - names - RECALL) / number;
    // Where names do not fit over their columns they stand upright.
    const upright = longest + 18 > across && across < 56;
    const top = upright ? Math.min(TALL_HEAD, longest + 22) : HEAD;
    const down = Math.min(TALLEST, (height - SIDE - top) / number);
    this.names.style.width = `${names}px`;
    this.headRow.style.height = `${top}px`;
    this.table.classList.toggle("nn-upright", upright);
    this.table.style.setProperty("--nn-cell", `${down}px`);
    this.room = { across, down };
    this.longest = "";
    this.table.style.setProperty("--nn-name", `${Math.max(10, Math.min(12, down - 3))}px`);
  }

  /**
   * Gives the numbers a size at which the largest there can be fits, so that it never changes; else only shades are
   * seen.
   * @param {string} longest
   */
  _fit(longest) {
    if (longest === this.longest) return;
    this.longest = longest;
    const { across, down } = this.room;
    const size = Math.min(across, down);
    const wanted = size > 64 ? LARGEST_FIGURE : size > 44 ? 17 : size > 27 ? 13 : 11;
    const fitting = (12 * (across - 4)) / widthOf(longest, this.table, "600 ");
    const figure = Math.floor(Math.min(wanted, fitting, down - 3));
    this.table.classList.toggle("nn-dense", figure < SMALLEST_FIGURE);
    this.table.style.setProperty("--nn-figure", `${Math.max(SMALLEST_FIGURE, figure)}px`);
  }

  /** @param {Cell | null} cell */
  mark(cell) {
    this.marked?.classList.remove("nn-marked");
    this.marked = cell ? this.cells[cell.row][cell.column] : null;
    this.marked?.classList.add("nn-marked");
  }

  /** @param {number} row @param {number} column */
  _cell(row, column) {
    return element("td", {
      "data-row": row,
      "data-column": column,
      class: row === column ? "nn-cell nn-right" : "nn-cell",
    });
  }

  /** @param {PointerEvent} event */
  _point(event) {
    const cell = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-row]"));
    if (!cell) return this.onPoint(null);
    this.at = { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
    this.onPoint(this.at);
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const next = moved(this.at, event.key, this.classes.length);
    if (!next) return;
    this.at = next;
    this.onPoint(next);
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * Where an arrow key leads to in a square of cells; null for other keys.
 * @param {Cell} from
 * @param {string} key
 * @param {number} size
 * @returns {Cell | null}
 */
export function moved({ row, column }, key, size) {
  const moves = /** @type {Record<string, [number, number]>} */ ({
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  });
  const move = moves[key];
  if (!move) return null;
  const bounded = (/** @type {number} */ place) => Math.max(0, Math.min(size - 1, place));
  return { row: bounded(row + move[0]), column: bounded(column + move[1]) };
}

/**
 * A class's name with its color.
 * @param {string} name
 * @param {string} shown the name in short
 * @param {number} index
 * @param {"row" | "col"} scope
 */
function head(name, shown, index, scope) {
  const swatch = element("span", { class: "nn-swatch" });
  swatch.style.background = classColor(index);
  const inner = element("span", { class: "nn-matrix-name" }, swatch, text(shown, "nn-cut"));
  const said = shown === name ? null : name;
  return element("th", { scope, title: name, "aria-label": said }, inner);
}

/**
 * Width of a text of 12 pixels.
 * @param {string} name
 * @param {Element} node that has the font
 * @param {string} [weight]
 */
function widthOf(name, node, weight = "") {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return 7 * name.length;
  context.font = `${weight}12px ${getComputedStyle(node).fontFamily}`;
  return context.measureText(name).width;
}
