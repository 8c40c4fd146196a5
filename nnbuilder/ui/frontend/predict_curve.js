// @ts-check
/** The prediction over one feature, all others as they are; the mark can be drawn along the curve. */

import { fit, prepared } from "./canvas.js";
import { element, short, setText, text } from "./format.js";
import { classColor } from "./palette.js";
import { rounded } from "./predict_values.js";
import { axisTicks, reading } from "./scales.js";

/** @typedef {import("./palette.js").Theme} Theme */
/** @typedef {import("./predict.js").Feature} Feature */
/** @typedef {import("./predict.js").Values} Values */
/** @typedef {{feature: number, x: number[], series: number[][]}} Curve */

const MARGIN = { left: 50, right: 14, top: 10, bottom: 26 };
const FONT = 11;

export class CurveCard {
  /** @param {{set: (place: number, value: number) => void, curve: (place: number) => void}} on */
  constructor(on) {
    this.on = on;
    /** @type {Theme | null} */
    this.theme = null;
    /** @type {Curve | null} */
    this.curve = null;
    /** @type {Values} */
    this.values = [];
    /** @type {[number, number]} */
    this.span = [0, 1];
    this.spanOf = -1;
    this.title = text("", "nn-ask-muted");
    this.select = element("select", { class: "nn-ask-input nn-ask-over", "aria-label": "Feature of the curve" });
    this.at = text("", "nn-ask-at");
    this.canvas = element("canvas", { class: "nn-ask-canvas", role: "img" });
    const plot = element("div", { class: "nn-ask-plot" }, this.canvas);
    this.node = element(
      "div",
      { class: "nn-ask-card nn-ask-curve" },
      element(
        "div",
        { class: "nn-ask-head" },
        element("span", { class: "nn-ask-line" }, this.title, this.select),
        this.at,
      ),
      plot,
    );
    this.select.addEventListener("change", () => this.on.curve(Number(this.select.value)));
    this.sizes = new ResizeObserver(() => this._draw());
    this.sizes.observe(plot);
    this.plot = plot;
    this._listen();
  }

  _listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this._take(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) this._take(event);
      else this._point(event);
    });
    canvas.addEventListener("pointerleave", () => this._read());
  }

  destroy() {
    this.sizes.disconnect();
  }

  /** @param {any} asked */
  build(asked) {
    this.asked = asked;
    this.curve = null;
    this.spanOf = -1;
    /** @type {Feature[]} */
    const features = asked.features;
    this.select.replaceChildren(...features.map(({ name }, place) => element("option", { value: place }, name)));
    setText(this.title, asked.classes.length ? "Probability over" : `${asked.target.name} over`);
    this.title.title = asked.target.name;
  }

  /** @param {Curve | null} curve @param {Values} values @param {number} wanted */
  show(curve, values, wanted) {
    this.curve = curve;
    this.select.value = String(wanted);
    this._stretch();
    this.mark(values);
  }

  /** What the curve is at the row's own value; nothing where that is missing. @returns {number[] | null} */
  here() {
    const { curve } = this;
    const at = curve ? this.values[curve.feature] : null;
    if (!curve || at === null || at === undefined || at < curve.x[0] || at > curve.x[curve.x.length - 1]) return null;
    return curve.series.map((one) => along(curve.x, one, at));
  }

  /** Moves the mark. @param {Values} values */
  mark(values) {
    this.values = values;
    this._read();
    this._draw();
  }

  /** The range of values only grows while a feature is looked at, so that nothing jumps. */
  _stretch() {
    const { curve, asked } = this;
    if (!curve || asked.classes.length) {
      this.span = [0, 1];
      return;
    }
    let low = Infinity;
    let high = -Infinity;
    for (const value of curve.series[0]) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const room = (high - low) * 0.06 || Math.abs(high) * 0.05 || 0.5;
    const [before, after] = this.spanOf === curve.feature ? this.span : [Infinity, -Infinity];
    // A little more is no reason to move; much more is.
    this.span = low < before || high > after ? [Math.min(before, low - room), Math.max(after, high + room)] : this.span;
    this.spanOf = curve.feature;
  }

  /** @returns {Feature | null} */
  get feature() {
    return this.curve ? this.asked.features[this.curve.feature] : null;
  }

  get axis() {
    const feature = this.feature;
    if (feature?.categories.length) return { labels: feature.categories };
    return feature?.kind === "date" ? { dates: true } : {};
  }

  /** @returns {[number, number]} */
  get range() {
    const { x } = /** @type {Curve} */ (this.curve);
    const room = this.feature?.categories.length ? 0.5 : 0;
    return [x[0] - room, x[x.length - 1] + room];
  }

  get box() {
    const { clientWidth, clientHeight } = this.plot;
    return {
      left: MARGIN.left,
      top: MARGIN.top,
      width: Math.max(10, clientWidth - MARGIN.left - MARGIN.right),
      height: Math.max(10, clientHeight - MARGIN.top - MARGIN.bottom),
    };
  }

  /** The value of the feature below the pointer. @param {PointerEvent} event */
  _under(event) {
    const box = this.box;
    const [low, high] = this.range;
    const part = (event.clientX - this.canvas.getBoundingClientRect().left - box.left) / box.width;
    const at = low + Math.min(1, Math.max(0, part)) * (high - low);
    const feature = /** @type {Feature} */ (this.feature);
    if (feature.categories.length) return Math.min(feature.categories.length - 1, Math.max(0, Math.round(at)));
    return rounded(at, feature);
  }

  /** @param {PointerEvent} event */
  _take(event) {
    if (!this.curve) return;
    this.on.set(this.curve.feature, this._under(event));
  }

  /** @param {PointerEvent} event */
  _point(event) {
    if (this.curve) this._read(this._under(event));
  }

  /** Says what the curve is at a value; at the row's own without one. @param {number} [value] */
  _read(value) {
    const { curve, asked } = this;
    const own = curve ? this.values[curve.feature] : null;
    const at = value ?? own;
    if (!curve || at === null || at === undefined) {
      setText(this.at, curve ? "missing" : "");
      return;
    }
    const here = curve.series.map((one) => along(curve.x, one, at));
    const best = here.indexOf(Math.max(...here));
    const told = asked.classes.length
      ? `${asked.classes[best]} ${short(here[best], 3)}`
      : reading(asked.target.date ? { dates: true } : {}, here[0]);
    setText(this.at, `${reading(this.axis, at, this.range)}: ${told}`);
  }

  _draw() {
    const { canvas, curve, theme } = this;
    const { clientWidth, clientHeight } = this.plot;
    if (!theme || !clientWidth) return;
    fit(canvas, clientWidth, clientHeight);
    const context = prepared(canvas);
    if (!context) return;
    if (!curve) {
      canvas.setAttribute("aria-label", "No curve: the outputs are no finite numbers.");
      return;
    }
    canvas.setAttribute("aria-label", `Prediction over ${this.feature?.name}`);
    this._axes(context, theme);
    this._lines(context, curve, theme);
    this._mark(context, curve, theme);
  }

  /** @param {CanvasRenderingContext2D} context @param {Theme} theme */
  _axes(context, theme) {
    const box = this.box;
    const [low, high] = this.range;
    const dates = this.asked.target.date && !this.asked.classes.length;
    context.font = `${FONT}px ${theme.font}`;
    context.fillStyle = theme.muted;
    context.strokeStyle = theme.border;
    context.lineWidth = 1;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (const { at, label } of axisTicks(dates ? { dates: true } : {}, this.span, box.height, 44)) {
      const y = Math.round(this._y(at)) + 0.5;
      line(context, box.left, y, box.left + box.width, y);
      context.fillText(label, box.left - 6, y);
    }
    context.textBaseline = "top";
    const marks = axisTicks(this.axis, [low, high], box.width, this.feature?.kind === "date" ? 76 : 60);
    const room = box.width / Math.max(1, marks.length);
    for (const { at, label } of marks) {
      const x = Math.round(this._x(at)) + 0.5;
      context.textAlign = x < box.left + 14 ? "left" : x > box.left + box.width - 14 ? "right" : "center";
      line(context, x, box.top + box.height, x, box.top + box.height + 4);
      let shown = label;
      while (shown.length > 2 && context.measureText(shown).width > room - 4) shown = `${shown.slice(0, -2)}…`;
      context.fillText(shown, x, box.top + box.height + 7);
    }
    // Where training rows are, the network need not extrapolate.
    const feature = this.feature;
    if (
      feature &&
      feature.low !== null &&
      feature.high !== null &&
      !feature.categories.length &&
      (low < feature.low || high > feature.high)
    ) {
      context.globalAlpha = 0.5;
      context.fillStyle = theme.surface;
      const [from, to] = [this._x(feature.low), this._x(feature.high)];
      context.fillRect(box.left, box.top, from - box.left, box.height);
      context.fillRect(to, box.top, box.left + box.width - to, box.height);
      context.globalAlpha = 1;
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Curve} curve @param {Theme} theme */
  _lines(context, curve, theme) {
    const bars = Boolean(this.feature?.categories.length);
    context.save();
    context.beginPath();
    const box = this.box;
    context.rect(box.left, box.top - 2, box.width, box.height + 4);
    context.clip();
    curve.series.forEach((one, code) => {
      const color = this.asked.classes.length ? classColor(code) : theme.primary;
      context.strokeStyle = color;
      context.fillStyle = color;
      context.lineWidth = 2;
      context.lineJoin = "round";
      if (bars && !this.asked.classes.length) {
        // Points, not bars: the axis of values need not begin at 0.
        one.forEach((value, place) => {
          context.beginPath();
          context.arc(this._x(curve.x[place]), this._y(value), 5, 0, 2 * Math.PI);
          context.fill();
        });
        return;
      }
      if (bars) {
        const wide = Math.min(26, (box.width / curve.x.length) * 0.7) / curve.series.length;
        one.forEach((value, place) => {
          const x = this._x(curve.x[place]) + (code - curve.series.length / 2) * wide;
          const zero = this._y(Math.max(this.span[0], Math.min(this.span[1], 0)));
          const y = this._y(value);
          context.fillRect(x, Math.min(y, zero), Math.max(1, wide - 0.5), Math.max(1, Math.abs(zero - y)));
        });
        return;
      }
      context.beginPath();
      one.forEach((value, place) => context.lineTo(this._x(curve.x[place]), this._y(value)));
      context.stroke();
    });
    context.restore();
  }

  /** @param {CanvasRenderingContext2D} context @param {Curve} curve @param {Theme} theme */
  _mark(context, curve, theme) {
    const value = this.values[curve.feature];
    const [low, high] = this.range;
    if (value === null || value === undefined || value < low || value > high) return;
    const box = this.box;
    const x = this._x(value);
    context.strokeStyle = theme.text;
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    line(context, x, box.top, x, box.top + box.height);
    context.setLineDash([]);
    if (this.feature?.categories.length) return;
    curve.series.forEach((one, code) => {
      context.fillStyle = this.asked.classes.length ? classColor(code) : theme.primary;
      context.strokeStyle = theme.background;
      context.lineWidth = 1.5;
      context.beginPath();
      context.arc(x, this._y(along(curve.x, one, value)), 4.5, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    });
  }

  /** @param {number} value */
  _x(value) {
    const [low, high] = this.range;
    return this.box.left + ((value - low) / (high - low || 1)) * this.box.width;
  }

  /** @param {number} value */
  _y(value) {
    const [low, high] = this.span;
    return this.box.top + ((high - value) / (high - low || 1)) * this.box.height;
  }
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

/** The value of a curve between its points. @param {number[]} x ascending @param {number[]} y @param {number} at */
export function along(x, y, at) {
  const after = x.findIndex((place) => place >= at);
  if (after < 0) return y[y.length - 1];
  if (after === 0 || x[after] === at) return y[after];
  const part = (at - x[after - 1]) / (x[after] - x[after - 1]);
  return y[after - 1] + part * (y[after] - y[after - 1]);
}
