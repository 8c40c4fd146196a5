// @ts-check
/** Curves over the epochs, drawn by Plotly.js at most a few times a second, with zoom kept while data comes. */

import { smooth, thin } from "./curves.js";
import { element, text } from "./format.js";
import { css, mix, partColors, rgb, themeOf } from "./palette.js";

/** @typedef {import("./live.js").LiveFeed} LiveFeed */
/**
 * @typedef {object} Series
 * @property {string} column of the history
 * @property {string} name
 * @property {"train" | "validation" | "test"} part
 */
/**
 * @typedef {object} ChartSettings
 * @property {Series[]} series
 * @property {string} yTitle
 * @property {boolean} [log]
 * @property {boolean} [percent]
 * @property {number} [smoothing] 0 to below 1
 */

const LIBRARY = "/assets/vendor/plotly.min.js";
const MOST_POINTS = 2000;
const SHORTEST_PERIOD_MS = 250;
// A slow machine draws less often: a chart takes at most a twentieth of its time, the moving picture goes first.
const TIMES_THE_COST = 20;
const MARGIN = { l: 46, r: 12, t: 6, b: 34 };

/** @type {Promise<any> | null} */
let library = null;

/** Plotly.js, loaded once a page and only when a chart is shown. @returns {Promise<any>} */
export function loadPlotly() {
  const loaded = /** @type {any} */ (window).Plotly;
  if (loaded) return Promise.resolve(loaded);
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = LIBRARY;
    script.async = true;
    script.addEventListener("load", () => resolve(/** @type {any} */ (window).Plotly));
    script.addEventListener("error", () => {
      library = null;
      script.remove();
      reject(new Error("The chart library could not be loaded; reload the page when the server answers again."));
    });
    document.head.append(script);
  });
  return library;
}

/** Plotly's own rules lie in the document's head, where a shadow root does not see them. @param {Node} node */
function adoptStyle(node) {
  const root = node.getRootNode();
  if (!(root instanceof ShadowRoot) || root.querySelector("style[data-plotly]")) return;
  const global = /** @type {HTMLStyleElement | null} */ (document.getElementById("plotly.js-style-global"));
  const rules = [...(global?.sheet?.cssRules ?? [])].map((rule) => rule.cssText);
  const style = element("style", { "data-plotly": true });
  style.textContent = rules.reverse().join("\n");
  root.append(style);
}

/**
 * A title without what stands in parentheses when the whole is longer than its axis.
 * @param {string} title
 * @param {number} room in pixels
 * @param {string} font
 */
function fitting(title, room, font) {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return title;
  context.font = `11px ${font}`;
  return context.measureText(title).width <= room ? title : title.replace(/ \(.*\)$/, "");
}

/** One chart in its box; give it a height with CSS. */
export class CurveChart {
  /**
   * @param {string} label for screen readers
   * @param {ChartSettings} settings
   * @param {number} [lag] ms after which it draws first, so that two charts take turns
   */
  constructor(label, settings, lag = 0) {
    this.settings = settings;
    this.plot = element("div", { class: "nn-plot", role: "img", "aria-label": label });
    this.fault = text("", "nn-chart-fault", "div");
    this.node = element("div", { class: "nn-chart" }, this.plot, this.fault);
    /** @type {LiveFeed | null} */
    this.feed = null;
    /** @type {any} */
    this._plotly = null;
    this._destroyed = false;
    this._dirty = false;
    this._drawing = false;
    this._listening = false;
    /** @type {number | null | undefined} the run that is drawn */
    this._serial = undefined;
    /** @type {number | undefined} */
    this._timer = undefined;
    this._next = performance.now() + lag;
    /** @type {{x: number, y: number} | null} the pointer over the plot, in pixels of the window */
    this._pointer = null;
    this.plot.addEventListener("pointermove", (event) => {
      this._pointer = { x: event.clientX, y: event.clientY };
    });
    this.plot.addEventListener("pointerleave", () => {
      this._pointer = null;
    });
    this._seen = () => this._dirty && this._schedule();
    document.addEventListener("visibilitychange", this._seen);
    this.observer = new ResizeObserver(() => this.invalidate());
    this.observer.observe(this.node);
  }

  /** @param {Partial<ChartSettings>} settings */
  set(settings) {
    Object.assign(this.settings, settings);
    this._next = Math.min(this._next, performance.now());
    this.invalidate();
  }

  /** @param {LiveFeed} feed */
  show(feed) {
    this.feed = feed;
    this.invalidate();
  }

  /** Something is to be drawn anew, when its turn comes. */
  invalidate() {
    this._dirty = true;
    this._schedule();
  }

  /** Draws what is new without waiting for its turn: training has come to rest. */
  hurry() {
    window.clearTimeout(this._timer);
    this._timer = undefined;
    this._next = performance.now();
    this.invalidate();
  }

  destroy() {
    this._destroyed = true;
    window.clearTimeout(this._timer);
    document.removeEventListener("visibilitychange", this._seen);
    this.observer.disconnect();
    if (this._plotly) this._plotly.purge(this.plot);
  }

  /** Saves the chart as a PNG file. @param {string} filename */
  async download(filename) {
    if (!this._plotly) return;
    const { clientWidth: width, clientHeight: height } = this.plot;
    await this._plotly.downloadImage(this.plot, { format: "png", width, height, scale: 3, filename });
  }

  _schedule() {
    if (this._timer !== undefined || this._drawing || this._destroyed || document.hidden) return;
    const wait = Math.max(0, this._next - performance.now());
    this._timer = window.setTimeout(() => {
      this._timer = undefined;
      void this._draw();
    }, wait);
  }

  async _draw() {
    if (!this._dirty || this._destroyed || document.hidden || !this.node.clientWidth || !this.node.clientHeight) return;
    this._drawing = true;
    this._dirty = false;
    try {
      this._plotly = await loadPlotly();
      if (this._destroyed) return;
      adoptStyle(this.plot);
      const started = performance.now();
      const serial = this.feed?.serial;
      await this._plotly.react(this.plot, this._traces(), this._layout(), {
        displayModeBar: false,
        responsive: false,
        doubleClick: "reset+autosize",
        showTips: false,
      });
      if (this._destroyed) return;
      this._serial = serial;
      this._listen();
      this._hover();
      const ended = performance.now();
      this._next = ended + Math.max(SHORTEST_PERIOD_MS, TIMES_THE_COST * (ended - started));
      this.fault.textContent = "";
    } catch (error) {
      this.fault.textContent = error instanceof Error ? error.message : String(error);
      this._next = performance.now() + 5000;
      this._dirty = true;
    } finally {
      this._drawing = false;
    }
    if (this._dirty) this._schedule();
  }

  /** After a zoom the visible part is thinned anew, so that it shows what lies there. */
  _listen() {
    if (this._listening) return;
    this._listening = true;
    /** @type {any} */ (this.plot).on("plotly_relayout", (/** @type {any} */ change) => {
      if (Object.keys(change).some((key) => key.startsWith("xaxis"))) this.invalidate();
    });
  }

  /** Drawing anew takes the hover label away; where the pointer rests it comes back with the new values. */
  _hover() {
    const full = /** @type {any} */ (this.plot)._fullLayout;
    if (!this._pointer || !full?.xaxis || /** @type {any} */ (this.plot)._dragging) return;
    const bounds = this.plot.getBoundingClientRect();
    const x = this._pointer.x - bounds.left - full.xaxis._offset;
    const y = this._pointer.y - bounds.top - full.yaxis._offset;
    if (x < 0 || y < 0 || x > full.xaxis._length || y > full.yaxis._length) return;
    this._plotly.Fx.hover(this.plot, { xpx: x, ypx: y, xval: full.xaxis.p2c(x), yval: full.yaxis.p2c(y) }, "xy");
  }

  /** The epochs a person zoomed to. @returns {[number, number] | undefined} */
  _range() {
    const axis = /** @type {any} */ (this.plot).layout?.xaxis;
    // A zoom into the run before says nothing about this one.
    if (!axis || axis.autorange !== false || !axis.range || this._serial !== this.feed?.serial) return undefined;
    return [Number(axis.range[0]), Number(axis.range[1])];
  }

  _traces() {
    const theme = themeOf(this.node);
    const colors = partColors(theme.dark);
    const { series, smoothing = 0, percent: asPercent } = this.settings;
    const range = this._range();
    const epochs = this.feed?.column("epoch") ?? new Float64Array(0);
    const traces = [];
    for (const { column, name, part } of series) {
      const values = this.feed?.column(column) ?? new Float64Array(0);
      const shown = values.length ? thin(epochs, values, MOST_POINTS, range) : { x: [], y: [] };
      const common = { type: "scatter", mode: "lines", connectgaps: false, name };
      const hovertemplate = asPercent ? "%{y:.1%}" : "%{y:.4~g}";
      if (smoothing > 0) {
        const line = { color: colors[part], width: 1 };
        traces.push({ ...common, ...shown, line, opacity: 0.28, hoverinfo: "skip" });
      }
      const drawn =
        smoothing > 0 && values.length ? thin(epochs, smooth(values, smoothing), MOST_POINTS, range) : shown;
      // A single epoch is no line yet: a dot shows that it is there.
      const mode = values.length === 1 ? "lines+markers" : "lines";
      traces.push({
        ...common,
        mode,
        ...drawn,
        line: { color: colors[part], width: 1.8 },
        marker: { size: 5 },
        hovertemplate,
      });
    }
    return traces;
  }

  _layout() {
    const theme = themeOf(this.node);
    const grid = css(mix(rgb(theme.background), rgb(theme.text), 0.1));
    const font = { family: theme.font, size: 11, color: theme.muted };
    const title = { font: { family: theme.font, size: 11, color: theme.text }, standoff: 4 };
    const axis = {
      gridcolor: grid,
      gridwidth: 1,
      linecolor: theme.border,
      tickfont: font,
      zeroline: false,
      automargin: false,
      ticks: "",
      // Before the first epoch there is nothing to read off the axes.
      showticklabels: Boolean(this.feed?.rows),
      showgrid: Boolean(this.feed?.rows),
    };
    const { yTitle, log, percent: asPercent } = this.settings;
    return {
      width: this.node.clientWidth,
      height: this.node.clientHeight,
      margin: MARGIN,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font,
      showlegend: false,
      hovermode: "x unified",
      hoverlabel: {
        bgcolor: theme.background,
        bordercolor: theme.border,
        font: { family: theme.font, size: 11, color: theme.text },
      },
      dragmode: "zoom",
      // The zoom is a person's; it stays until another run is shown.
      uirevision: `${this.feed?.serial ?? 0}`,
      xaxis: {
        ...axis,
        title: { ...title, text: "epoch" },
        nticks: 6,
        rangemode: "nonnegative",
        // Whole epochs from the first on; with few of them each has its mark.
        ...(this.feed && this.feed.rows < 6 && !this._range() ? { dtick: 1, tickformat: "d" } : { tickformat: "~s" }),
        hoverformat: ",d",
        unifiedhovertitle: { text: "epoch %{x}" },
        spikethickness: 1,
        spikecolor: theme.muted,
        spikedash: "solid",
      },
      yaxis: {
        ...axis,
        title: { ...title, text: fitting(yTitle, this.node.clientHeight - MARGIN.b + MARGIN.t, theme.font) },
        type: log ? "log" : "linear",
        uirevision: `${this.feed?.serial ?? 0} ${Boolean(log)}`,
        nticks: 5,
        tickformat: asPercent ? ".0%" : "",
        exponentformat: log ? "e" : "SI",
        minexponent: 4,
        ...(asPercent ? { maxallowed: 1.02, minallowed: 0 } : {}),
      },
    };
  }
}
