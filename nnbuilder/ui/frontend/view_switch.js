// @ts-check
/** The switch between the picture over two features and the comparison with the truth; what is chosen is kept. */

import { element, setText, text } from "./format.js";

/** @typedef {"picture" | "truth"} Looked what is looked at */

const CHOICES = /** @type {Looked[]} */ (["picture", "truth"]);
let made = 0;

/** Two radio buttons in one frame. */
export class ViewSwitch {
  /** @param {(looked: Looked) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.project = "";
    /** @type {Looked} */
    this.looked = "picture";
    this.node = element("div", { class: "nn-views", role: "radiogroup", "aria-label": "What to look at" });
    made += 1;
    this.options = CHOICES.map((value) => {
      const input = element("input", { type: "radio", name: `nn-view-${made}`, value, checked: value === "picture" });
      const name = text("");
      const label = element("label", { class: "nn-view" }, input, name);
      input.addEventListener("change", () => this._choose(value));
      this.node.append(label);
      return { input, name, label };
    });
    this.setNames("", "");
  }

  /**
   * Names what can be looked at, by the task and the number of features.
   * @param {string} task
   * @param {string} kind of the picture
   */
  setNames(task, kind) {
    const classes = task !== "regression";
    const curve = kind === "curve";
    const [picture, truth] = this.options;
    setText(picture.name, classes ? (curve ? "Probability" : "Boundary") : curve ? "Curve" : "Surface");
    setText(truth.name, classes ? "Confusion" : "Errors");
    picture.label.title = curve
      ? "What the network answers over the feature"
      : "What the network answers over two features";
    truth.label.title = classes ? "How often each class is taken for which" : "Predicted values against the true ones";
  }

  /** Brings back what was looked at in this project. @param {string} project */
  setProject(project) {
    if (project === this.project) return;
    this.project = project;
    let kept = null;
    try {
      kept = window.localStorage.getItem(this._key());
    } catch (error) {
      // Storage may be forbidden; the choice then lasts until the page is loaded anew.
      console.info("What is looked at is not kept over a reload.", error);
    }
    this._show(kept === "truth" ? "truth" : "picture");
  }

  /** @param {Looked} looked */
  _choose(looked) {
    this._show(looked);
    try {
      window.localStorage.setItem(this._key(), looked);
    } catch (error) {
      console.info("What is looked at is not kept over a reload.", error);
    }
  }

  /** @param {Looked} looked */
  _show(looked) {
    this.looked = looked;
    for (const { input } of this.options) input.checked = input.value === looked;
    this.onChange(looked);
  }

  _key() {
    return `nnbuilder.looked.${this.project}`;
  }
}
