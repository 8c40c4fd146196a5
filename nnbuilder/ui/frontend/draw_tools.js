// @ts-check
/** What the tools do under a mouse, a pen or a finger. */

import { add, bounded, moved, near, nearest, point, relabeled, scattered, within, without } from "./draw_model.js";
import { pointsInWords } from "./draw_words.js";

/** @typedef {import("./draw_model.js").Drawing} Drawing */
/** @typedef {import("./draw_model.js").Place} Place */
/** @typedef {"add" | "brush" | "move" | "erase" | "relabel"} Tool */
/**
 * @typedef {object} Canvas what the tools work on; the board of draw.js
 * @property {import("./draw_plane.js").DrawPlane} plane
 * @property {Drawing} drawing as it stands on the screen
 * @property {Tool} tool
 * @property {number} radius of brush, eraser and relabeling, in CSS pixels
 * @property {number} density points on 100 pixels of a stroke
 * @property {number} label class number or value that is painted
 * @property {ReadonlySet<number>} chosen points that move together
 * @property {Place[]} outline
 * @property {Place | null} cursor
 * @property {boolean} keyboard
 * @property {() => void} begin a stroke starts
 * @property {(drawing: Drawing) => void} draft shows a drawing that is not yet done
 * @property {(words: string, merged?: boolean) => void} commit the draft becomes a step that can be undone
 * @property {() => void} cancel the draft is dropped
 * @property {(chosen: Iterable<number>) => void} choose
 * @property {(wish: Partial<{tool: Tool, label: number}>) => void} take
 * @property {Pointer} pointer
 * @property {() => void} paint draws cursor and selection
 * @property {(words: string) => void} say
 */

/** How near a point must be to be taken, in CSS pixels. */
export const GRAB = 9;
const PEN_ERASER = 32;
/** The tools that work over a disc. @type {ReadonlySet<Tool>} */
export const ROUND = new Set(/** @type {Tool[]} */ (["brush", "erase", "relabel"]));

/** A stroke from pressing to letting go. */
class Stroke {
  /** @param {Canvas} canvas @param {Tool} tool @param {Place} from @param {boolean} straight is the selection a box? */
  constructor(canvas, tool, from, straight) {
    this.canvas = canvas;
    this.tool = tool;
    this.start = canvas.drawing;
    this.from = from;
    this.last = from;
    this.straight = straight;
    /** Path since the last point of the brush, in pixels. */
    this.walked = 0;
    this.grabbed = false;
    canvas.begin();
    if (tool === "move") this._grab(from);
    else if (tool === "brush") this._dab(from);
    else if (tool === "add") this._place(from);
    else this._sweep(from);
  }

  /** @param {Place} to */
  go(to) {
    const { canvas } = this;
    if (this.tool === "add") this._place(to);
    else if (this.tool === "brush") this._walk(to);
    else if (this.tool !== "move") this._sweep(to);
    else if (this.grabbed) {
      const by = { x: to.x - this.from.x, y: to.y - this.from.y };
      canvas.draft(moved(this.start, canvas.chosen, by, canvas.plane.ranges));
    } else this._surround(to);
    this.last = to;
  }

  end() {
    const { canvas, start } = this;
    const grown = canvas.drawing.points.length - start.points.length;
    if (this.tool === "move" && !this.grabbed) {
      const found = canvas.outline.length > 2 ? within(canvas.drawing, canvas.outline) : new Set();
      canvas.outline = [];
      canvas.choose(found);
      canvas.commit(found.size ? `${pointsInWords(found.size)} chosen.` : "");
    } else if (this.tool === "move") canvas.commit(`${pointsInWords(canvas.chosen.size)} moved.`);
    else if (this.tool === "erase") canvas.commit(`${pointsInWords(-grown)} erased.`);
    else if (this.tool === "relabel") canvas.commit("Relabeled.");
    else canvas.commit(`${pointsInWords(grown)} added.`);
  }

  /** @param {Place} place */
  _place(place) {
    const { x, y } = this.canvas.plane.ranges;
    const inside = { x: bounded(place.x, x), y: bounded(place.y, y) };
    this.canvas.draft(add(this.start, [point(inside, this.canvas.label)]));
  }

  /** @param {Place} place */
  _dab(place) {
    const { canvas } = this;
    const { plane } = canvas;
    if (!plane.shows(place)) return;
    canvas.draft(
      add(canvas.drawing, [point(scattered(place, canvas.radius, plane.scale, plane.ranges), canvas.label)]),
    );
  }

  /** Leaves points at even distances of the path. @param {Place} to */
  _walk(to) {
    const { last, canvas } = this;
    const { scale } = canvas.plane;
    const length = Math.hypot((to.x - last.x) * scale.x, (to.y - last.y) * scale.y);
    const spacing = 100 / canvas.density;
    let at = spacing - this.walked;
    for (; at <= length; at += spacing) {
      const part = at / length;
      this._dab({ x: last.x + part * (to.x - last.x), y: last.y + part * (to.y - last.y) });
    }
    this.walked = length - (at - spacing);
  }

  /** @param {Place} to */
  _sweep(to) {
    const { canvas } = this;
    const hit = near(canvas.drawing, this.last, to, canvas.radius, canvas.plane.scale);
    canvas.draft(this.tool === "erase" ? without(canvas.drawing, hit) : relabeled(canvas.drawing, hit, canvas.label));
  }

  /** @param {Place} place */
  _grab(place) {
    const { canvas } = this;
    const index = nearest(canvas.drawing, place, GRAB, canvas.plane.scale);
    this.grabbed = index >= 0;
    if (this.grabbed && !canvas.chosen.has(index)) canvas.choose([index]);
    else if (!this.grabbed) canvas.choose([]);
  }

  /** @param {Place} to */
  _surround(to) {
    const { canvas, from } = this;
    canvas.outline = this.straight
      ? [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }]
      : [...canvas.outline, to];
    canvas.paint();
  }
}

/** Hands the pointer's ways to strokes. */
export class Pointer {
  /** @param {Canvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** @type {Stroke | null} */
    this.stroke = null;
    this.id = -1;
    const { top } = canvas.plane;
    top.addEventListener("pointerdown", (event) => this._down(event));
    top.addEventListener("pointermove", (event) => this._move(event));
    top.addEventListener("pointerup", (event) => this._up(event));
    top.addEventListener("pointercancel", (event) => event.pointerId === this.id && this.cancel());
    top.addEventListener("lostpointercapture", (event) => this._up(event));
    top.addEventListener("pointerleave", () => this._leave());
    // A long touch would open a menu over the stroke.
    top.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** Drops the stroke that is being made. */
  cancel() {
    if (!this.stroke) return;
    this.stroke = null;
    this.canvas.outline = [];
    this.canvas.cancel();
  }

  /** @param {PointerEvent} event */
  _down(event) {
    const { canvas } = this;
    const { plane } = canvas;
    const place = plane.placeOf(event);
    const eraser = event.pointerType === "pen" && (event.buttons & PEN_ERASER) !== 0;
    if (this.stroke || (event.button !== 0 && !eraser) || !plane.shows(place)) return;
    plane.top.focus({ preventScroll: true });
    plane.top.setPointerCapture(event.pointerId);
    this.id = event.pointerId;
    canvas.cursor = place;
    canvas.keyboard = false;
    this.stroke = new Stroke(canvas, eraser ? "erase" : canvas.tool, place, event.shiftKey);
    canvas.paint();
  }

  /** @param {PointerEvent} event */
  _move(event) {
    const { canvas } = this;
    if (this.stroke && event.pointerId === this.id) {
      const passed = event.getCoalescedEvents?.() ?? [];
      for (const one of passed.length ? passed : [event]) this.stroke.go(canvas.plane.placeOf(one));
    }
    if (this.stroke && event.pointerId !== this.id) return;
    const place = canvas.plane.placeOf(event);
    canvas.cursor = canvas.plane.shows(place) ? place : null;
    canvas.keyboard = false;
    canvas.paint();
  }

  /** @param {PointerEvent} event */
  _up(event) {
    if (!this.stroke || event.pointerId !== this.id) return;
    const { stroke } = this;
    this.stroke = null;
    stroke.end();
    // A finger that left shows no place any more.
    if (event.pointerType === "touch") this.canvas.cursor = null;
    this.canvas.paint();
  }

  _leave() {
    if (this.stroke || this.canvas.keyboard) return;
    this.canvas.cursor = null;
    this.canvas.paint();
  }
}
