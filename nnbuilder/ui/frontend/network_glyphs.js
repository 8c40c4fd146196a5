// @ts-check
/** Small drawings of what a layer does: the curve of an activation, silenced dots, a bell. */

const SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 40;
const HEIGHT = 22;
const STEPS = 40;

/** @param {number} x */
const sigmoid = (x) => 1 / (1 + Math.exp(-x));
/** @param {number} x */
const softplus = (x) => Math.log1p(Math.exp(x));
/** @param {number} x */
const identity = (x) => x;

/** The curve and the span of values shown. @type {Record<string, [(x: number) => number, number, number]>} */
const CURVES = {
  relu: [(x) => Math.max(0, x), -0.8, 3],
  leaky_relu: [(x) => Math.max(0.15 * x, x), -0.8, 3],
  prelu: [(x) => Math.max(0.25 * x, x), -0.8, 3],
  elu: [(x) => (x > 0 ? x : Math.expm1(x)), -1.2, 3],
  selu: [(x) => 1.0507 * (x > 0 ? x : 1.6733 * Math.expm1(x)), -2, 3.2],
  gelu: [(x) => x * sigmoid(1.702 * x), -0.8, 3],
  silu: [(x) => x * sigmoid(x), -0.8, 3],
  mish: [(x) => x * Math.tanh(softplus(x)), -0.8, 3],
  sigmoid: [(x) => sigmoid(2 * x), -0.15, 1.15],
  log_sigmoid: [(x) => -softplus(-x), -3.2, 0.4],
  tanh: [Math.tanh, -1.2, 1.2],
  hardtanh: [(x) => Math.max(-1, Math.min(1, x)), -1.3, 1.3],
  softplus: [softplus, -0.4, 3],
  softsign: [(x) => (2 * x) / (1 + Math.abs(2 * x)), -1.2, 1.2],
  identity: [identity, -3, 3],
  batch_norm: [(x) => Math.exp(-x * x), -0.1, 1.15],
  layer_norm: [(x) => Math.exp(-x * x), -0.1, 1.15],
};
/** Heights of the bars of a distribution. @type {Record<string, number[]>} */
const BARS = { softmax: [0.2, 0.35, 1, 0.5, 0.15], log_softmax: [0.85, 0.7, 0.1, 0.5, 1] };

/** @param {string} tag @param {Record<string, string | number>} attributes */
function shape(tag, attributes) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

/**
 * The drawing of a kind of layer, or null where there is none.
 * @param {string} kind
 * @returns {SVGSVGElement | null}
 */
export function glyph(kind) {
  const svg = /** @type {SVGSVGElement} */ (
    shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "nn-glyph", "aria-hidden": "true" })
  );
  if (Object.hasOwn(CURVES, kind)) {
    const [curve, low, high] = CURVES[kind];
    /** @param {number} value */
    const up = (value) => 1 + (1 - (value - low) / (high - low)) * (HEIGHT - 2);
    const points = [];
    for (let step = 0; step <= STEPS; step += 1) {
      const x = -3 + (6 * step) / STEPS;
      const y = up(Math.max(low, Math.min(high, curve(x))));
      points.push(`${((WIDTH * step) / STEPS).toFixed(1)} ${y.toFixed(1)}`);
    }
    svg.append(
      shape("path", { class: "nn-glyph-axis", d: `M0 ${up(0).toFixed(1)}H${WIDTH}M${WIDTH / 2} 0V${HEIGHT}` }),
      shape("path", { class: "nn-glyph-curve", d: `M${points.join("L")}` }),
    );
    return svg;
  }
  if (Object.hasOwn(BARS, kind)) {
    BARS[kind].forEach((height, index) => {
      const tall = height * (HEIGHT - 3);
      svg.append(
        shape("rect", {
          class: "nn-glyph-bar",
          x: 4 + index * 7,
          width: 4.5,
          y: HEIGHT - 1 - tall,
          height: tall,
          rx: 1,
        }),
      );
    });
    return svg;
  }
  if (kind === "dropout") {
    for (let index = 0; index < 8; index += 1) {
      const silenced = index === 1 || index === 4 || index === 6;
      svg.append(
        shape("circle", {
          class: silenced ? "nn-glyph-off" : "nn-glyph-bar",
          cx: 6.5 + (index % 4) * 9,
          cy: index < 4 ? 6.5 : 15.5,
          r: 2.6,
        }),
      );
    }
    return svg;
  }
  return null;
}
