// @ts-check
/** The faults of the layers, each in a note under its card with a button that repairs it. */

import { element, setText, text } from "./format.js";

/** @typedef {import("./network_types.js").Layer} Layer */
/** @typedef {import("./network_types.js").Problem} Problem */
/**
 * @typedef {{element: HTMLElement, where: HTMLElement, message: HTMLElement, repair: HTMLButtonElement, problem:
 *   Problem, layer: string}} Note
 */

const WIDEST = 420;
const NARROWEST = 230;
const APART = 8;
const EDGE = 14;

export class Problems {
  /**
   * @param {(problem: Problem) => void} repair
   * @param {(layer: string, on: boolean) => void} point shows which card a note is about
   */
  constructor(repair, point) {
    this.element = element("div", { class: "nn-problems", role: "list", "aria-label": "Problems" });
    this.element.hidden = true;
    this.repair = repair;
    this.point = point;
    /** @type {Map<string, Note>} */
    this.notes = new Map();
    this.placed = "";
  }

  /** @param {Layer[]} layers */
  update(layers) {
    const seen = new Set();
    /** @type {Note[]} */
    const order = [];
    for (const layer of layers) {
      for (const problem of layer.problems) {
        const id = `${layer.id} ${problem.id}`;
        const note = this.notes.get(id) ?? this._make(layer.id);
        this.notes.set(id, note);
        seen.add(id);
        order.push(note);
        note.problem = problem;
        setText(note.where, `${layer.label}, layer ${layer.index + 1}`);
        setText(note.message, problem.message);
        note.repair.hidden = !problem.repair;
        setText(note.repair, problem.repair ?? "");
        note.element.classList.toggle("nn-warning", problem.severity === "warning");
      }
    }
    for (const [id, note] of this.notes) {
      if (seen.has(id)) continue;
      note.element.remove();
      this.notes.delete(id);
      // What is taken out under the pointer is never left by it.
      this.point(note.layer, false);
    }
    order.forEach((note, place) => {
      if (this.element.children[place] !== note.element)
        this.element.insertBefore(note.element, this.element.children[place] ?? null);
    });
    this.element.hidden = order.length === 0;
  }

  /** @param {string} layer @returns {Note} */
  _make(layer) {
    const where = text("", "nn-where");
    const message = text("", "nn-message");
    const repair = element("button", { type: "button", class: "nn-button nn-text nn-repair" });
    const node = element(
      "div",
      { class: "nn-note-card", role: "listitem" },
      element("div", { class: "nn-says" }, where, message),
      repair,
    );
    /** @type {Note} */
    const note = {
      element: node,
      where,
      message,
      repair,
      layer,
      problem: { id: "", severity: "error", message: "", repair: null },
    };
    repair.addEventListener("click", () => this.repair(note.problem));
    node.addEventListener("pointerenter", () => this.point(layer, true));
    node.addEventListener("pointerleave", () => this.point(layer, false));
    return note;
  }

  /**
   * Puts the notes under their cards as far as there is room beside each other.
   * @param {(layer: string) => number | null} middle of a card, in pixels from the left edge of the canvas
   */
  place(middle) {
    const notes = [...this.element.children]
      .map((child) => [...this.notes.values()].find((note) => note.element === child))
      .filter((note) => note !== undefined);
    if (!notes.length) return;
    const room = this.element.clientWidth - 2 * EDGE;
    const across = Math.max(1, Math.floor((room + APART) / (NARROWEST + APART)));
    const beside = notes.length <= across;
    const width = Math.min(WIDEST, (room - (notes.length - 1) * APART) / notes.length);
    const middles = notes.map((note) => middle(note.layer) ?? EDGE);
    const lefts = middles.map((at) => Math.max(EDGE, Math.min(EDGE + room - width, at - width / 2)));
    for (let place = 1; place < lefts.length; place += 1)
      lefts[place] = Math.max(lefts[place], lefts[place - 1] + width + APART);
    for (let place = lefts.length - 1; place >= 0; place -= 1) {
      const right = place === lefts.length - 1 ? EDGE + room : lefts[place + 1] - APART;
      lefts[place] = Math.min(lefts[place], right - width);
    }
    // Written only when it differs: a resize observer watches.
    const placed = JSON.stringify([beside, notes.length, width, lefts, middles]);
    if (placed === this.placed) return;
    this.placed = placed;
    this.element.classList.toggle("nn-beside", beside);
    notes.forEach((note, place) => {
      const { style } = note.element;
      const before = place ? lefts[place - 1] + width : 0;
      style.width = beside ? `${width}px` : "";
      style.marginLeft = beside ? `${lefts[place] - before}px` : "";
      const tail = middles[place] - lefts[place];
      style.setProperty("--nn-tail", beside && tail > 12 && tail < width - 12 ? `${tail}px` : "-99px");
    });
  }

  /** Draws the eye to the first note of a layer. @param {string} layer */
  show(layer) {
    const note = [...this.notes.values()].find((one) => one.layer === layer);
    if (!note) return;
    note.element.scrollIntoView({ block: "nearest" });
    note.element.classList.remove("nn-flash");
    // Reading a size makes the removed class count, so that the animation starts again.
    void note.element.offsetWidth;
    note.element.classList.add("nn-flash");
    if (!note.repair.hidden) note.repair.focus({ preventScroll: true });
  }
}
