// @ts-check
/**
 * The plane: what the network answers over two features (or one), with the points of the data.
 *
 * Three canvases lie on each other, so that a new picture repaints only the map: map, axes and points, curve and pin.
 */

import { fit, prepared } from "./canvas.js";
import { element, setText, text } from "./format.js";
import { classSwatches, drawAxes, drawPoints, drawScale, partMarkers, planeTicks, widestLabel } from "./axes.js";
import { fillMap } from "./maps.js";
import { BLUE, classColor, themeOf } from "./palette.js";
import { describe, readingAt } from "./plane_words.js";
import { isWorded } from "./scales.js";

/** @typedef {import("./frame.js").Section} Section */
/** @typedef {import("./frame.js").View} View */
/**
 * @typedef {{left: number, top: number, width: number, height: number}} Box the plot inside the canvas, in CSS pixels
 */

const MARGIN = { left: 46, top: 8, bottom: 36, right: 58, bare: 14 };
const LARGEST_SIDE = 460;
const SMALLEST_SIDE = 170;
/** Side of the plane beside a window of 900 pixels; where there is less room to the side, there is some below. */
const USUAL_SIDE = 276;
const LEGEND_LINE = 20;
/** A window lower than this takes from the plane, too, so much for each pixel that it lacks. */
const LOW_WINDOW = 880;
const GIVES_WAY = 0.5;
/** The axis of words may take this much of the plot's width at most. */
const WIDEST_LEFT = 92;
/** Left of the tick labels: title and gaps. */
const BESIDE_LABELS = 22;

/** The plane's elements and what it shows. */
export class Plane {
  /** @param {(point: {x: number, y: number}) => void} onPoint called with a place in data units that was clicked */
  constructor(onPoint) {
    this.onPoint = onPoint;
    this.options = { discretize: false, test: false };
    /** @type {Section | null} */
    this.picture = null;
    /** @type {Section | null} */
    this.data = null;
    /** @type {{x: number, y: number} | null} place of the pointer in parts of the box, from its top left */
    this.pointer = null;
    /** @type {{x: number, y: number} | null} the clicked place in data units */
    this.pin = null;
    /** @type {number | null} the class whose points stand out */
    this.lit = null;
    this.width = 0;
    /** @type {Box} */
    this.box = { left: 0, top: 0, width: 0, height: 0 };
    /** Are the axes' titles drawn here? Else something else takes their places, see `places`. */
    this.titles = true;
    this.active = true;
    /** @type {{x: import("./scales.js").Tick[], y: import("./scales.js").Tick[]}} */
    this.marks = { x: [], y: [] };

    this.map = element("canvas", { class: "nn-layer" });
    this.base = element("canvas", { class: "nn-layer" });
    this.top = element("canvas", { class: "nn-layer nn-plane-top", role: "img", tabindex: 0 });
    /** Where the axes' titles are. */
    this.places = { x: element("div", { class: "nn-place-x" }), y: element("div", { class: "nn-place-y" }) };
    this.stack = element("div", { class: "nn-stack" }, this.map, this.base, this.top, this.places.x, this.places.y);
    this.legend = element("div", { class: "nn-legend" });
    this.readout = text("", "nn-readout", "div");
    this.node = element("div", { class: "nn-plane" }, this.stack, this.legend, this.readout);
    this.offscreen = document.createElement("canvas");
    this._legendKey = "";
    this._legendHeight = LEGEND_LINE;
    this._theme = themeOf(this.node);

    this.top.addEventListener("pointermove", (event) => this._point(event));
    this.top.addEventListener("pointerleave", () => this._moveTo(null));
    this.top.addEventListener("click", (event) => {
      this._point(event);
      this._ask();
    });
    this.top.addEventListener("keydown", (event) => this._key(event));
    this.top.addEventListener("blur", () => this._moveTo(null));
    this.observer = new ResizeObserver(() => this._resize());
    this.observer.observe(this.node);
    this._resized = () => this._resize();
    window.addEventListener("resize", this._resized);
  }

  destroy() {
    window.removeEventListener("resize", this._resized);
    this.observer.disconnect();
  }

  /** The page's theme or the layout may have changed: everything is drawn anew. */
  refresh() {
    this._theme = themeOf(this.node);
    this._legendKey = "";
    this._resize();
  }

  /** @param {Partial<{discretize: boolean, test: boolean}>} options */
  setOptions(options) {
    Object.assign(this.options, options);
    this._drawAll();
  }

  /** While something else is looked at, nothing is drawn. @param {boolean} active */
  setActive(active) {
    if (active === this.active) return;
    this.active = active;
    if (active) this.refresh();
  }

  /** @param {boolean} titles */
  setTitles(titles) {
    if (titles === this.titles) return;
    this.titles = titles;
    this._drawBase();
  }

  /** @param {import("./live.js").LiveFeed} feed @param {import("./live.js").Changes} changes */
  show(feed, changes) {
    if (!changes.picture && !changes.data && !changes.reset) return;
    const before = this.view();
    this.picture = feed.picture;
    this.data = feed.data;
    if (changes.reset) this.pin = null;
    if (!this.active) return;
    const after = this.view();
    if (changes.data || changes.reset || !sameView(before, after)) this._resize();
    else this._drawMap();
    this._showReadout();
  }

  /** What the plane shows: the picture's view, before the first one the data's. @returns {View | null} */
  view() {
    return this.picture?.header.view ?? this.data?.header.view ?? null;
  }

  /**
   * What the axes stand for; nothing is said while points and picture are of different features.
   * @returns {import("./axes.js").Axes}
   */
  axes() {
    const view = this.view();
    const shown = this.data?.header.view;
    const matches = view && shown && shown.x === view.x && shown.y === view.y && shown.kind === view.kind;
    return matches ? (this.data?.header.axes ?? {}) : {};
  }

  /** Takes the pin away. */
  unpin() {
    this.pin = null;
    this._drawTop();
  }

  _resize() {
    const width = this.node.clientWidth;
    if (!width) return;
    const view = this.view();
    const bare = view?.kind === "curve";
    this._legendHeight = this.legend.offsetHeight;
    const lacking =
      Math.max(0, this._legendHeight - LEGEND_LINE) + Math.max(0, (LOW_WINDOW - window.innerHeight) * GIVES_WAY);
    const whole = Math.min(LARGEST_SIDE, width - MARGIN.left - MARGIN.right);
    const side = Math.max(SMALLEST_SIDE, whole - Math.max(0, lacking - Math.max(0, USUAL_SIDE - whole)));
    const room = width - MARGIN.left - (bare ? MARGIN.bare : MARGIN.right);
    this.width = width;
    this.box = { left: MARGIN.left, top: MARGIN.top, width: bare ? Math.max(room, SMALLEST_SIDE) : side, height: side };
    if (view) this._layTicks(view);
    const height = side + MARGIN.top + MARGIN.bottom;
    const { box } = this;
    Object.assign(this.places.x.style, { left: `${box.left}px`, width: `${box.width}px`, top: `${height - 18}px` });
    Object.assign(this.places.y.style, { top: `${box.top}px`, height: `${box.height}px` });
    this.stack.style.height = `${height}px`;
    for (const canvas of [this.base, this.top]) fit(canvas, width, height);
    fit(this.map, this.box.width, this.box.height);
    this.map.style.left = `${this.box.left}px`;
    this.map.style.top = `${this.box.top}px`;
    this._drawAll();
  }

  /** Words beside the axis that goes up take some of the plot's width. @param {View} view */
  _layTicks(view) {
    const axes = this.axes();
    const context = this.base.getContext("2d");
    this.marks = planeTicks(view, axes, this.box);
    if (!context || !isWorded(axes.y)) return;
    const left = Math.min(WIDEST_LEFT, widestLabel(context, this.marks.y, this._theme.font) + BESIDE_LABELS);
    const more = Math.max(0, Math.ceil(left) - MARGIN.left);
    this.box = { ...this.box, left: MARGIN.left + more, width: this.box.width - more };
    this.marks = planeTicks(view, axes, this.box);
  }

  _drawAll() {
    if (!this.active) return;
    this._drawMap();
    this._drawBase();
    this._drawLegend();
  }

  _drawMap() {
    const context = this.map.getContext("2d");
    if (!context) return;
    const { width, height } = this.map;
    const view = this.view();
    if (!this.picture || !view || view.kind === "curve") {
      context.fillStyle = this._theme.surface;
      context.fillRect(0, 0, width, height);
    } else {
      const classes = this.data?.header.classes?.length ?? 2;
      const size = fillMap(this.offscreen, this.picture, { ...this.options, dark: this._theme.dark, classes });
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = "high";
      // The outermost cells lie on the ends of the ranges, so half of each is outside the plot.
      if (size) {
        const { edge } = size;
        const across = size.width - 2 * edge;
        context.drawImage(this.offscreen, edge, edge, across, size.height - 2 * edge, 0, 0, width, height);
      }
    }
    this._drawTop();
  }

  _drawBase() {
    const context = prepared(this.base);
    const view = this.view();
    if (!context || !view) return;
    const axes = this.axes();
    drawAxes(context, this.box, view, this._theme, this.marks, this.titles);
    if (view.kind !== "curve")
      drawScale(context, this.box, view, this.data?.header, this._theme, this.width, axes.value);
    const shown = this.data?.header.view;
    const matches = !shown || (shown.x === view.x && shown.y === view.y && shown.kind === view.kind);
    if (this.data && matches)
      drawPoints(context, this.box, view, this.data, this.options.test, this._theme, axes, this.lit);
    this.top.setAttribute("aria-label", describe(view, this.data?.header));
  }

  _drawTop() {
    const context = prepared(this.top);
    const view = this.view();
    if (!context || !view) return;
    if (view.kind === "curve" && this.picture) this._drawCurve(context, view, this.picture);
    if (this.pin) drawPin(context, this.toPixels(this.pin, view));
    if (this.pointer && this.top.matches(":focus-visible")) {
      const { left, top, width, height } = this.box;
      drawPin(context, [left + this.pointer.x * width, top + this.pointer.y * height]);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {View} view @param {Section} picture */
  _drawCurve(context, view, picture) {
    const { x, y } = picture.arrays;
    if (!x || !y || !x.length) return;
    const lines = Math.max(1, Math.round(y.length / x.length));
    context.save();
    context.beginPath();
    context.rect(this.box.left, this.box.top, this.box.width, this.box.height);
    context.clip();
    context.lineWidth = 2.5;
    context.lineJoin = "round";
    for (let line = 0; line < lines; line += 1) {
      context.strokeStyle = lines > 1 ? classColor(line) : this._theme.dark ? "#4fb0ee" : BLUE;
      context.beginPath();
      for (let index = 0; index < x.length; index += 1) {
        const [across, down] = this.toPixels({ x: x[index], y: y[line * x.length + index] }, view);
        context.lineTo(across, down);
      }
      context.stroke();
    }
    context.restore();
  }

  _drawLegend() {
    const header = this.data?.header;
    const key = JSON.stringify([header?.classes, header?.task, this.options.test, header?.sampled, header?.rows]);
    if (key === this._legendKey) return;
    this._legendKey = key;
    this.lit = null;
    const light = (/** @type {number | null} */ lit) => {
      this.lit = lit;
      this._drawBase();
    };
    const classes = element("span", { class: "nn-legend-classes" }, ...classSwatches(header, light));
    classes.title = (header?.classes ?? []).join(", ");
    const parts = element("span", { class: "nn-legend-parts" }, ...partMarkers(header, this.options.test, this._theme));
    this.legend.replaceChildren(classes, parts);
    // Its height is taken from the plane's, so that the rail stays as high as it is.
    if (this._legendHeight !== this.legend.offsetHeight) this._resize();
  }

  /**
   * A place in data units as CSS pixels of the canvas.
   * @param {{x: number, y: number}} point
   * @param {View} view
   * @returns {[number, number]}
   */
  toPixels(point, view) {
    const [x0, x1] = view.x_range;
    const [y0, y1] = view.y_range;
    return [
      this.box.left + ((point.x - x0) / (x1 - x0)) * this.box.width,
      this.box.top + ((y1 - point.y) / (y1 - y0)) * this.box.height,
    ];
  }

  /** @param {PointerEvent | MouseEvent} event */
  _point(event) {
    const bounds = this.top.getBoundingClientRect();
    const x = (event.clientX - bounds.left - this.box.left) / this.box.width;
    const y = (event.clientY - bounds.top - this.box.top) / this.box.height;
    this._moveTo(x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null);
  }

  /** @param {{x: number, y: number} | null} place */
  _moveTo(place) {
    this.pointer = place;
    this.top.style.cursor = place ? "crosshair" : "default";
    this._showReadout();
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const moves = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    });
    const move = moves[event.key];
    if (move) {
      const at = this.pointer ?? { x: 0.5, y: 0.5 };
      const step = event.shiftKey ? 0.1 : 0.02;
      const bounded = (/** @type {number} */ value) => Math.max(0, Math.min(1, value));
      this._moveTo({ x: bounded(at.x + move[0] * step), y: bounded(at.y + move[1] * step) });
      this._drawTop();
    } else if (event.key === "Enter") this._ask();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  _ask() {
    const view = this.view();
    if (!this.pointer || !view) return;
    this.pin = this._inUnits(this.pointer, view);
    this._drawTop();
    this.onPoint({ ...this.pin });
  }

  /** @param {{x: number, y: number}} place @param {View} view */
  _inUnits(place, view) {
    return {
      x: view.x_range[0] + place.x * (view.x_range[1] - view.x_range[0]),
      y: view.y_range[1] - place.y * (view.y_range[1] - view.y_range[0]),
    };
  }

  _showReadout() {
    const view = this.view();
    if (!view) setText(this.readout, "");
    else if (!this.pointer) setText(this.readout, "Point at the picture to read it, click for the exact prediction.");
    else {
      const at = this._inUnits(this.pointer, view);
      setText(this.readout, readingAt(this.pointer, at, view, this.axes(), this.picture, this.data?.header));
    }
  }
}

/** @param {View | null} first @param {View | null} second */
function sameView(first, second) {
  return JSON.stringify(first) === JSON.stringify(second);
}

/** @param {CanvasRenderingContext2D} context @param {[number, number]} place */
function drawPin(context, [across, down]) {
  for (const [color, width] of /** @type {[string, number][]} */ ([
    ["#ffffff", 4],
    ["#16191d", 1.6],
  ])) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.arc(across, down, 7, 0, 2 * Math.PI);
    for (const [x, y] of [
      [-1, 0],
      [1, 0],
      [0, -1],
      [0, 1],
    ]) {
      context.moveTo(across + 4 * x, down + 4 * y);
      context.lineTo(across + 11 * x, down + 11 * y);
    }
    context.stroke();
  }
}
