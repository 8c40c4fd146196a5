// @ts-check
/** The output rail: the plane with its switches or the comparison with the truth, the curves of loss and metric. */

import { AxisPicker } from "./axis_picker.js";
import { CurveChart } from "./charts.js";
import { Confusion } from "./confusion.js";
import { Errors } from "./errors.js";
import { element, icon, isPercent, lowered, setText, text } from "./format.js";
import { connect } from "./live.js";
import { mounted } from "./mount.js";
import { Plane } from "./plane.js";
import { partColors, themeOf } from "./palette.js";
import { ViewSwitch } from "./view_switch.js";

/** @typedef {import("./live.js").LiveFeed} LiveFeed */
/** @typedef {import("./live.js").Changes} Changes */
/** @typedef {import("./mount.js").Arguments} Arguments */
/**
 * @typedef {object} OutputData
 * @property {{path: string, token: string}} live
 * @property {string} [project] what the person chose to look at is kept by it
 * @property {string} [loss_label] such as "mean squared error"
 * @property {boolean} [outdated] what is shown is of the network or data before, as the new one cannot be trained yet
 * @property {{lines: string[]} | null} [answer] the exact prediction at the clicked place
 */

const DOWNLOAD = "M12 4v11M7 10.5l5 5 5-5M5 20h14";
const WAVE = "M3 14c2.2-7 4.2-7 6-2s3.800 5 6 0 3.600-6 6-1";
const CLOSE = "M6 6l12 12M18 6L6 18";

/** States whose sentence is shown over the plane. */
const SPOKEN = new Set(["queued", "diverged", "lost", "failed", "asleep"]);
const SPOKEN_TITLE = /** @type {Record<string, string>} */ ({
  queued: "Waiting for a free slot",
  diverged: "The training diverged",
  lost: "The worker was lost",
  failed: "The training failed",
  asleep: "Asleep",
});

/** A labeled switch. @param {string} label @param {string} title @param {(on: boolean) => void} onChange */
function toggle(label, title, onChange) {
  const input = element("input", { type: "checkbox", role: "switch" });
  input.addEventListener("change", () => onChange(input.checked));
  const node = element(
    "label",
    { class: "nn-switch", title },
    input,
    element("span", { class: "nn-track" }),
    text(label),
  );
  return { node, input };
}

/** The rail's elements and what they show. */
class OutputRail {
  /** @param {Arguments} args */
  constructor(args) {
    /** @type {Arguments} */
    this.args = args;
    /** @type {LiveFeed | null} */
    this.feed = null;
    /** @type {(() => void) | null} */
    this.unsubscribe = null;
    this.answer = "";
    this.dismissed = "";
    this.features = "";
    this.state = "";

    this.plane = new Plane((point) => this.args.setTriggerValue("point", point));
    this.confusion = new Confusion();
    this.errors = new Errors();
    this.across = new AxisPicker("Feature across", () => this._choose("x"));
    this.up = new AxisPicker("Feature up", () => this._choose("y"));
    this.plane.places.x.append(this.across.node);
    this.plane.places.y.append(this.up.node);
    const discretize = toggle("Discretize", "Show the decision instead of its probability", (on) =>
      this.plane.setOptions({ discretize: on }),
    );
    this.discretize = discretize.node;
    const test = toggle("Test points", "Show the points that were neither trained on nor validated on", (on) =>
      this.plane.setOptions({ test: on }),
    );
    this.test = test;
    this.views = new ViewSwitch(() => this._look());
    // Where there is little room, see compare.css.
    this.discretize.dataset.short = "Decision";
    test.node.dataset.short = "Test";
    this.switches = element("span", { class: "nn-switches" }, this.discretize, test.node);
    const spring = element("span", { class: "nn-spring" });
    const head = element(
      "div",
      { class: "nn-head" },
      this.views.node,
      spring,
      this.switches,
      this.confusion.wrong,
      this.errors.wrong,
    );

    this.pill = text("connection lost – reconnecting", "nn-pill");
    this.bannerTitle = text("", "nn-banner-title", "div");
    this.bannerText = text("", "", "div");
    this.banner = element("div", { class: "nn-banner", role: "status" }, this.bannerTitle, this.bannerText);
    this.pill.hidden = this.banner.hidden = true;
    this.before = text("Of the network before – the new one waits for a repair", "nn-before");
    this.before.hidden = true;
    this.card = element("div", { class: "nn-answer", role: "status" });
    this.card.hidden = true;
    const stage = element("div", { class: "nn-stage" }, this.plane.node, this.confusion.node, this.errors.node);
    stage.append(this.banner, this.before, this.pill, this.card);

    const series = /** @type {import("./charts.js").Series[]} */ ([
      { column: "train_loss", name: "train", part: "train" },
      { column: "validation_loss", name: "validation", part: "validation" },
    ]);
    this.loss = new CurveChart("Loss over the epochs", { series, yTitle: "loss" });
    this.metric = new CurveChart("Metric over the epochs", { series: [], yTitle: "" }, 125);
    const log = toggle("log", "Logarithmic axis", (on) => this.loss.set({ log: on }));
    const range = { type: "range", min: 0, max: 0.98, step: 0.02, value: 0 };
    const slider = element("input", { ...range, "aria-label": "Smoothing of the curves" });
    slider.addEventListener("input", () => {
      this.loss.set({ smoothing: Number(slider.value) });
      this.metric.set({ smoothing: Number(slider.value) });
    });
    const smoothing = element(
      "label",
      { class: "nn-smoothing", title: "Smooth the drawn lines" },
      icon(WAVE, true),
      slider,
    );
    this.metricTitle = text("Metric", "nn-title");
    this.keys = [keys(), keys()];
    const lossTitle = text("Loss", "nn-title");
    const lossSpring = element("span", { class: "nn-spring" });
    const metricSpring = element("span", { class: "nn-spring" });
    const lossHead = element(
      "div",
      { class: "nn-head nn-head-loss" },
      lossTitle,
      this.keys[0],
      lossSpring,
      log.node,
      smoothing,
      saver(this.loss, "loss"),
    );
    const metricHead = element(
      "div",
      { class: "nn-head" },
      this.metricTitle,
      this.keys[1],
      metricSpring,
      saver(this.metric, "metric"),
    );
    this.loss.node.classList.add("nn-chart-loss");
    this.metric.node.classList.add("nn-chart-metric");
    this.node = element(
      "div",
      { class: "nn-board nn-output" },
      head,
      stage,
      lossHead,
      this.loss.node,
      metricHead,
      this.metric.node,
    );
    args.parentElement.append(this.node);
    this._look();
  }

  /** @param {Arguments} args */
  update(args) {
    this.args = args;
    const data = /** @type {OutputData} */ (args.data ?? {});
    const theme = themeOf(this.node);
    this.node.style.colorScheme = theme.dark ? "dark" : "light";
    const colors = partColors(theme.dark);
    this.node.style.setProperty("--nn-train", colors.train);
    this.node.style.setProperty("--nn-validation", colors.validation);
    this.plane.refresh();
    this.confusion.refresh();
    this.errors.refresh();
    this.views.setProject(data.project ?? data.live?.token ?? "");
    this.loss.set({ yTitle: data.loss_label ? `loss (${data.loss_label})` : "loss" });
    this.metric.invalidate();
    this._showAnswer(data.answer ?? null);
    this.node.classList.toggle("nn-outdated", Boolean(data.outdated));
    this.before.hidden = !data.outdated;
    const feed = data.live ? connect(data.live) : null;
    if (feed === this.feed) return;
    this.unsubscribe?.();
    this.feed = feed;
    this.unsubscribe = feed ? feed.subscribe((source, changes) => this._show(source, changes)) : null;
  }

  destroy() {
    this.unsubscribe?.();
    this.plane.destroy();
    this.confusion.destroy();
    this.errors.destroy();
    this.loss.destroy();
    this.metric.destroy();
    this.node.remove();
  }

  /** @param {LiveFeed} feed @param {Changes} changes */
  _show(feed, changes) {
    this.plane.show(feed, changes);
    this.confusion.show(feed, changes);
    this.errors.show(feed, changes);
    if (changes.data || changes.picture) this._showFeatures(feed);
    if (changes.data) this._showTest(feed);
    if (changes.status) this._showStatus(feed.status);
    if (changes.rows || changes.reset) {
      this.loss.show(feed);
      this.metric.show(feed);
    }
    const state = feed.status?.state ?? "";
    if (changes.status && state !== this.state) {
      this.state = state;
      if (state !== "training") for (const chart of [this.loss, this.metric]) chart.hurry();
    }
    if (changes.connection) this.pill.hidden = feed.connection !== "lost";
    if (changes.reset) this.card.hidden = true;
    this.node.classList.toggle("nn-waiting", feed.picture === null);
  }

  /** Points of the test part can be shown only where there are some. @param {LiveFeed} feed */
  _showTest(feed) {
    const { input, node } = this.test;
    input.disabled = !feed.data?.arrays.part?.includes(2);
    node.title = input.disabled
      ? "There are no test points: the test share is 0"
      : "Show the points that were neither trained on nor validated on";
    if (input.disabled && input.checked) {
      input.checked = false;
      this.plane.setOptions({ test: false });
    }
  }

  /** @param {any} status */
  _showStatus(status) {
    const spoken = status && SPOKEN.has(status.state) && status.message;
    this.banner.hidden = !spoken;
    this.banner.dataset.state = status?.state ?? "";
    if (spoken) {
      setText(this.bannerTitle, SPOKEN_TITLE[status.state]);
      setText(this.bannerText, status.message);
    }
    if (!status?.metric) return;
    const label = status.metric_label ?? status.metric;
    if (this.metricTitle.textContent === label) return;
    setText(this.metricTitle, label);
    this.metricTitle.title = label;
    this.metric.set({
      series: [
        { column: `train_${status.metric}`, name: "train", part: "train" },
        { column: `validation_${status.metric}`, name: "validation", part: "validation" },
      ],
      yTitle: lowered(label),
      percent: isPercent(status.metric),
    });
  }

  /** The picture, or how well it agrees with the truth: one of them has the place. */
  _look() {
    const classes = this.feed?.data?.header.task !== "regression";
    const truth = this.views.looked === "truth";
    this.plane.node.classList.toggle("nn-away", truth);
    this.switches.hidden = truth;
    this.plane.setActive(!truth);
    for (const [pane, shown] of /** @type {[Confusion | Errors, boolean][]} */ ([
      [this.confusion, truth && classes],
      [this.errors, truth && !classes],
    ])) {
      pane.node.hidden = pane.wrong.hidden = !shown;
      if (pane.active !== shown) pane.setActive(shown);
    }
  }

  /** @param {LiveFeed} feed */
  _showFeatures(feed) {
    const features = /** @type {string[]} */ (feed.data?.header.features ?? []);
    const view = feed.picture?.header.view ?? feed.data?.header.view;
    const several = features.length > 2 && view?.kind !== "curve";
    this.across.node.hidden = this.up.node.hidden = !several;
    this.plane.setTitles(!several);
    this.discretize.hidden = view?.kind === "curve";
    if (feed.data) this.views.setNames(feed.data.header.task, view?.kind ?? "");
    this._look();
    const key = JSON.stringify(features);
    if (key !== this.features) {
      this.features = key;
      for (const picker of [this.across, this.up]) picker.setOptions(features);
    }
    if (!several || !view) return;
    // Until the picture of the chosen pair came, the person's choice stands.
    const { activeElement } = /** @type {Document | ShadowRoot} */ (this.node.getRootNode());
    if (this.across.isUsed(activeElement) || this.up.isUsed(activeElement)) return;
    const { x = view.x, y = view.y } = feed.view;
    this.across.value = String(x);
    this.up.value = String(y);
  }

  /** @param {"x" | "y"} changed */
  _choose(changed) {
    if (this.across.value === this.up.value) {
      // The same feature twice shows nothing: the two change places.
      const view = this.feed?.picture?.header.view ?? { x: 0, y: 1 };
      const other = String(changed === "x" ? (this.feed?.view.x ?? view.x) : (this.feed?.view.y ?? view.y));
      if (changed === "x") this.up.value = other;
      else this.across.value = other;
    }
    this.plane.unpin();
    this.feed?.request({ x: Number(this.across.value), y: Number(this.up.value) });
  }

  /** @param {{lines: string[]} | null} answer */
  _showAnswer(answer) {
    const key = answer ? JSON.stringify(answer) : "";
    if (key === this.answer) return;
    this.answer = key;
    this.card.hidden = !answer;
    if (!answer) return;
    const close = element(
      "button",
      { type: "button", class: "nn-plain", title: "Close", "aria-label": "Close" },
      icon(CLOSE, true),
    );
    close.addEventListener("click", () => {
      this.card.hidden = true;
      this.plane.unpin();
    });
    this.card.replaceChildren(close, ...(answer.lines ?? []).map((line) => text(String(line), "", "div")));
  }
}

/** The names of the two lines. */
function keys() {
  const names = ["train", "validation"];
  const items = names.map((name) => element("span", { class: `nn-key nn-key-${name}` }, text(name)));
  return element("span", { class: "nn-keys" }, ...items);
}

/** A button that saves a chart as an image. @param {CurveChart} chart @param {string} name */
function saver(chart, name) {
  const label = `Download the ${name} chart as PNG`;
  const button = element(
    "button",
    { type: "button", class: "nn-plain", title: label, "aria-label": label },
    icon(DOWNLOAD, true),
  );
  button.addEventListener("click", () => void chart.download(name));
  return button;
}

export const render = mounted((args) => new OutputRail(args));
export default render;
