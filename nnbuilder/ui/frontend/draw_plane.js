// @ts-check
/**
 * The plane that is drawn on: axes, points and what the tool is about to do.
 *
 * Three canvases lie on each other, so that a moving pointer repaints neither axes nor points.
 */

import { fit, prepared } from "./canvas.js";
import { drawAxes } from "./axes.js";
import { element } from "./format.js";
import { classColor, css, mix, rgb, surfaceColor, themeOf } from "./palette.js";

/** @typedef {import("./draw_model.js").Drawing} Drawing */
/** @typedef {import("./draw_model.js").Place} Place */
/** @typedef {import("./draw_model.js").Ranges} Ranges */
/** @typedef {import("./draw_model.js").Scale} Scale */
/**
 * @typedef {object} Overlay what lies above the points
 * @property {Place | null} cursor
 * @property {number} radius of the tool in CSS pixels, 0 for one that takes single places
 * @property {string} color of what the tool paints, "" for one that does not paint
 * @property {boolean} keyboard is the cursor led by keys? Then it is seen from afar
 * @property {Place[]} outline of a selection in the making
 * @property {ReadonlySet<number>} chosen points
 */

const MARGIN = { left: 44, top: 10, right: 12, bottom: 38 };
const SMALLEST_SIDE = 160;

/** Three canvases and the way between their pixels and data units. */
export class DrawPlane {
  /** @param {() => void} onResize called after the plane got another size */
  constructor(onResize) {
    this.base = element("canvas", { class: "nn-layer" });
    this.points = element("canvas", { class: "nn-layer" });
    this.top = element("canvas", {
      class: "nn-layer nn-draw-top",
      role: "application",
      tabindex: 0,
      "aria-roledescription": "drawing plane",
    });
    this.node = element("div", { class: "nn-draw-plane" }, this.base, this.points, this.top);
    /** @type {Ranges} */
    this.ranges = { x: [-6, 6], y: [-6, 6] };
    /** @type {readonly [number, number]} */
    this.values = [-1, 1];
    this.largest = 700;
    this.side = 0;
    this.theme = themeOf(this.node);
    this.onResize = onResize;
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.node);
    this._sharpen = () => this._watchPixels();
    this._watchPixels();
  }

  destroy() {
    this.observer.disconnect();
    this.pixels?.removeEventListener("change", this._sharpen);
  }

  /** A window moved to another screen, or zoomed, has other pixels. */
  _watchPixels() {
    this.pixels?.removeEventListener("change", this._sharpen);
    this.pixels = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    this.pixels.addEventListener("change", this._sharpen);
    if (this.side) this.fit(true);
  }

  /** Takes the room there is. @param {boolean} [always] also when the size is the same */
  fit(always = false) {
    const width = this.node.clientWidth;
    if (!width) return;
    const side = Math.max(SMALLEST_SIDE, Math.min(this.largest, width - MARGIN.left - MARGIN.right));
    if (side === this.side && !always) return;
    this.side = side;
    const across = side + MARGIN.left + MARGIN.right;
    const down = side + MARGIN.top + MARGIN.bottom;
    this.node.style.height = `${down}px`;
    for (const canvas of [this.base, this.points, this.top]) fit(canvas, across, down);
    this.onResize();
  }

  /** @returns {{left: number, top: number, width: number, height: number}} the plot inside the canvas, in CSS pixels */
  get box() {
    return { left: MARGIN.left, top: MARGIN.top, width: this.side, height: this.side };
  }

  /** @returns {Scale} */
  get scale() {
    const { x, y } = this.ranges;
    return { x: this.side / (x[1] - x[0]), y: this.side / (y[1] - y[0]) };
  }

  /** @param {Place} place @returns {[number, number]} */
  toPixels(place) {
    const { x, y } = this.ranges;
    return [MARGIN.left + (place.x - x[0]) * this.scale.x, MARGIN.top + (y[1] - place.y) * this.scale.y];
  }

  /** The place under a pointer, also beside the plot. @param {MouseEvent} event @returns {Place} */
  placeOf(event) {
    const bounds = this.top.getBoundingClientRect();
    return {
      x: this.ranges.x[0] + (event.clientX - bounds.left - MARGIN.left) / this.scale.x,
      y: this.ranges.y[1] - (event.clientY - bounds.top - MARGIN.top) / this.scale.y,
    };
  }

  /** @param {Place} place @returns {boolean} */
  shows({ x, y }) {
    const { x: across, y: up } = this.ranges;
    return x >= across[0] && x <= across[1] && y >= up[0] && y <= up[1];
  }

  /** Color of a class or a value. @param {Drawing} drawing @param {number} label @returns {string} */
  color(drawing, label) {
    if (drawing.mode === "classes") return classColor(label);
    const [low, high] = this.values;
    return css(surfaceColor([low, high], this.theme.dark)((label - low) / (high - low)));
  }

  /** Color of the plot, a little off the page's. */
  _ground() {
    return css(mix(rgb(this.theme.background), rgb(this.theme.surface), 0.45));
  }

  drawBase() {
    const context = prepared(this.base);
    if (!context || !this.side) return;
    const { theme, box, ranges } = this;
    context.fillStyle = this._ground();
    context.fillRect(box.left, box.top, box.width, box.height);
    const view = { x_range: ranges.x, y_range: ranges.y, x_label: "x1", y_label: "x2" };
    // A curve's axes come with the grid that helps to draw evenly; they are told to be paler than a frame.
    const grid = { ...theme, border: css(mix(rgb(theme.background), rgb(theme.text), 0.11)) };
    drawAxes(context, box, /** @type {any} */ ({ ...view, kind: "curve" }), grid);
    context.strokeStyle = css(mix(rgb(theme.background), rgb(theme.text), 0.32));
    context.lineWidth = 1;
    context.beginPath();
    const [across, down] = this.toPixels({ x: 0, y: 0 }).map((pixel) => Math.round(pixel) + 0.5);
    if (ranges.x[0] < 0 && ranges.x[1] > 0) {
      context.moveTo(across, box.top);
      context.lineTo(across, box.top + box.height);
    }
    if (ranges.y[0] < 0 && ranges.y[1] > 0) {
      context.moveTo(box.left, down);
      context.lineTo(box.left + box.width, down);
    }
    context.stroke();
    context.strokeRect(box.left - 0.5, box.top - 0.5, box.width + 1, box.height + 1);
  }

  /** Radius of a point's disc: smaller where many lie. @param {Drawing} drawing */
  radius(drawing) {
    const many = drawing.points.length;
    return (many > 2000 ? 2.6 : many > 600 ? 3.2 : 3.8) * (this.side < 320 ? 0.85 : 1);
  }

  /** @param {Drawing} drawing */
  drawPoints(drawing) {
    const context = prepared(this.points);
    if (!context || !this.side) return;
    const { box } = this;
    context.save();
    context.beginPath();
    // A point on the very edge is seen whole.
    context.rect(box.left - 5, box.top - 5, box.width + 10, box.height + 10);
    context.clip();
    const radius = this.radius(drawing);
    const [values, edge] = [drawing.mode === "regression", radius > 3 ? 1.1 : 0.8];
    // Values near zero have the color of the ground: the outline shows them.
    const outline = values && !this.theme.dark ? "rgba(40, 46, 56, 0.75)" : "#ffffff";
    const ratio = window.devicePixelRatio || 1;
    /** @type {Map<number, HTMLCanvasElement>} */
    const discs = new Map();
    const half = Math.ceil(radius + edge + 1);
    for (const [x, y, label] of drawing.points) {
      if (!this.shows({ x, y })) continue;
      let disc = discs.get(label);
      if (!disc) {
        const color = this.color(drawing, label);
        disc = stamp(half, ratio, (drawn) => {
          drawn.beginPath();
          drawn.arc(half, half, radius, 0, 2 * Math.PI);
          drawn.fillStyle = color;
          drawn.fill();
          drawn.lineWidth = edge;
          drawn.strokeStyle = outline;
          drawn.stroke();
        });
        discs.set(label, disc);
      }
      this._press(context, disc, half, ratio, { x, y });
    }
    context.restore();
    if (!drawing.points.length) this._invite(context);
  }

  /**
   * Shows a stamp at a place.
   * @param {CanvasRenderingContext2D} context
   * @param {HTMLCanvasElement} stamp
   * @param {number} half
   * @param {number} ratio
   * @param {Place} place
   */
  _press(context, stamp, half, ratio, place) {
    const [across, down] = this.toPixels(place);
    // On whole device pixels, so that every one is as sharp as the first.
    const left = Math.round((across - half) * ratio) / ratio;
    const top = Math.round((down - half) * ratio) / ratio;
    context.drawImage(stamp, left, top, stamp.width / ratio, stamp.height / ratio);
  }

  /** What an empty plane is for. @param {CanvasRenderingContext2D} context */
  _invite(context) {
    const { left, top, width, height } = this.box;
    context.font = `13px ${this.theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const lines = ["Click to add points,", "or choose Brush and drag."];
    const [middle, first] = [left + width / 2, top + height * 0.3];
    const room = Math.min(width - 16, Math.max(...lines.map((line) => context.measureText(line).width)) + 16);
    // No line of the grid goes through the words.
    context.fillStyle = this._ground();
    context.fillRect(middle - room / 2, first - 14, room, 48);
    context.fillStyle = this.theme.muted;
    lines.forEach((line, row) => context.fillText(line, middle, first + 20 * row, width - 16));
  }

  /** @param {Drawing} drawing @param {Overlay} overlay */
  drawTop(drawing, overlay) {
    const context = prepared(this.top);
    if (!context || !this.side) return;
    const { theme } = this;
    const radius = this.radius(drawing);
    const ratio = window.devicePixelRatio || 1;
    const half = Math.ceil(radius + 5);
    const halo = stamp(half, ratio, (drawn) => ring(drawn, half, half, radius + 2.6, theme.primary, 2));
    for (const index of overlay.chosen) {
      const one = drawing.points[index];
      if (one) this._press(context, halo, half, ratio, { x: one[0], y: one[1] });
    }
    if (overlay.outline.length > 1) {
      context.beginPath();
      for (const place of overlay.outline) context.lineTo(...this.toPixels(place));
      context.closePath();
      context.fillStyle = css(rgb(theme.primary), 0.12);
      context.fill();
      context.strokeStyle = theme.primary;
      context.lineWidth = 1.5;
      context.setLineDash([5, 4]);
      context.stroke();
      context.setLineDash([]);
    }
    if (overlay.cursor) this._drawCursor(context, overlay, overlay.cursor);
  }

  /** @param {CanvasRenderingContext2D} context @param {Overlay} overlay @param {Place} cursor */
  _drawCursor(context, overlay, cursor) {
    const { theme } = this;
    const [across, down] = this.toPixels(cursor);
    if (overlay.radius) {
      if (overlay.color) {
        context.fillStyle = css(rgb(overlay.color), 0.16);
        context.beginPath();
        context.arc(across, down, overlay.radius, 0, 2 * Math.PI);
        context.fill();
      }
      ring(context, across, down, overlay.radius, theme.background, 3);
      ring(context, across, down, overlay.radius, theme.text, 1.25);
    } else if (overlay.color) {
      context.fillStyle = css(rgb(overlay.color), 0.55);
      context.beginPath();
      context.arc(across, down, 4, 0, 2 * Math.PI);
      context.fill();
    }
    if (!overlay.keyboard) return;
    for (const [color, width] of /** @type {[string, number][]} */ ([
      [theme.background, 4],
      [theme.text, 1.6],
    ])) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.beginPath();
      for (const [x, y] of [
        [-1, 0],
        [1, 0],
        [0, -1],
        [0, 1],
      ]) {
        context.moveTo(across + 5 * x, down + 5 * y);
        context.lineTo(across + 13 * x, down + 13 * y);
      }
      context.stroke();
    }
  }
}

/**
 * A small picture, drawn once and shown many times.
 * @param {number} half of its side, in CSS pixels
 * @param {number} ratio
 * @param {(context: CanvasRenderingContext2D) => void} draw
 */
function stamp(half, ratio, draw) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(2 * half * ratio);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(ratio, ratio);
  draw(context);
  return canvas;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} color
 * @param {number} width
 */
function ring(context, x, y, radius, color, width) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}
