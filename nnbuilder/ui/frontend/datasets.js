// @ts-check
/**
 * The data sets to choose from, each a small picture of its points.
 *
 * A click or an arrow key sends the trigger `pick`: `{kind, n}` with a growing `n`.
 */

import { element, setText, text } from "./format.js";
import { mounted } from "./mount.js";
import { BLUE, classColor, css, mix, ORANGE, rgb } from "./palette.js";

/** @typedef {import("./mount.js").Arguments} Arguments */
/** @typedef {[number, number, number]} Point x to the right and y upward in 0…1, class number or value in 0…1 */
/**
 * @typedef {object} DataSet
 * @property {string} key
 * @property {string} label
 * @property {string} help
 * @property {string} task
 * @property {Point[]} points
 * @property {number} classes 0 for a regression
 */
/** @typedef {{groups: {label: string, sets: DataSet[]}[], selected: string | null}} PickerData */

const SIDE = 64;
const EDGE = 5;
const RADIUS = 1.9;
const ROW = 3;
// The middle between orange and blue; darker than that of maps, for single points must be seen.
const MIDDLE = /** @type {import("./palette.js").Rgb} */ ([150, 156, 162]);

/** Color of a value between 0 and 1. @param {number} value */
function valueColor(value) {
  return css(mix(MIDDLE, rgb(value < 0.5 ? ORANGE : BLUE), Math.min(1, Math.abs(2 * value - 1))));
}

/**
 * Draws the points of a set.
 * @param {HTMLCanvasElement} canvas
 * @param {DataSet} set
 */
function draw(canvas, set) {
  const scale = Math.max(2, window.devicePixelRatio || 1);
  canvas.width = SIDE * scale;
  canvas.height = SIDE * scale;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
  const room = SIDE - 2 * EDGE;
  for (const [x, y, value] of set.points) {
    context.fillStyle = set.classes > 0 ? classColor(value) : valueColor(value);
    context.beginPath();
    context.arc(EDGE + x * room, EDGE + (1 - y) * room, RADIUS, 0, 2 * Math.PI);
    context.fill();
  }
}

/** One data set: a radio button that is a picture. */
class Tile {
  /** @param {(key: string) => void} pick */
  constructor(pick) {
    this.key = "";
    this.canvas = element("canvas", { class: "nn-picture", "aria-hidden": "true" });
    this.name = text("", "nn-name");
    this.element = element("button", { type: "button", class: "nn-tile", role: "radio" }, this.canvas, this.name);
    this.element.addEventListener("click", () => pick(this.key));
    this.drawn = "";
  }

  /** @param {DataSet} set */
  update(set) {
    this.key = set.key;
    setText(this.name, set.label);
    const { element: node } = this;
    node.title = set.help ? `${set.label}: ${set.help}` : set.label;
    node.setAttribute("aria-label", [set.label, set.task].filter(Boolean).join(", "));
    const drawn = JSON.stringify([set.points, set.classes]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    draw(this.canvas, set);
  }
}

class Picker {
  /** @param {Arguments} args */
  constructor(args) {
    this.args = args;
    this.root = element("div", { class: "nn-sets", role: "radiogroup", "aria-label": "Data set" });
    /** @type {Map<string, {element: HTMLElement, name: HTMLElement, grid: HTMLElement}>} */
    this.groups = new Map();
    /** @type {Map<string, Tile>} */
    this.tiles = new Map();
    /** @type {string[][]} keys in their rows, as they stand on the screen */
    this.rows = [];
    this.n = 0;
    /** @type {string | null} */
    this.selected = null;
    this.root.addEventListener("keydown", (event) => this._key(event));
  }

  /** @param {string} key */
  _pick(key) {
    if (key === this.selected) return;
    // Shown at once; the page's answer confirms it.
    this.selected = key;
    this._mark();
    this.n = Math.max(this.n + 1, Date.now());
    this.args.setTriggerValue("pick", { kind: key, n: this.n });
  }

  _mark() {
    const first = this.tiles.keys().next().value;
    const reachable = this.selected !== null && this.tiles.has(this.selected) ? this.selected : first;
    for (const [key, tile] of this.tiles) {
      tile.element.setAttribute("aria-checked", String(key === this.selected));
      tile.element.tabIndex = key === reachable ? 0 : -1;
    }
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const tree = /** @type {ShadowRoot | Document} */ (this.root.getRootNode());
    const all = this.rows.flat();
    const key = all.find((one) => this.tiles.get(one)?.element === tree.activeElement);
    if (key === undefined) return;
    const at = all.indexOf(key);
    const row = this.rows.findIndex((keys) => keys.includes(key));
    const across = this.rows[row].indexOf(key);
    /** @param {number} to */
    const inRow = (to) => {
      const keys = this.rows[(to + this.rows.length) % this.rows.length];
      return keys[Math.min(across, keys.length - 1)];
    };
    /** @type {Record<string, () => string>} */
    const ways = {
      ArrowRight: () => all[(at + 1) % all.length],
      ArrowLeft: () => all[(at - 1 + all.length) % all.length],
      ArrowDown: () => inRow(row + 1),
      ArrowUp: () => inRow(row - 1),
      Home: () => all[0],
      End: () => all[all.length - 1],
    };
    if (!Object.hasOwn(ways, event.key)) return;
    event.preventDefault();
    const to = ways[event.key]();
    this.tiles.get(to)?.element.focus();
    this._pick(to);
  }

  /** @param {Arguments} args */
  update(args) {
    this.args = args;
    if (this.root.parentNode !== args.parentElement) args.parentElement.append(this.root);
    /** @type {PickerData} */
    const data = { groups: [], selected: null, ...(args.data ?? {}) };
    this.selected = data.selected;
    const keys = new Set(data.groups.flatMap((group) => group.sets.map((set) => set.key)));
    for (const [key, tile] of this.tiles) {
      if (keys.has(key)) continue;
      tile.element.remove();
      this.tiles.delete(key);
    }
    const labels = new Set(data.groups.map((group) => group.label));
    for (const [label, group] of this.groups) {
      if (labels.has(label)) continue;
      group.element.remove();
      this.groups.delete(label);
    }
    this.rows = [];
    data.groups.forEach(({ label, sets }, place) => {
      const group = this.groups.get(label) ?? this._makeGroup(label);
      if (this.root.children[place] !== group.element)
        this.root.insertBefore(group.element, this.root.children[place] ?? null);
      sets.forEach((set, index) => {
        let tile = this.tiles.get(set.key);
        if (!tile) {
          tile = new Tile((key) => this._pick(key));
          this.tiles.set(set.key, tile);
        }
        const { children } = group.grid;
        if (children[index] !== tile.element) group.grid.insertBefore(tile.element, children[index] ?? null);
        tile.update(set);
        if (index % ROW === 0) this.rows.push([]);
        /** @type {string[]} */ (this.rows.at(-1)).push(set.key);
      });
    });
    this._mark();
  }

  /** @param {string} label */
  _makeGroup(label) {
    const name = text(label, "nn-heading", "div");
    const grid = element("div", { class: "nn-grid", role: "presentation" });
    const group = { element: element("div", { role: "group", "aria-label": label }, name, grid), name, grid };
    this.groups.set(label, group);
    return group;
  }

  destroy() {
    this.root.remove();
  }
}

export const render = mounted((args) => new Picker(args));
export default render;
