// @ts-check
/**
 * One row asked about: a form of the features, what the network answers, and a curve over one feature.
 *
 * The row lives here while a person changes it. It goes to the page as the trigger `ask`, one question at a time:
 * `{start, n, values, curve}`, where `values` are numbers in data units (null: missing) and `n` grows with every
 * change. `start` grows when the page puts in other values; then those count. Instead of a changed row the trigger may
 * bring `take: {part, row}`: put in a row of the data, or the middle of the training rows.
 */

import { element, setText, text } from "./format.js";
import { mounted } from "./mount.js";
import { themeOf } from "./palette.js";
import { AnswerCard } from "./predict_answer.js";
import { CurveCard } from "./predict_curve.js";
import { FieldList } from "./predict_fields.js";
import { Begin } from "./predict_begin.js";
import { PixelPad } from "./predict_pixels.js";

/** @typedef {import("./mount.js").Arguments} Arguments */
/** @typedef {(number | null)[]} Values */
/**
 * @typedef {object} Feature
 * @property {string} name
 * @property {"number" | "category" | "yes_no" | "date"} kind
 * @property {number | null} low
 * @property {number | null} high
 * @property {string} range
 * @property {boolean} whole
 * @property {string[]} categories
 * @property {number[]} seen
 * @property {string} missing what is said of a missing value; nothing: there must be one
 */

/** A question that was not answered by then is asked again. */
const PATIENCE_MS = 4000;

class PredictBoard {
  /** @param {Arguments} args */
  constructor(args) {
    this.args = args;
    this.key = "";
    this.start = -1;
    this.n = 0;
    this.sent = 0;
    this.curve = 0;
    /** @type {Values} */
    this.values = [];
    this.waiting = false;
    this.dirty = false;
    this._themeKey = "";
    /** @type {import("./predict_begin.js").Take | null} asked for while a question was on its way */
    this.next = null;
    this.begin = new Begin((take) => this._take(take));
    this.pad = new PixelPad((changes) => this._change(changes));
    this.fields = new FieldList({
      set: (place, value) => this._change([[place, value]]),
      curve: (place) => this._over(place),
    });
    this.answer = new AnswerCard();
    this.curveCard = new CurveCard({
      set: (place, value) => this._change([[place, value]]),
      curve: (place) => this._over(place),
    });
    const form = element(
      "section",
      { class: "nn-ask-form", "aria-label": "Row" },
      this.begin.node,
      this.pad.node,
      this.fields.node,
    );
    const right = element(
      "section",
      { class: "nn-ask-right", "aria-label": "Answer" },
      this.answer.node,
      this.curveCard.node,
    );
    this.node = element("div", { class: "nn-board nn-ask" }, form, right);
    this.spoken = text("", "nn-unseen", "div");
    this.spoken.setAttribute("aria-live", "polite");
    this.node.append(this.spoken);
  }

  /** @param {Arguments} args */
  update(args) {
    this.args = args;
    const { data } = args;
    if (this.node.parentNode !== args.parentElement) args.parentElement.append(this.node);
    const theme = themeOf(this.node);
    const themeKey = JSON.stringify(theme);
    if (themeKey !== this._themeKey) {
      this._themeKey = themeKey;
      this.node.style.colorScheme = theme.dark ? "dark" : "light";
      this.curveCard.theme = theme;
      this.pad.theme = theme;
    }
    const { asked, row } = data;
    this.node.style.setProperty("--nn-above", String(data.above ?? 0));
    if (data.key !== this.key) {
      this.key = data.key;
      this.start = -1;
      this.fields.build(asked);
      this.pad.build(asked);
      this.begin.build(asked);
      this.answer.build(asked);
      this.curveCard.build(asked);
    }
    if (row.start !== this.start) {
      this.start = row.start;
      this.n = row.n;
      this.values = [...row.values];
      this.curve = data.curve_of;
      this.dirty = false;
      this._settled();
      this._show();
    } else if (row.n >= this.sent) this._settled();
    if (!this.next) this.begin.show(row.taken, row.origin, data.answer.truth ?? "");
    this.answer.show(data.answer, data);
    this.curveCard.show(data.curve, this.values, this.curve);
    this.fields.over(this.curve);
    if (!this.waiting) setText(this.spoken, data.answer.error ?? `${data.answer.title}. ${data.answer.sentence}`);
    if (this.waiting) return;
    if (this.next) this._take(this.next);
    else if (this.dirty) this._ask();
  }

  destroy() {
    window.clearTimeout(this.timer);
    this.curveCard.destroy();
    this.node.remove();
  }

  _settled() {
    window.clearTimeout(this.timer);
    this.waiting = false;
  }

  /** @param {[number, number | null][]} changes */
  _change(changes) {
    for (const [place, value] of changes) this.values[place] = value;
    this.n += 1;
    this._show(changes.map(([place]) => place));
    this.curveCard.mark(this.values);
    // Along the curve the answer is known already, nearly; the exact one follows.
    if (changes.length === 1 && changes[0][0] === this.curveCard.curve?.feature)
      this.answer.preview(this.curveCard.here());
    this._ask();
  }

  /** @param {number} place */
  _over(place) {
    this.curve = place;
    this.fields.over(place);
    this._ask();
  }

  /** @param {number[]} [places] */
  _show(places) {
    this.fields.show(this.values, places);
    this.pad.show(this.values);
  }

  /**
   * Puts in another row; of several asked for in quick succession the last one.
   * @param {import("./predict_begin.js").Take} take
   */
  _take(take) {
    this.next = this.waiting ? take : null;
    if (!this.waiting) this._send({ take });
  }

  _ask() {
    if (this.waiting) {
      this.dirty = true;
      return;
    }
    this.dirty = false;
    this._send({ values: [...this.values] });
  }

  /** @param {object} what */
  _send(what) {
    this.waiting = true;
    this.sent = this.n;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.waiting = false;
      if (this.next) this._take(this.next);
      else if (this.dirty) this._ask();
    }, PATIENCE_MS);
    this.args.setTriggerValue("ask", { start: this.start, n: this.n, curve: this.curve, ...what });
  }
}

export const render = mounted((args) => new PredictBoard(args));
export default render;
