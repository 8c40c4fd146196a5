// @ts-check
/** What both comparisons with the truth have in common: a stage, a line below it, and a line that reads it. */

import { count, element, text } from "./format.js";
import { themeOf } from "./palette.js";

/** @typedef {import("./live.js").LiveFeed} LiveFeed */
/** @typedef {import("./live.js").Changes} Changes */

/** The frame; whoever extends it draws with `_draw` and lays out with `_resize`. */
export class TruthPane {
  /**
   * @param {string} className
   * @param {string} hint said while nothing is pointed at
   * @param {...Node} more in the legend
   */
  constructor(className, hint, ...more) {
    this.active = false;
    /** @type {LiveFeed | null} */
    this.feed = null;
    this.wrong = text("", "nn-wrong");
    this.rows = text("", "nn-compared");
    this.readout = text(hint, "nn-pane-readout", "div");
    this.stage = element("div", { class: "nn-matrix-stage" });
    const legend = element("div", { class: "nn-pane-legend" }, this.rows, ...more);
    this.node = element("div", { class: `nn-pane ${className}` }, this.stage, legend, this.readout);
    this._theme = themeOf(this.node);
    this.observer = new ResizeObserver(() => this._resize());
    this.observer.observe(this.stage);
  }

  destroy() {
    this.observer.disconnect();
  }

  /** The theme may have changed. */
  refresh() {
    this._theme = themeOf(this.node);
    this._draw();
  }

  /** @param {boolean} active */
  setActive(active) {
    this.active = active;
    if (active) this.refresh();
  }

  /** @param {LiveFeed} feed @param {Changes} changes */
  show(feed, changes) {
    this.feed = feed;
    if (this.active && (changes.picture || changes.data || changes.reset)) this._draw();
  }

  _resize() {}

  _draw() {}
}

/**
 * `validation rows: 69`, and what else must be known of them.
 * @param {any} compared
 * @param {number} [epoch] of the picture
 */
export function comparedWords({ part, rows, all_rows: all, epoch: measured }, epoch) {
  if (rows === undefined) return "";
  const name = part === "validation" ? "validation rows" : "training rows";
  const words = rows < all ? `${count(rows)} of ${count(all)} ${name}` : `${name}: ${count(rows)}`;
  return epoch !== undefined && measured < epoch ? `${words}, epoch ${measured}` : words;
}
