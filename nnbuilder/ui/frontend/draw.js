// @ts-check
/**
 * Data drawn by hand: points of up to eight classes, or of painted values, on a plane.
 *
 * The points live here while a person draws. They go to the page as the trigger `points`, shortly after the last
 * stroke: `{mode, classes, points: [[x, y, label], …], range: [[x0, x1], [y0, y1]], start, n, use}`, where `label` is
 * the number of the class or the value and `use` tells that the person asked to use them. `n` grows with every change.
 * `start` grows when the page hands in other points to start from. What the page hands back counts only when its
 * `[start, n]` is ahead of what is shown, so a slow answer never takes a newer stroke away.
 */

import { Controls, DENSITY, PRESETS, RADIUS } from "./draw_controls.js";
import * as model from "./draw_model.js";
import { download, drawingOf, message, rangesFor } from "./draw_page.js";
import { DrawPlane } from "./draw_plane.js";
import { cursorComes, cursorGoes, pressed, SHORTCUTS, stepOf } from "./draw_keys.js";
import { GRAB, Pointer, ROUND } from "./draw_tools.js";
import { described, pointsInWords, reading } from "./draw_words.js";
import { element, setText, text } from "./format.js";
import { mounted } from "./mount.js";
import { themeOf, wearTheme } from "./palette.js";

/** @typedef {import("./mount.js").Arguments} Arguments */
/** @typedef {import("./draw_model.js").Drawing} Drawing */
/** @typedef {import("./draw_model.js").Place} Place */
/** @typedef {import("./draw_tools.js").Tool} Tool */

const SEND_AFTER_MS = 300;

/** The board; to the tools it is their canvas. */
class DrawBoard {
  /** @param {Arguments} args */
  constructor(args) {
    this.args = args;
    this.drawing = model.empty();
    this.history = new model.History(this.drawing);
    this.start = -1;
    this.n = 0;
    /** @type {Tool} */
    this.tool = "add";
    this.radius = RADIUS.start;
    this.density = DENSITY.start;
    this.label = 0;
    /** @type {ReadonlySet<number>} */
    this.chosen = new Set();
    /** @type {Place[]} */
    this.outline = [];
    /** @type {Place | null} */
    this.cursor = null;
    /** Where the cursor of the keys will be again. @type {Place | null} */
    this.rest = null;
    this.keyboard = false;
    this.note = "";
    this.dirty = false;
    this.merging = false;
    /**
     * The drawing that another mode was made from, to come back to.
     * @type {WeakMap<readonly model.Point[], Drawing>}
     */
    this.sources = new WeakMap();

    this.plane = new DrawPlane(() => this._drawAll());
    /** @type {Pointer} */
    this.pointer = new Pointer(this);
    this.controls = new Controls({
      tool: (tool) => this.take({ tool }),
      label: (label) => this.take({ label }),
      set: (name, value) => this.take({ [name]: value }),
      mode: (mode) => this._setMode(mode),
      range: (key) => this._setRange(key),
      undo: () => this._step("undo"),
      redo: () => this._step("redo"),
      clear: () => this._change({ ...this.drawing, points: [] }, "All points cleared."),
      addClass: () => this._addClass(),
      removeClass: () => this._removeClass(),
      rename: (index, name) => this._rename(index, name),
      save: () => download(this.drawing, this.node),
      use: () => this._send(true),
    });
    this.spoken = text("", "nn-unseen", "div");
    this.spoken.setAttribute("aria-live", "polite");
    const help = element("div", { class: "nn-unseen", id: "nn-draw-help" }, SHORTCUTS);
    this.plane.top.setAttribute("aria-describedby", help.id);
    const { above, below } = this.controls;
    this.node = element("div", { class: "nn-draw" }, ...above, this.plane.node, ...below, this.spoken, help);
    this._themeKey = "";
    this._listen();
  }

  _listen() {
    const { top } = this.plane;
    top.addEventListener("keydown", (event) => {
      if (!pressed(this, event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    top.addEventListener("focus", () => cursorComes(this));
    top.addEventListener("blur", () => cursorGoes(this));
    this.node.addEventListener("keydown", (event) => {
      const way = stepOf(event);
      if (way) this._step(way);
    });
    // Who goes to another part of the page wants it to know the last stroke.
    this.node.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse" && this.dirty && !this.pointer.stroke) this._send(false);
    });
  }

  /** @param {Arguments} args */
  update(args) {
    this.args = args;
    if (this.node.parentNode !== args.parentElement) args.parentElement.append(this.node);
    const data = args.data ?? {};
    this.plane.largest = data.side ?? 700;
    const { start = 0, n = 0 } = data;
    if (start > this.start || (start === this.start && n > this.n)) this._adopt(data, start, n);
    const theme = themeOf(this.node);
    const key = JSON.stringify(theme);
    if (key !== this._themeKey) {
      this._themeKey = key;
      this.plane.theme = theme;
      wearTheme(this.node, theme);
      this._drawAll();
    }
    this.plane.fit();
  }

  destroy() {
    this._sendSoon(false);
    cancelAnimationFrame(this.frame ?? 0);
    this.plane.destroy();
    this.node.remove();
  }

  /**
   * Takes points of the page; the ones before can be had back by undo.
   * @param {any} data
   * @param {number} start
   * @param {number} n
   */
  _adopt(data, start, n) {
    const first = this.start < 0;
    this.pointer.cancel();
    this._sendSoon(false);
    this.start = start;
    this.n = Math.max(n, this.n);
    this.drawing = drawingOf(data);
    if (first) this.history = new model.History(this.drawing);
    else this.history.push(this.drawing);
    this.merging = false;
    if (data.range) this.plane.ranges = { x: data.range[0], y: data.range[1] };
    else if (this.drawing.points.length) this.plane.ranges = rangesFor(this.drawing);
    this._settle();
    this._drawAll();
  }

  // What the tools ask for

  begin() {
    window.clearTimeout(this.timer);
    this._note("");
  }

  /** @param {Drawing} drawing */
  draft(drawing) {
    if (drawing === this.drawing) return;
    if (drawing.points.length !== this.drawing.points.length) this.chosen = new Set();
    this.drawing = drawing;
    this._schedule(true);
  }

  /** @param {string} words @param {boolean} [merged] with the step before, when that may be merged too */
  commit(words, merged = false) {
    if (merged && this.merging && this.drawing !== this.history.now) {
      this.history.now = this.drawing;
      this._changed();
    } else if (this.history.push(this.drawing)) this._changed();
    else if (this.dirty) this._sendSoon(true);
    this.merging = merged;
    this.say(words);
    this._schedule(true);
  }

  cancel() {
    this.drawing = this.history.now;
    this.chosen = new Set();
    if (this.dirty) this._sendSoon(true);
    this._schedule(true);
  }

  /** @param {Iterable<number>} chosen */
  choose(chosen) {
    this.chosen = new Set(chosen);
    this.merging = false;
    this.paint();
  }

  paint() {
    this._schedule(false);
  }

  /** Tells a screen reader. @param {string} words */
  say(words) {
    if (words) setText(this.spoken, words);
  }

  /**
   * Another tool, class, value or size.
   * @param {Partial<{tool: Tool, label: number, radius: number, density: number}>} wish
   */
  take(wish) {
    if (wish.tool !== undefined && wish.tool !== this.tool) this.choose([]);
    Object.assign(this, wish);
    this._note("");
    this._schedule(true);
  }

  /** One step from the drawing there is. @param {Drawing} drawing @param {string} words */
  _change(drawing, words) {
    this.pointer.cancel();
    this.begin();
    this.choose([]);
    this.drawing = drawing;
    this._settle();
    this.commit(words);
  }

  /** @param {"undo" | "redo"} way */
  _step(way) {
    this.pointer.cancel();
    if (!this.history[way]()) return;
    this.begin();
    this.choose([]);
    this.drawing = this.history.now;
    this._settle();
    this._changed();
    this.say(`${way === "undo" ? "Undone" : "Redone"}, ${pointsInWords(this.drawing.points.length)}.`);
    this._schedule(true);
  }

  /** The painted class or value and the colors, after another drawing took the place. */
  _settle() {
    this.plane.values = model.valueRange(this.drawing);
    const [low, high] = this.plane.values;
    if (this.drawing.mode === "regression") this.label = model.bounded(this.label, [low, high]);
    else if (!Number.isInteger(this.label) || !this.drawing.classes[this.label]) this.label = 0;
    this.chosen = new Set();
  }

  /** @param {model.Mode} mode */
  _setMode(mode) {
    if (mode === this.drawing.mode) return;
    const before = this.drawing;
    const kept = this.sources.get(before.points);
    const drawing = kept?.mode === mode ? kept : model.inMode(before, mode);
    // An empty list is a new one, so that it remembers its own source.
    this.sources.set(drawing.points, before);
    this.label = mode === "regression" ? 1 : 0;
    this._change(drawing, mode === "regression" ? "Points have values." : "Points have classes.");
  }

  /** @param {string} key */
  _setRange(key) {
    const preset = PRESETS[key];
    if (preset) this.plane.ranges = { x: preset, y: preset };
    else if (key === "fit") this.plane.ranges = model.fitting(this.drawing);
    this.cursor = null;
    this.rest = null;
    this._changed();
    this._drawAll();
  }

  _addClass() {
    const drawing = model.withClass(this.drawing);
    if (drawing === this.drawing) return;
    this.label = drawing.classes.length - 1;
    this._change(drawing, `Class ${drawing.classes[this.label]} added.`);
    if (drawing.classes.length === 3)
      this._note("Two classes are orange and blue; with a third, every class gets a new color.");
  }

  _removeClass() {
    const name = this.drawing.classes[this.label];
    const drawing = model.withoutClass(this.drawing, this.label);
    if (drawing === this.drawing) return;
    this.label = Math.max(0, this.label - 1);
    this._change(drawing, `Class ${name} removed.`);
  }

  /** @param {number} index @param {string} wanted */
  _rename(index, wanted) {
    const name = model.tidy(wanted);
    if (name === this.drawing.classes[index]) return;
    const problem = model.nameProblem(this.drawing, index, name);
    if (problem) {
      this._note(problem, true);
      this.say(problem);
    } else this._change(model.renamed(this.drawing, index, name), `Class ${index + 1} is called ${name}.`);
  }

  // To the page

  _changed() {
    this.n += 1;
    this.dirty = true;
    this._sendSoon(true);
  }

  /** @param {boolean} wanted */
  _sendSoon(wanted) {
    window.clearTimeout(this.timer);
    if (wanted) this.timer = window.setTimeout(() => this._send(false), SEND_AFTER_MS);
  }

  /** @param {boolean} use */
  _send(use) {
    this._sendSoon(false);
    // A second press means it too: an equal value could be taken for the one before.
    if (!this.dirty) this.n += 1;
    this.dirty = false;
    const { start, n } = this;
    this.args.setTriggerValue("points", { ...message(this.history.now, this.plane.ranges), start, n, use });
  }

  // To the screen

  /** @param {string} words @param {boolean} [refused] does it say why something was not done? */
  _note(words, refused = false) {
    this.note = words;
    this.controls.readout.classList.toggle("nn-refused", refused);
    this._drawReadout();
  }

  /** @param {boolean} points did more than the cursor change? */
  _schedule(points) {
    this.stale = this.stale || points;
    if (this.frame !== undefined) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.stale) this._drawPoints();
      this.stale = false;
      this._drawTop();
    });
  }

  _drawAll() {
    this.plane.drawBase();
    this._drawPoints();
    this._drawTop();
  }

  _drawPoints() {
    const { drawing, plane, history } = this;
    plane.drawPoints(drawing);
    const counts = model.counts(drawing);
    this.controls.update({
      drawing,
      counts,
      tool: this.tool,
      label: this.label,
      radius: this.radius,
      density: this.density,
      ranges: plane.ranges,
      values: plane.values,
      canUndo: history.before.length > 0,
      canRedo: history.after.length > 0,
      color: (label) => plane.color(drawing, label),
    });
    const label = described(drawing, counts, plane.ranges);
    if (plane.top.getAttribute("aria-label") !== label) plane.top.setAttribute("aria-label", label);
  }

  _drawTop() {
    const { drawing, plane, tool } = this;
    const paints = tool !== "erase" && tool !== "move";
    plane.drawTop(drawing, {
      cursor: this.cursor,
      radius: ROUND.has(tool) ? this.radius : 0,
      color: paints ? plane.color(drawing, this.label) : "",
      keyboard: this.keyboard,
      outline: this.outline,
      chosen: this.chosen,
    });
    plane.top.dataset.tool = tool;
    const held = tool === "move" && this.cursor !== null && model.nearest(drawing, this.cursor, GRAB, plane.scale) >= 0;
    plane.top.toggleAttribute("data-grab", held);
    this._drawReadout();
  }

  _drawReadout() {
    const { controls } = this;
    setText(controls.readout, this.note || reading(this.drawing, this.plane, this.tool, this.cursor));
    controls.readout.title = this.note;
  }
}

export const render = mounted((args) => new DrawBoard(args));
export default render;
