// @ts-check
/**
 * The picture behind the cards: links as thick as their weights and what each neuron answers over the plane.
 *
 * All of it lies on one canvas, drawn anew only for a new picture or a new layout.
 */

import { BLUE, css, divergingTable, mix, neutral, ORANGE, rgb } from "./palette.js";
import { short } from "./format.js";

/** @typedef {import("./network_types.js").NetworkData} NetworkData */
/** @typedef {import("./frame.js").Section} Section */
/** @typedef {import("./palette.js").Theme} Theme */
/** @typedef {{x: number, y: number, size: number}} Node left edge, middle height and side in the stage's pixels */
/**
 * @typedef {object} Column what is drawn as a column of neurons
 * @property {string} id
 * @property {"inputs" | "linear" | "same" | "output"} role
 * @property {number} index place in the network, −1 for inputs and output
 * @property {number} width how many neurons there are
 * @property {Node[]} nodes the ones drawn
 */
/** @typedef {{values: Float32Array, width: number}} Weights [out, in] row-major; `width` is `in` */
/** @typedef {{from: Column, to: Column, input: number, unit: number, value: number | null}} Link */

/** A column shows this many neurons; the worker sends as many maps a layer. */
export const MOST_SHOWN = 8;
const SIDE = 16;
const PIXELS = SIDE * SIDE;
// Beyond this many pixels a side the canvas gets coarser instead of larger.
const LARGEST_CANVAS = 8192;
const REACH = 5;

/**
 * Width of what comes out of a layer, given that of what goes in. The shape counts before the units: a width that was
 * refused is shown in its field, but the network keeps the one it had.
 * @param {import("./network_types.js").Layer} layer
 * @param {number} before
 */
export function widthAfter(layer, before) {
  if (!layer.enabled || layer.group !== "linear") return before;
  const made = Number(layer.shape);
  return Number.isInteger(made) && made > 0 ? made : Math.max(0, layer.units ?? before);
}

/**
 * The columns of a network without their places on the screen; layers that are switched off have none.
 * @param {NetworkData} data
 * @returns {Column[]}
 */
export function columnsOf(data) {
  let width = data.inputs.length;
  /** @type {Column[]} */
  const columns = [{ id: "inputs", role: "inputs", index: -1, width, nodes: [] }];
  for (const layer of data.layers) {
    if (!layer.enabled) continue;
    width = widthAfter(layer, width);
    columns.push({
      id: layer.id,
      role: layer.group === "linear" ? "linear" : "same",
      index: layer.index,
      width,
      nodes: [],
    });
  }
  columns.push({ id: "output", role: "output", index: -1, width, nodes: [] });
  return columns;
}

/** How thick a weight is drawn, in pixels: it never rescales and never runs away. @param {number} weight */
export function thickness(weight) {
  const size = Math.abs(weight);
  return 0.7 + (6.8 * size) / (size + 1.6);
}

/** Place along a link's curve, 0 to 1, at a place across, 0 to 1. @param {number} across */
function along(across) {
  let low = 0;
  let high = 1;
  for (let round = 0; round < 14; round += 1) {
    const t = (low + high) / 2;
    if (1.5 * t - 1.5 * t * t + t * t * t < across) low = t;
    else high = t;
  }
  return (low + high) / 2;
}

export class Links {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.atlas = document.createElement("canvas");
    this.atlas.height = SIDE;
    /** @type {Column[]} */
    this.columns = [];
    /** @type {Theme | null} */
    this.theme = null;
    /** @type {Uint32Array} colors of the map's values */
    this.table = new Uint32Array(256);
    /** @type {Map<string, Weights>} the newest weights of each Linear layer */
    this.weights = new Map();
    /** @type {Map<string, Uint8Array[]>} the newest maps of each column */
    this.maps = new Map();
    /** @type {Section | null} */
    this.picture = null;
    /** @type {Link | null} under the pointer */
    this.near = null;
    this.draws = 0;
    this.width = 0;
    this.height = 0;
  }

  /** @param {Theme} theme */
  setTheme(theme) {
    if (this.theme?.dark !== theme.dark) this.table = divergingTable(theme.dark);
    this.theme = theme;
  }

  /**
   * Another network or layout: where the neurons are now, on a stage of this size.
   * @param {Column[]} columns
   * @param {number} width
   * @param {number} height
   */
  setColumns(columns, width, height) {
    this.columns = columns;
    this.width = width;
    this.height = height;
    const ids = new Set(columns.map((column) => column.id));
    for (const kept of [this.weights, this.maps]) for (const id of kept.keys()) if (!ids.has(id)) kept.delete(id);
    this.near = null;
    if (this.picture) this._take(this.picture);
  }

  /** A new picture, or null when another run shows nothing yet. @param {Section | null} picture */
  take(picture) {
    this.picture = picture;
    if (picture) this._take(picture);
  }

  /** Forgets what was learned. */
  clear() {
    this.picture = null;
    this.weights.clear();
    this.maps.clear();
  }

  /**
   * Shares the picture out among the columns; one of another network leaves the old in place.
   * @param {Section} picture
   */
  _take(picture) {
    const { header, arrays } = picture;
    const weights = arrays.weights;
    let length = 0;
    let before = this.columns[0]?.width ?? 0;
    for (const column of this.columns) {
      if (column.role === "linear") length += column.width * before;
      before = column.width;
    }
    if (weights instanceof Float32Array && weights.length === length) {
      let at = 0;
      this.columns.forEach((column, place) => {
        if (column.role !== "linear") return;
        const width = this.columns[place - 1].width;
        this.weights.set(column.id, { values: weights.subarray(at, at + width * column.width), width });
        at += width * column.width;
      });
    } else if (!weights) this.weights.clear();

    const neurons = /** @type {Uint8Array | undefined} */ (arrays.neurons);
    /** @type {[number, number][]} */
    const places = header.neurons ?? [];
    const wanted = this.columns.filter((column) => column.index >= 0);
    const ofLayers = places.filter(([index]) => index >= 0);
    const fits =
      ofLayers.length === wanted.reduce((sum, column) => sum + Math.min(MOST_SHOWN, column.width), 0) &&
      ofLayers.every(([index]) => wanted.some((column) => column.index === index));
    /** @param {number} wantedIndex */
    const mapsOf = (wantedIndex) => {
      /** @type {Uint8Array[]} */
      const maps = [];
      places.forEach(([index, unit], place) => {
        if (neurons && index === wantedIndex) maps[unit] = neurons.subarray(place * PIXELS, (place + 1) * PIXELS);
      });
      return maps;
    };
    if (neurons && ofLayers.length && fits) {
      for (const column of wanted) this.maps.set(column.id, mapsOf(column.index));
      const last = wanted.at(-1);
      if (last) this.maps.set("output", this.maps.get(last.id) ?? []);
      else this.maps.delete("output");
    } else if (!neurons) this.maps.clear();
    const inputs = mapsOf(-1);
    if (inputs.length) this.maps.set("inputs", inputs);
    else if (header.view) this.maps.set("inputs", this._inputMaps(header.view));
  }

  /**
   * What the inputs in the picture's plane are over it where the picture does not tell: slopes from left to right and
   * from bottom to top.
   * @param {import("./frame.js").View} view
   */
  _inputMaps(view) {
    /** @type {Uint8Array[]} */
    const maps = [];
    /** @param {[number, number]} range @param {(pixel: number) => number} part */
    const slope = ([low, high], part) => {
      const size = Math.max(Math.abs(low), Math.abs(high)) || 1;
      return Uint8Array.from({ length: PIXELS }, (_, pixel) => 128 + (127 * (low + part(pixel) * (high - low))) / size);
    };
    if (view.x_range) maps[view.x] = slope(view.x_range, (pixel) => (pixel % SIDE) / (SIDE - 1));
    if (view.y_range && view.kind !== "curve" && view.y !== view.x) {
      maps[view.y] = slope(view.y_range, (pixel) => 1 - Math.floor(pixel / SIDE) / (SIDE - 1));
    }
    return maps;
  }

  /**
   * Every link between two columns, with its weight where one is known.
   * @param {number} place of the right-hand column
   * @returns {Link[]}
   */
  _between(place) {
    const from = this.columns[place - 1];
    const to = this.columns[place];
    /** @type {Link[]} */
    const links = [];
    if (to.role !== "linear") {
      const number = Math.min(from.nodes.length, to.nodes.length);
      for (let unit = 0; unit < number; unit += 1) links.push({ from, to, input: unit, unit, value: null });
      return links;
    }
    const weights = this.weights.get(to.id);
    const known =
      weights && weights.width === from.width && weights.values.length === from.width * to.width ? weights : null;
    for (let unit = 0; unit < to.nodes.length; unit += 1) {
      for (let input = 0; input < from.nodes.length; input += 1) {
        links.push({ from, to, input, unit, value: known ? known.values[unit * known.width + input] : null });
      }
    }
    return links;
  }

  draw() {
    const theme = this.theme;
    if (!theme || this.width <= 0 || this.height <= 0) return;
    this.draws += 1;
    const { canvas, context } = this;
    const scale = Math.min(window.devicePixelRatio || 1, LARGEST_CANVAS / this.width);
    const across = Math.round(this.width * scale);
    const down = Math.round(this.height * scale);
    if (canvas.width !== across || canvas.height !== down) {
      canvas.width = across;
      canvas.height = down;
      canvas.style.width = `${this.width}px`;
      canvas.style.height = `${this.height}px`;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this._drawLinks(theme);
    this._drawNodes(theme);
  }

  /** @param {Theme} theme */
  _drawLinks(theme) {
    const { context } = this;
    const paper = rgb(theme.background);
    const positive = rgb(theme.dark ? "#2196e3" : BLUE);
    const negative = rgb(ORANGE);
    const plain = css(mix(paper, rgb(theme.text), theme.dark ? 0.3 : 0.22));
    for (let place = 1; place < this.columns.length; place += 1) {
      const links = this._between(place);
      // Strong links lie above weak ones.
      links.sort((a, b) => Math.abs(a.value ?? 0) - Math.abs(b.value ?? 0));
      for (const link of links) {
        const { value } = link;
        if (value === null || !Number.isFinite(value)) {
          context.strokeStyle = plain;
          context.lineWidth = 1;
        } else {
          const strength = Math.abs(value) / (Math.abs(value) + 0.6);
          context.strokeStyle = css(mix(paper, value < 0 ? negative : positive, 0.3 + 0.7 * strength));
          context.lineWidth = thickness(value);
        }
        if (this._same(link, this.near)) {
          context.strokeStyle = theme.text;
          context.lineWidth = Math.max(2, context.lineWidth);
        }
        this._curve(link);
      }
    }
  }

  /** @param {Link} a @param {Link | null} b */
  _same(a, b) {
    return b !== null && a.to.id === b.to.id && a.unit === b.unit && a.input === b.input;
  }

  /** @param {Link} link */
  _curve({ from, to, input, unit }) {
    const start = from.nodes[input];
    const end = to.nodes[unit];
    const left = start.x + start.size;
    const middle = (left + end.x) / 2;
    // In the middle of a pixel a thin level line is sharp.
    const [above, below] = [Math.floor(start.y) + 0.5, Math.floor(end.y) + 0.5];
    this.context.beginPath();
    this.context.moveTo(left, above);
    this.context.bezierCurveTo(middle, above, middle, below, end.x, below);
    this.context.stroke();
  }

  /** @param {Theme} theme */
  _drawNodes(theme) {
    const { context, atlas } = this;
    const drawn = this.columns.flatMap((column) => {
      const maps = this.maps.get(column.id) ?? [];
      return column.nodes.map((node, unit) => ({ node, map: maps[unit], round: column.role === "output" }));
    });
    context.fillStyle = css(neutral(theme.dark));
    const outline = new Path2D();
    for (const { node, round } of drawn) {
      outline.roundRect(
        node.x,
        node.y - node.size / 2,
        node.size,
        node.size,
        round ? node.size / 2 : Math.min(4, node.size / 5),
      );
    }
    context.fill(outline);
    const shown = drawn.filter(({ map }) => map);
    if (!shown.length) return;
    if (atlas.width !== shown.length * SIDE) atlas.width = shown.length * SIDE;
    const brush = /** @type {CanvasRenderingContext2D} */ (atlas.getContext("2d"));
    const image = brush.createImageData(atlas.width, SIDE);
    const pixels = new Uint32Array(image.data.buffer);
    shown.forEach(({ map }, place) => {
      for (let pixel = 0; pixel < PIXELS; pixel += 1) {
        pixels[(pixel >> 4) * atlas.width + place * SIDE + (pixel & 15)] =
          this.table[/** @type {Uint8Array} */ (map)[pixel]];
      }
    });
    brush.putImageData(image, 0, 0);
    context.save();
    context.clip(outline);
    shown.forEach(({ node }, place) => {
      context.drawImage(atlas, place * SIDE, 0, SIDE, SIDE, node.x, node.y - node.size / 2, node.size, node.size);
    });
    context.restore();
  }

  /**
   * The weighted link under a place of the stage, or null.
   * @param {number} x
   * @param {number} y
   * @returns {Link | null}
   */
  linkAt(x, y) {
    for (let place = 1; place < this.columns.length; place += 1) {
      const from = this.columns[place - 1].nodes[0];
      const to = this.columns[place].nodes[0];
      if (!from || !to || x <= from.x + from.size || x >= to.x || this.columns[place].role !== "linear") continue;
      const left = from.x + from.size;
      const t = along((x - left) / (to.x - left));
      const part = 3 * t * t - 2 * t * t * t;
      let best = REACH;
      /** @type {Link | null} */
      let near = null;
      for (const link of this._between(place)) {
        if (link.value === null) continue;
        const start = link.from.nodes[link.input].y;
        const distance = Math.abs(start + part * (link.to.nodes[link.unit].y - start) - y);
        if (distance < best) [best, near] = [distance, link];
      }
      return near;
    }
    return null;
  }

  /** A link in words. @param {Link} link @param {string[]} inputs names */
  describe(link, inputs) {
    const from = link.from.role === "inputs" ? (inputs[link.input] ?? "") : `unit ${link.input + 1}`;
    const value =
      link.value === null
        ? null
        : (this._between(this.columns.indexOf(link.to)).find((one) => this._same(one, link))?.value ?? null);
    return `${from} → unit ${link.unit + 1}: weight ${short(value)}`;
  }
}
