// @ts-check
/** The transport bar: train, pause, step, stop, reset; where the training is and how well it does. */

import {
  counter,
  duration,
  element,
  icon,
  loss,
  lowered,
  metricValue,
  percent,
  setText,
  short,
  text,
} from "./format.js";
import { connect } from "./live.js";
import { leadIntoMenus } from "./menu_keys.js";
import { mounted } from "./mount.js";
import { themeOf, wearTheme } from "./palette.js";
import { isPressable, isTyping, keysDialog } from "./transport_keys.js";
import { Pace } from "./transport_pace.js";
import { BUSY, FAULTS, settles, STARTABLE, stateText, STEPPABLE } from "./transport_state.js";

/** @typedef {import("./live.js").LiveFeed} LiveFeed */
/** @typedef {import("./live.js").Changes} Changes */
/** @typedef {import("./mount.js").Arguments} Arguments */
/** @typedef {"train" | "pause" | "step_batch" | "step_epoch" | "stop" | "reset_same" | "reset_new"} Action */
/**
 * @typedef {object} TransportData
 * @property {{path: string, token: string}} live
 * @property {string | null} [blocked] why the project cannot be trained
 * @property {boolean} [keys] does the keyboard play, pause and step?
 */

const ICONS = {
  play: "M8 5.2v13.6c0 .8.9 1.3 1.6.8l10-6.8c.6-.4.6-1.2 0-1.6l-10-6.8c-.7-.5-1.6 0-1.6.8z",
  pause: "M7 5h3.4v14H7zM13.6 5H17v14h-3.4z",
  batch: "M6 6.2v11.6l8.4-5.8zM16 6h2.4v12H16z",
  epoch: "M3.5 6.2v11.6L11 12zM11 6.2v11.6l7.5-5.8zM19 6h2.2v12H19z",
  stop: "M6.5 6.5h11v11h-11z",
  same: "M4.5 5v5h5M5.2 10a7.5 7.5 0 1 1-.9 5",
  fresh: "M19.5 5v5h-5M18.8 10A7.5 7.5 0 0 0 5 9.2M4.5 19v-5h5M5.2 14A7.5 7.5 0 0 0 19 14.8",
};
const GO_ON = "Go on from the last checkpoint";
/** After this the page believes the status again, whatever was clicked. */
const PATIENCE_MS = 2500;
/** How long to wait for further changes of another page before this one follows. */
const FOLLOW_MS = 250;
/** The bar's elements and what they show. */
class TransportBar {
  /** @param {Arguments} args */
  constructor(args) {
    this.args = args;
    /** @type {TransportData} */
    this.data = args.data ?? {};
    /** @type {LiveFeed | null} */
    this.feed = null;
    /** @type {(() => void) | null} */
    this.unsubscribe = null;
    this.last = 0;
    /** @type {{state: string, before: any} | null} what a click will lead to, and the status it was made on */
    this.expected = null;
    /** @type {number | undefined} */
    this.patience = undefined;
    /** @type {number | undefined} */
    this.following = undefined;
    this.spoken = "";
    this.spokenAt = 0;
    /** @type {number | undefined} */
    this.speaking = undefined;

    this.playIcon = icon(ICONS.play);
    this.pauseIcon = icon(ICONS.pause);
    this.trainLabel = text("Train");
    this.train = element(
      "button",
      { type: "button", class: "nn-train" },
      this.playIcon,
      this.pauseIcon,
      this.trainLabel,
    );
    this.train.addEventListener("click", () => this.toggle());
    this.batch = this._button("step_batch", "batch", ICONS.batch, "Train one batch (s)");
    this.epoch = this._button("step_epoch", "epoch", ICONS.epoch, "Train one epoch (e)");
    this.stop = this._button("stop", "", ICONS.stop, "Stop: end this run and keep its weights");
    this.same = this._button("reset_same", "same weights", ICONS.same, "Reset to the same initial weights (r)", true);
    this.fresh = this._button("reset_new", "new weights", ICONS.fresh, "Reset with new initial weights", true);
    this.pace = new Pace();
    const help = { type: "button", class: "nn-plain", title: "Keys (?)", "aria-label": "List of keys" };
    this.help = element("button", help, text("?"));
    this.help.addEventListener("click", () => this._showKeys());

    this.state = text("Starting", "nn-state");
    this.detail = text("", "nn-detail");
    this.goOn = element("button", { type: "button", class: "nn-link", "aria-label": GO_ON, title: GO_ON }, GO_ON);
    this.goOn.hidden = true;
    this.goOn.addEventListener("click", () => this.act("train"));
    this.epochs = text("", "nn-epochs");
    this.part = text("", "nn-part");
    this.left = text("", "nn-left");
    this.speed = text("", "nn-speed");
    const spring = element("span", { class: "nn-spring" });
    const words = element("div", { class: "nn-words" }, this.state, this.detail, this.goOn, spring, this.epochs);
    const end = element("span", { class: "nn-spring" });
    this.facts = element("div", { class: "nn-facts" }, this.part, this.left, end, this.speed);
    this.fill = element("div", { class: "nn-fill" });
    const range = { role: "progressbar", "aria-label": "Training progress", "aria-valuemin": 0, "aria-valuemax": 100 };
    this.bar = element("div", { class: "nn-bar", ...range }, this.fill);
    this.progress = element("div", { class: "nn-progress" }, words, this.bar, this.facts);

    this.trainLoss = figure("train loss");
    this.validationLoss = figure("validation loss");
    this.metric = figure("metric");
    const figures = element(
      "div",
      { class: "nn-figures" },
      this.trainLoss.node,
      this.validationLoss.node,
      this.metric.node,
    );
    this.live = element("div", { class: "nn-unseen", "aria-live": "polite" });
    this.dialog = keysDialog();
    const play = element("div", { class: "nn-group" }, this.train, this.batch, this.epoch, this.stop);
    const reset = element("div", { class: "nn-group" }, this.same, this.fresh);
    const bar = element(
      "div",
      { class: "nn-transport-row" },
      play,
      reset,
      this.pace.node,
      this.progress,
      figures,
      this.help,
    );
    this.node = element(
      "div",
      { class: "nn-board nn-transport", role: "group", "aria-label": "Training" },
      bar,
      this.live,
      this.dialog,
    );
    args.parentElement.append(this.node);
    this._key = (/** @type {KeyboardEvent} */ event) => this._press(event);
    // In the capture phase: Streamlit has a meaning of its own for r.
    window.addEventListener("keydown", this._key, true);
    this._leave = leadIntoMenus();
  }

  /** @param {Arguments} args */
  update(args) {
    this.args = args;
    this.data = args.data ?? {};
    wearTheme(this.node, themeOf(this.node));
    const feed = this.data.live ? connect(this.data.live) : null;
    if (feed !== this.feed) {
      this.unsubscribe?.();
      this.feed = feed;
      this.expected = null;
      if (feed) {
        this.pace.follow(feed, this.data.live?.token ?? "");
        this.unsubscribe = feed.subscribe((_, changes) => this._show(changes));
      }
    }
    this._draw();
  }

  destroy() {
    this.unsubscribe?.();
    window.removeEventListener("keydown", this._key, true);
    this._leave();
    window.clearTimeout(this.patience);
    window.clearTimeout(this.speaking);
    window.clearTimeout(this.following);
    this.node.remove();
  }

  /** Train, or pause what trains. */
  toggle() {
    this.act(BUSY.has(this.shownState()) ? "pause" : "train");
  }

  /** Does what a button does, if the button could be pressed. @param {Action} action */
  act(action) {
    if (!this.can(action)) return;
    const outcome = { train: "training", pause: "paused", stop: "done", reset_same: "ready", reset_new: "ready" };
    const state = /** @type {Record<string, string>} */ (outcome)[action];
    if (state) this._expect(state);
    this.last = Math.max(this.last + 1, Date.now());
    this.args.setTriggerValue("action", { do: action, n: this.last });
    this._draw();
  }

  /** @param {Action} action @returns {boolean} */
  can(action) {
    const state = this.shownState();
    if (this.feed?.connection !== "open" || state === "starting") return false;
    if (action === "pause") return BUSY.has(state);
    if (action === "stop") return BUSY.has(state) || state === "paused";
    if (action === "reset_same" || action === "reset_new") return !this.data.blocked;
    if (this.data.blocked) return false;
    return (action === "train" ? STARTABLE : STEPPABLE).has(state);
  }

  /** The state as shown: what a click will lead to, until the status says so or says otherwise for long. */
  shownState() {
    return this.expected?.state ?? this.feed?.status?.state ?? "starting";
  }

  /** @param {string} state */
  _expect(state) {
    this.expected = { state, before: this.feed?.status ?? {} };
    window.clearTimeout(this.patience);
    this.patience = window.setTimeout(() => {
      this.expected = null;
      this._draw();
    }, PATIENCE_MS);
  }

  /** @param {Changes} changes */
  _show(changes) {
    if (changes.elsewhere) this._follow();
    if (!changes.status && !changes.connection && !changes.reset) return;
    if (this.expected && (changes.reset || settles(this.expected, this.feed?.status ?? {}))) this.expected = null;
    this._draw();
  }

  /** Another page has changed the project: this one is to show it, too; changes in quick succession count once. */
  _follow() {
    window.clearTimeout(this.following);
    this.following = window.setTimeout(() => {
      this.last = Math.max(this.last + 1, Date.now());
      this.args.setTriggerValue("action", { do: "follow", n: this.last });
    }, FOLLOW_MS);
  }

  _draw() {
    const status = this.feed?.status ?? {};
    const state = this.shownState();
    const lost = this.feed?.connection === "lost";
    const busy = BUSY.has(state);
    this.node.dataset.state = lost ? "disconnected" : state;
    setText(this.trainLabel, busy ? "Pause" : "Train");
    this.playIcon.toggleAttribute("hidden", busy);
    this.pauseIcon.toggleAttribute("hidden", !busy);
    const blocked = busy ? null : this.data.blocked;
    const name = busy ? "Pause (space)" : state === "lost" ? `${GO_ON} (space)` : "Train (space)";
    const again = state === "done" ? "Train for as many epochs again (space)" : name;
    setName(this.train, blocked ?? again, blocked ? `Train: ${blocked}` : again);
    this.train.disabled = !this.can(busy ? "pause" : "train");
    this.batch.disabled = !this.can("step_batch");
    this.epoch.disabled = !this.can("step_epoch");
    this.stop.disabled = !this.can("stop");
    this.same.disabled = !this.can("reset_same");
    this.fresh.disabled = !this.can("reset_new");

    const label = lost ? "Connection lost" : blocked ? "Cannot train yet" : stateText(state, status);
    const message = lost
      ? "reconnecting"
      : (blocked ?? (FAULTS.has(state) || state === "asleep" ? status.message : ""));
    setText(this.state, label);
    setText(this.detail, state === "lost" && !lost ? "" : message || "");
    this.detail.title = message || "";
    this.progress.classList.toggle("nn-blocked", Boolean(blocked) && !lost);
    this.goOn.hidden = lost || state !== "lost";
    this.goOn.disabled = this.train.disabled;
    this.epochs.hidden = Boolean(message) || lost;
    this._drawFigures(status, state);
    const told = message || (state === "done" ? status.message : "");
    this._speak(told ? `${label}. ${told}` : label, status);
  }

  /** @param {any} status @param {string} state */
  _drawFigures(status, state) {
    const {
      epoch = 0,
      epochs = 0,
      batch = 0,
      batches = 0,
      latest = {},
      metric = "",
      metric_label: label = "Metric",
    } = status;
    const within = batches && batch < batches && state !== "done" ? batch / batches : 0;
    const done = epochs ? Math.min(1, (Math.max(0, epoch - (within ? 1 : 0)) + within) / epochs) : 0;
    setText(this.epochs, epochs ? `epoch ${counter(epoch, epochs)} / ${short(epochs, 4)}` : "");
    setText(this.part, epochs ? percent(Math.floor(done * 100) / 100) : "");
    // Why it ended before the last epoch, and whose weights these are.
    const ended = state === "done" ? (status.message ?? "") : "";
    const left = state === "training" && status.seconds_left != null ? `${duration(status.seconds_left)} left` : ended;
    setText(this.left, left);
    this.part.hidden = Boolean(ended);
    this.left.title = ended;
    setText(
      this.speed,
      state === "training" && status.steps_per_second ? `${short(status.steps_per_second)} steps/s` : "",
    );
    this.fill.style.transform = `scaleX(${done})`;
    this.bar.setAttribute("aria-valuenow", String(Math.round(done * 100)));
    setText(this.trainLoss.value, loss(latest.train_loss));
    setText(this.validationLoss.value, loss(latest.validation_loss));
    const shown = latest[`validation_${metric}`] ?? latest[`train_${metric}`];
    setText(this.metric.label, lowered(label));
    this.metric.node.title = `${label}${latest[`validation_${metric}`] == null ? ", train" : ", validation"}`;
    setText(this.metric.value, metricValue(metric, shown));
  }

  /**
   * Tells a screen reader of a new state and every tenth of the way, at most once a second.
   * @param {string} words
   * @param {any} status
   */
  _speak(words, status) {
    const tenth = status.epochs ? Math.floor((10 * (status.epoch ?? 0)) / status.epochs) : 0;
    const key = `${words} ${tenth}`;
    if (key === this.spoken) return;
    this.spoken = key;
    window.clearTimeout(this.speaking);
    const say = () => {
      this.spokenAt = performance.now();
      const where = status.epochs ? `, epoch ${status.epoch} of ${status.epochs}` : "";
      setText(this.live, `${words}${where}`);
    };
    this.speaking = window.setTimeout(say, Math.max(0, this.spokenAt + 1000 - performance.now()));
  }

  /**
   * @param {Action} action
   * @param {string} label
   * @param {string} path
   * @param {string} title
   * @param {boolean} [stroked]
   */
  _button(action, label, path, title, stroked = false) {
    const button = element(
      "button",
      { type: "button", class: "nn-button", title, "aria-label": title },
      icon(path, stroked),
    );
    if (label) button.append(text(label));
    button.dataset.do = action;
    button.addEventListener("click", () => this.act(action));
    return button;
  }

  /** @param {KeyboardEvent} event */
  _press(event) {
    if (!this.data.keys || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!this.node.isConnected || this.dialog.open) return;
    const target = event.composedPath()[0];
    if (isTyping(target)) return;
    /** @type {Record<string, () => void>} */
    const meanings = {
      s: () => this.act("step_batch"),
      e: () => this.act("step_epoch"),
      r: () => this.act("reset_same"),
      "?": () => this._showKeys(),
    };
    // Space on a button presses that button.
    if (!isPressable(target)) meanings[" "] = () => this.toggle();
    const meaning = meanings[event.key];
    if (!meaning) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat || event.key === "s" || event.key === "e") meaning();
  }

  _showKeys() {
    if (!this.dialog.open) this.dialog.showModal();
  }
}

/** A number under its name. @param {string} name */
function figure(name) {
  const label = text(name, "nn-figure-label");
  const value = text("–", "nn-figure-value");
  return { node: element("div", { class: "nn-figure" }, label, value), label, value };
}

/**
 * The same words for the eye and the screen reader.
 * @param {HTMLElement} node
 * @param {string} title
 * @param {string} label
 */
function setName(node, title, label) {
  if (node.title !== title) node.title = title;
  if (node.getAttribute("aria-label") !== label) node.setAttribute("aria-label", label);
}

export const render = mounted((args) => new TransportBar(args));
export default render;
