// @ts-check
/** A row of pixels as the picture it is, to be drawn on. */

import { element, text } from "./format.js";
import { css, mix, rgb } from "./palette.js";

/** @typedef {import("./palette.js").Theme} Theme */
/** @typedef {import("./predict.js").Feature} Feature */
/** @typedef {import("./predict.js").Values} Values */

const SIDE = 224;
/** How much of the ink falls beside the pixel that is drawn on. */
const SOFT = 0.45;

export class PixelPad {
  /** @param {(changes: [number, number][]) => void} change */
  constructor(change) {
    this.change = change;
    /** @type {Theme | null} */
    this.theme = null;
    /** @type {any} */
    this.pixels = null;
    /** @type {number[]} value of each pixel, also of those the network does not get */
    this.shades = [];
    /** @type {number[]} feature of each pixel, or −1 */
    this.places = [];
    this.erases = false;
    this.canvas = element("canvas", {
      class: "nn-ask-pad",
      width: SIDE,
      height: SIDE,
      tabindex: -1,
      "aria-label": "The row as a picture, to be drawn on",
      role: "img",
    });
    this.draw = element("button", { type: "button", class: "nn-ask-button", "aria-pressed": "true" }, "Draw");
    this.erase = element("button", { type: "button", class: "nn-ask-button", "aria-pressed": "false" }, "Erase");
    this.clear = element("button", { type: "button", class: "nn-ask-button" }, "Clear");
    const tools = element(
      "div",
      { class: "nn-ask-tools" },
      this.draw,
      this.erase,
      this.clear,
      text("Draw on the picture with the mouse or a finger.", "nn-ask-muted"),
    );
    this.node = element("div", { class: "nn-ask-picture", hidden: true }, this.canvas, tools);
    this._listen();
  }

  _listen() {
    const { canvas } = this;
    this.draw.addEventListener("click", () => this._tool(false));
    this.erase.addEventListener("click", () => this._tool(true));
    this.clear.addEventListener("click", () => this._set(this.shades.map((_, pixel) => [pixel, this.paper])));
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      this._stroke(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      for (const part of event.getCoalescedEvents?.() ?? [event]) this._stroke(part);
    });
  }

  /** @param {boolean} erases */
  _tool(erases) {
    this.erases = erases;
    this.draw.setAttribute("aria-pressed", String(!erases));
    this.erase.setAttribute("aria-pressed", String(erases));
  }

  /** @param {any} asked */
  build({ features, pixels }) {
    this.pixels = pixels;
    this.node.hidden = !pixels;
    if (!pixels) return;
    /** @type {Map<string, number>} */
    const places = new Map(
      features.map((/** @type {Feature} */ { name }, /** @type {number} */ place) => [name, place]),
    );
    this.places = pixels.names.map((/** @type {string} */ name) => places.get(name) ?? -1);
    this.shades = this.places.map(() => pixels.paper);
    this.canvas.style.aspectRatio = `${pixels.width} / ${pixels.height}`;
    this.canvas.height = Math.round((SIDE * pixels.height) / pixels.width);
  }

  get paper() {
    return this.pixels.paper;
  }

  get ink() {
    const { low, high, paper } = this.pixels;
    return paper === low ? high : low;
  }

  /** @param {Values} values */
  show(values) {
    if (!this.pixels) return;
    this.places.forEach((place, pixel) => {
      if (place >= 0) this.shades[pixel] = values[place] ?? this.paper;
    });
    this._paint();
  }

  /** @param {PointerEvent} event */
  _stroke(event) {
    const { width, height } = this.pixels;
    const box = this.canvas.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * width);
    const row = Math.floor(((event.clientY - box.top) / box.height) * height);
    if (column < 0 || row < 0 || column >= width || row >= height) return;
    if (this.erases) {
      this._set([[row * width + column, this.paper]]);
      return;
    }
    const { paper, ink } = this;
    /** @type {[number, number][]} */
    const dots = [[row * width + column, ink]];
    for (const [down, right] of [
      [-1, 0],
      [1, 0],
      [0, -1],
      [0, 1],
    ]) {
      const [r, c] = [row + down, column + right];
      if (r < 0 || c < 0 || r >= height || c >= width) continue;
      const pixel = r * width + c;
      const soft = Math.round(paper + SOFT * (ink - paper));
      if (Math.abs(this.shades[pixel] - paper) < Math.abs(soft - paper)) dots.push([pixel, soft]);
    }
    this._set(dots);
  }

  /** @param {[number, number][]} dots */
  _set(dots) {
    const changed = dots.filter(([pixel, shade]) => this.shades[pixel] !== shade);
    if (!changed.length) return;
    for (const [pixel, shade] of changed) this.shades[pixel] = shade;
    this._paint();
    const asked = changed.filter(([pixel]) => this.places[pixel] >= 0);
    if (asked.length) this.change(asked.map(([pixel, shade]) => [this.places[pixel], shade]));
  }

  _paint() {
    const context = this.canvas.getContext("2d");
    if (!context || !this.theme || !this.pixels) return;
    const { width, height, low, high } = this.pixels;
    const { width: across, height: down } = this.canvas;
    const [light, dark] = [rgb(this.theme.background), rgb(this.theme.text)];
    this.shades.forEach((shade, pixel) => {
      const part = Math.min(1, Math.max(0, Math.abs(shade - this.paper) / (high - low || 1)));
      context.fillStyle = css(mix(light, dark, part));
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      const [x, y] = [Math.round((column * across) / width), Math.round((row * down) / height)];
      context.fillRect(x, y, Math.ceil(across / width), Math.ceil(down / height));
    });
  }
}
