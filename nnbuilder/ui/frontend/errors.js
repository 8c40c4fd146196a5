// @ts-check
/** Predicted against true values of a regression: a point a row, and the line on which the prediction is right. */

import { cut, sideways } from "./axes.js";
import { fit, prepared } from "./canvas.js";
import { element, setText, short } from "./format.js";
import { css, mix, partColors, rgb } from "./palette.js";
import { axisTicks, reading } from "./scales.js";
import { comparedWords, TruthPane } from "./truth_pane.js";

const MARGIN = { left: 62, right: 14, top: 8, bottom: 36 };
const ROOM = 0.06;
const REACH = 14;
const HINT = "Each point is a row; on the line its prediction is right.";

/** The pane with the points. */
export class Errors extends TruthPane {
  constructor() {
    super("nn-errors", HINT);
    /** @type {{x: number, y: number} | null} */
    this.pointer = null;
    this.canvas = element("canvas", { class: "nn-layer", role: "img" });
    this.stage.append(this.canvas);
    this.width = this.height = 0;
    this.canvas.addEventListener("pointermove", (event) => {
      const bounds = this.canvas.getBoundingClientRect();
      this.pointer = { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
      this._draw();
    });
    this.canvas.addEventListener("pointerleave", () => {
      this.pointer = null;
      this._draw();
    });
  }

  _resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return;
    this.width = width;
    this.height = height;
    fit(this.canvas, width, height);
    this._draw();
  }

  _draw() {
    const context = this.active && this.width ? prepared(this.canvas) : null;
    if (!context) return;
    const header = this.feed?.data?.header;
    const { arrays = {}, header: picture } = this.feed?.picture ?? {};
    const [lowest, highest] = picture?.view.value_range ?? header?.view.value_range ?? [0, 1];
    const more = (highest - lowest) * ROOM || 1;
    /** @type {[number, number]} */
    const range = [lowest - more, highest + more];
    const axis = header?.axes?.value;
    const target = header?.target ?? "value";
    this._drawFrame(context, range, axis, target);
    const { truth, answer } = arrays;
    if (!truth || !answer) {
      setText(this.rows, "");
      setText(this.wrong, "");
      return;
    }
    const nearest = this._drawPoints(context, range, truth, answer, picture.compared.part);
    const off = meanError(truth, answer);
    const unit = axis?.dates ? " days" : "";
    setText(this.wrong, `off by ${short(off)}${unit} on average`);
    setText(this.rows, comparedWords(picture.compared, picture.epoch));
    this.canvas.setAttribute("aria-label", `Predicted against true ${target}: off by ${short(off)}${unit} on average.`);
    if (nearest < 0) setText(this.readout, HINT);
    else {
      const [is, was] = [truth[nearest], answer[nearest]].map((value) => reading(axis, value, range));
      const by = answer[nearest] - truth[nearest];
      setText(
        this.readout,
        `true ${is}   predicted ${was}   ${short(Math.abs(by))}${unit} too ${by < 0 ? "low" : "high"}`,
      );
    }
  }

  /** @param {[number, number]} range @param {number} value of the axis across */
  _across([low, high], value) {
    return MARGIN.left + ((value - low) / (high - low)) * (this.width - MARGIN.left - MARGIN.right);
  }

  /** @param {[number, number]} range @param {number} value of the axis up */
  _down([low, high], value) {
    return MARGIN.top + ((high - value) / (high - low)) * (this.height - MARGIN.top - MARGIN.bottom);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {[number, number]} range
   * @param {import("./scales.js").Axis | undefined} axis
   * @param {string} target
   */
  _drawFrame(context, range, axis, target) {
    const theme = this._theme;
    const left = MARGIN.left;
    const right = this.width - MARGIN.right;
    const bottom = this.height - MARGIN.bottom;
    context.lineWidth = 1;
    context.strokeStyle = css(mix(rgb(theme.background), rgb(theme.text), 0.1));
    context.fillStyle = theme.muted;
    context.font = `11px ${theme.font}`;
    for (const { at, label } of axisTicks(axis, range, right - left, axis?.dates ? 72 : 56)) {
      const across = Math.round(this._across(range, at)) + 0.5;
      const down = Math.round(this._down(range, at)) + 0.5;
      context.beginPath();
      context.moveTo(across, MARGIN.top);
      context.lineTo(across, bottom + 4);
      context.moveTo(left - 4, down);
      context.lineTo(right, down);
      context.stroke();
      context.textAlign = "center";
      context.textBaseline = "top";
      context.fillText(label, across, bottom + 6);
      context.textAlign = "right";
      context.textBaseline = "middle";
      context.fillText(cut(context, label, left - 20), left - 6, down);
    }
    context.fillStyle = theme.text;
    context.font = `12px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "bottom";
    context.fillText(cut(context, `true ${target}`, right - left), (left + right) / 2, this.height);
    sideways(context, cut(context, `predicted ${target}`, bottom - MARGIN.top), 8, (MARGIN.top + bottom) / 2);
    context.strokeStyle = theme.muted;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(this._across(range, range[0]), this._down(range, range[0]));
    context.lineTo(this._across(range, range[1]), this._down(range, range[1]));
    context.stroke();
  }

  /**
   * The points; one far off is drawn at the edge.
   * @param {CanvasRenderingContext2D} context
   * @param {[number, number]} range
   * @param {ArrayLike<number>} truth
   * @param {ArrayLike<number>} answer
   * @param {string} part
   * @returns {number} index of the point under the pointer, or −1
   */
  _drawPoints(context, range, truth, answer, part) {
    const colors = partColors(this._theme.dark);
    const radius = truth.length > 400 ? 2.4 : 3.2;
    context.fillStyle = part === "validation" ? colors.validation : colors.train;
    context.strokeStyle = this._theme.background;
    context.lineWidth = 0.8;
    let nearest = -1;
    let distance = REACH;
    for (let index = 0; index < truth.length; index += 1) {
      const across = this._across(range, truth[index]);
      const down = this._down(range, Math.max(range[0], Math.min(range[1], answer[index])));
      context.beginPath();
      context.arc(across, down, radius, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
      const away = this.pointer ? Math.hypot(across - this.pointer.x, down - this.pointer.y) : Infinity;
      if (away < distance) [nearest, distance] = [index, away];
    }
    if (nearest >= 0) {
      context.strokeStyle = this._theme.text;
      context.lineWidth = 2;
      context.beginPath();
      const down = this._down(range, Math.max(range[0], Math.min(range[1], answer[nearest])));
      context.arc(this._across(range, truth[nearest]), down, radius + 2, 0, 2 * Math.PI);
      context.stroke();
    }
    return nearest;
  }
}

/** Mean size of the errors. @param {ArrayLike<number>} truth @param {ArrayLike<number>} answer */
function meanError(truth, answer) {
  let sum = 0;
  for (let index = 0; index < truth.length; index += 1) sum += Math.abs(answer[index] - truth[index]);
  return truth.length ? sum / truth.length : NaN;
}
