// @ts-check
/**
 * The answer: the class with the probabilities of all as bars and the raw outputs, or the value; and how it follows.
 */

import { element, setText, short, text, toldApart } from "./format.js";
import { classColor } from "./palette.js";

/** Pixels of a window in which a name has half the room. */
const NARROW = 980;

export class AnswerCard {
  constructor() {
    this.swatch = element("span", { class: "nn-ask-swatch", "aria-hidden": "true" });
    this.title = text("", "nn-ask-title");
    this.share = text("", "nn-ask-share");
    this.label = text("", "nn-ask-muted");
    this.verdict = text("", "nn-ask-verdict");
    this.state = text("", "nn-ask-muted nn-ask-state");
    this.bars = element("div", { class: "nn-ask-bars", role: "table", "aria-label": "Classes" });
    this.sentence = text("", "nn-ask-sentence", "p");
    this.remarks = text("", "nn-ask-remarks", "p");
    const head = element("div", { class: "nn-ask-head" }, this.label, this.state);
    const line = element("div", { class: "nn-ask-main" }, this.swatch, this.title, this.share, this.verdict);
    this.node = element(
      "div",
      { class: "nn-ask-card nn-ask-answer" },
      head,
      line,
      this.bars,
      this.sentence,
      this.remarks,
    );
    /** @type {{node: HTMLElement, fill: HTMLElement, share: HTMLElement, output: HTMLElement}[]} */
    this.lines = [];
  }

  /** @param {any} asked */
  build(asked) {
    this.asked = asked;
    /** @type {string[]} */
    const classes = asked.classes;
    setText(this.label, `Predicted ${asked.target.name}`);
    this.label.title = asked.target.name;
    this.swatch.hidden = !classes.length;
    // Whole names where they have room.
    const shown = toldApart(classes, window.innerWidth < NARROW ? 20 : 40);
    this.lines = classes.map((name, code) => {
      const fill = element("span", { class: "nn-ask-fill" });
      fill.style.background = classColor(code);
      const share = text("", "nn-ask-figure");
      const output = text("", "nn-ask-figure nn-ask-output");
      const node = element(
        "div",
        { class: "nn-ask-bar", role: "row" },
        element("span", { class: "nn-ask-class", title: name, "aria-label": name, role: "rowheader" }, shown[code]),
        element("span", { class: "nn-ask-track", "aria-hidden": "true" }, fill),
        share,
        output,
      );
      for (const cell of [share, output]) cell.setAttribute("role", "cell");
      return { node, fill, share, output };
    });
    const heads = element(
      "div",
      { class: "nn-ask-bar nn-ask-heads", role: "row" },
      text(""),
      text(""),
      text("probability", "nn-ask-figure"),
      text("", "nn-ask-figure nn-ask-output"),
    );
    this.outputHead = /** @type {HTMLElement} */ (heads.lastElementChild);
    this.bars.replaceChildren(heads, ...this.lines.map(({ node }) => node));
    this.bars.hidden = !classes.length;
    // Names as wide as they need, within reason, and all alike.
    this.bars.style.setProperty(
      "--nn-label",
      `${Math.min(40, Math.max(8, ...shown.map(({ length }) => length + 1)))}ch`,
    );
  }

  /** @param {any} answer @param {any} data */
  show(answer, data) {
    const learned = data.epoch ? `epoch ${data.epoch}` : "untrained";
    setText(this.state, data.moving ? `${learned}, training` : learned);
    this.node.classList.toggle("nn-ask-failed", Boolean(answer.error));
    if (answer.error) {
      setText(this.title, "No answer");
      setText(this.share, "");
      setText(this.verdict, "");
      setText(this.sentence, answer.error);
      setText(this.remarks, "");
      for (const { share, output, fill } of this.lines) {
        setText(share, "");
        setText(output, "");
        fill.style.width = "0";
      }
      this.swatch.style.visibility = "hidden";
      return;
    }
    setText(this.title, answer.title);
    this.title.title = answer.title;
    setText(this.sentence, answer.sentence);
    setText(this.remarks, answer.remarks.length ? `${answer.remarks.join("; ")}: the network extrapolates.` : "");
    this._classes(answer);
    const { truth } = answer;
    const right = truth === answer.title;
    setText(
      this.verdict,
      !truth ? "" : this.lines.length ? (right ? `✓ right` : `✗ the truth is ${truth}`) : `the truth is ${truth}`,
    );
    this.verdict.title = truth ? `The truth is ${truth}` : "";
  }

  /** Shows probabilities read from a curve, until the answer itself is there. @param {number[] | null} shares */
  preview(shares) {
    if (!shares || !this.lines.length) return;
    const chosen = shares.indexOf(Math.max(...shares));
    setText(this.title, this.asked.classes[chosen]);
    this._shares(shares, chosen);
  }

  /** @param {(number | null)[]} shares @param {number} chosen */
  _shares(shares, chosen) {
    this.swatch.style.visibility = "";
    this.swatch.style.background = classColor(chosen);
    setText(this.share, figure(shares[chosen]));
    this.lines.forEach(({ node, fill, share }, code) => {
      const part = shares[code];
      fill.style.width = part === null ? "0" : `${(100 * part).toFixed(2)}%`;
      setText(share, figure(part));
      share.title = String(part);
      node.classList.toggle("nn-ask-chosen", code === chosen);
    });
  }

  /** @param {any} answer */
  _classes(answer) {
    if (!this.lines.length) {
      setText(this.share, "");
      return;
    }
    const { chosen, probabilities, outputs, names } = answer;
    this._shares(probabilities, chosen);
    const single = outputs.length === 1;
    if (this.outputHead) setText(this.outputHead, names[0].split(" of ")[0]);
    this.lines.forEach(({ output }, code) => {
      // One output speaks for the second class.
      setText(output, single ? (code === this.lines.length - 1 ? outputs[0] : "") : outputs[code]);
    });
  }
}

/** A probability with four digits, however small. @param {number | null} part */
function figure(part) {
  if (part === null) return "–";
  return part > 0.0005 ? part.toFixed(4) : short(part, 4);
}
