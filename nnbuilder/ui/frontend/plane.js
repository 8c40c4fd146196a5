// @ts-check
/**
 * The plane: what the network answers over two features (or one), with the points of the data.
 *
 * Three canvases lie on each other, so that a new picture repaints only the map: map, axes and points, curve and pin.
 */

import { element, setText, short, text } from "./format.js";
import { classSwatches, drawAxes, drawPoints, drawScale, partMarkers } from "./axes.js";
import { fillMap } from "./maps.js";
import { BLUE, classColor, themeOf } from "./palette.js";

/** @typedef {import("./frame.js").Section} Section */
/** @typedef {import("./frame.js").View} View */
/** @typedef {{left: number, top: number, width: number, height: number}} Box the plot inside the canvas, in CSS pixels */

const MARGIN = { left: 46, top: 8, bottom: 36, right: 58, bare: 14 };
const LARGEST_SIDE = 460;
const SMALLEST_SIDE = 120;

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
    this.width = 0;
    /** @type {Box} */
    this.box = { left: 0, top: 0, width: 0, height: 0 };

    this.map = element("canvas", { class: "nn-layer" });
    this.base = element("canvas", { class: "nn-layer" });
    this.top = element("canvas", { class: "nn-layer nn-plane-top", role: "img", tabindex: 0 });
    this.stack = element("div", { class: "nn-stack" }, this.map, this.base, this.top);
    this.legend = element("div", { class: "nn-legend" });
    this.readout = text("", "nn-readout", "div");
    this.node = element("div", { class: "nn-plane" }, this.stack, this.legend, this.readout);
    this.offscreen = document.createElement("canvas");
    this._legendKey = "";
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
  }

  destroy() {
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

  /** @param {import("./live.js").LiveFeed} feed @param {import("./live.js").Changes} changes */
  show(feed, changes) {
    if (!changes.picture && !changes.data && !changes.reset) return;
    const before = this.view();
    this.picture = feed.picture;
    this.data = feed.data;
    if (changes.reset) this.pin = null;
    const after = this.view();
    if (changes.data || changes.reset || !sameView(before, after)) this._resize();
    else this._drawMap();
    this._showReadout();
  }

  /** What the plane shows: the picture's view, before the first one the data's. @returns {View | null} */
  view() {
    return this.picture?.header.view ?? this.data?.header.view ?? null;
  }

  /** Takes the pin away. */
  unpin() {
    this.pin = null;
    this._drawTop();
  }

  _resize() {
    const width = this.node.clientWidth;
    if (!width) return;
    const bare = this.view()?.kind === "curve";
    const side = Math.max(SMALLEST_SIDE, Math.min(LARGEST_SIDE, width - MARGIN.left - MARGIN.right));
    const room = width - MARGIN.left - (bare ? MARGIN.bare : MARGIN.right);
    this.width = width;
    this.box = { left: MARGIN.left, top: MARGIN.top, width: bare ? Math.max(room, SMALLEST_SIDE) : side, height: side };
    const height = side + MARGIN.top + MARGIN.bottom;
    this.stack.style.height = `${height}px`;
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.base, this.top]) fit(canvas, width, height, ratio);
    fit(this.map, this.box.width, this.box.height, ratio);
    this.map.style.left = `${this.box.left}px`;
    this.map.style.top = `${this.box.top}px`;
    this._drawAll();
  }

  _drawAll() {
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
    drawAxes(context, this.box, view, this._theme);
    if (view.kind !== "curve") drawScale(context, this.box, view, this.data?.header, this._theme, this.width);
    const shown = this.data?.header.view;
    const matches = !shown || (shown.x === view.x && shown.y === view.y && shown.kind === view.kind);
    if (this.data && matches) drawPoints(context, this.box, view, this.data, this.options.test, this._theme);
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
      context.strokeStyle = lines > 1 ? classColor(line, lines) : this._theme.dark ? "#4fb0ee" : BLUE;
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
    const classes = element("span", { class: "nn-legend-classes" }, ...classSwatches(header));
    classes.title = (header?.classes ?? []).join(", ");
    this.legend.replaceChildren(classes, ...partMarkers(header, this.options.test, this._theme));
  }

  /** A place in data units as CSS pixels of the canvas. @param {{x: number, y: number}} point @param {View} view @returns {[number, number]} */
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
    else setText(this.readout, this._reading(this.pointer, view));
  }

  /** @param {{x: number, y: number}} place @param {View} view @returns {string} */
  _reading(place, view) {
    const at = this._inUnits(place, view);
    const { arrays = {}, shapes = {} } = this.picture ?? {};
    const header = this.data?.header ?? {};
    const classes = header.classes ?? [];
    const parts = [`${clipped(view.x_label)} ${short(at.x)}`];
    if (view.kind === "curve") {
      const { x, y } = arrays;
      if (x?.length) {
        const index = nearest(x, at.x);
        const lines = Math.round(y.length / x.length);
        for (let line = 0; line < lines; line += 1) {
          const name = header.task === "regression" ? view.y_label : `P(${clipped(classes[lines > 1 ? line : 1] ?? "1")})`;
          parts.push(`${clipped(name)} ${short(y[line * x.length + index])}`);
        }
      }
      return parts.join("   ");
    }
    parts.push(`${clipped(view.y_label)} ${short(at.y)}`);
    const [rows, columns] = shapes.map ?? shapes.class ?? [0, 0];
    if (!rows) return parts.join("   ");
    const cell = Math.round(place.y * (rows - 1)) * columns + Math.round(place.x * (columns - 1));
    if (view.kind === "probability") parts.push(`P(${clipped(classes[1] ?? "1")}) ${(arrays.map[cell] / 255).toFixed(2)}`);
    else if (view.kind === "surface") {
      const [low, high] = view.value_range;
      parts.push(`${clipped(header.target ?? "value")} ${short(low + (arrays.map[cell] / 255) * (high - low))}`);
    } else {
      const name = classes[arrays.class[cell]] ?? arrays.class[cell];
      parts.push(`${clipped(String(name))} ${(arrays.confidence[cell] / 255).toFixed(2)}`);
    }
    return parts.join("   ");
  }
}

/** @param {View | null} first @param {View | null} second */
function sameView(first, second) {
  return JSON.stringify(first) === JSON.stringify(second);
}

/** @param {string} name */
const clipped = (name) => (String(name).length > 16 ? `${String(name).slice(0, 15)}…` : String(name));

/** Index of the value nearest to `value` in ascending `values`. @param {ArrayLike<number>} values @param {number} value */
function nearest(values, value) {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) {
    if (Math.abs(values[index] - value) < Math.abs(values[best] - value)) best = index;
  }
  return best;
}

/** Gives a canvas its size only when it changed: setting it also clears it. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height @param {number} ratio */
function fit(canvas, width, height, ratio) {
  const across = Math.round(width * ratio);
  const down = Math.round(height * ratio);
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

/** A cleared context whose unit is the CSS pixel. @param {HTMLCanvasElement} canvas */
function prepared(canvas) {
  const context = canvas.getContext("2d");
  if (!context) return null;
  const ratio = window.devicePixelRatio || 1;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** @param {CanvasRenderingContext2D} context @param {[number, number]} place */
function drawPin(context, [across, down]) {
  for (const [color, width] of /** @type {[string, number][]} */ ([["#ffffff", 4], ["#16191d", 1.6]])) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.arc(across, down, 7, 0, 2 * Math.PI);
    for (const [x, y] of [[-1, 0], [1, 0], [0, -1], [0, 1]]) {
      context.moveTo(across + 4 * x, down + 4 * y);
      context.lineTo(across + 11 * x, down + 11 * y);
    }
    context.stroke();
  }
}

/** The plane in words. @param {View} view @param {any} header */
function describe(view, header) {
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
