// @ts-check
/** Numbers and times as short text, and elements built without ever parsing text as HTML. */

const MINUS = "\u2212";
const NOTHING = "\u2013";
const THIN = "\u202f";
const UNITS = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** Is it a number one can show? @param {unknown} value @returns {value is number} */
const finite = (value) => typeof value === "number" && Number.isFinite(value);

/** Text for what is not a finite number. @param {unknown} value */
function notFinite(value) {
  if (value === Infinity) return "∞";
  if (value === -Infinity) return `${MINUS}∞`;
  return NOTHING;
}

/** A real minus sign. @param {string} text */
const signed = (text) => text.replace(/-/g, MINUS);

/**
 * A number in few characters: `0.083`, `12.5`, `1.2 M`, `3.4e−5`; a dash when there is none.
 * @param {number | null | undefined} value
 * @param {number} [digits] significant digits
 * @returns {string}
 */
export function short(value, digits = 3) {
  if (!finite(value)) return notFinite(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-3) {
    const [mantissa, exponent] = value.toExponential(Math.max(0, digits - 2)).split("e");
    return signed(`${Number(mantissa)}e${Number(exponent)}`);
  }
  if (size >= 1e4) {
    for (const [scale, unit] of /** @type {[number, string][]} */ (UNITS)) {
      // 999 950 reads "1 M", not "1000 k".
      if (size >= scale * 0.9995) return signed(`${Number((value / scale).toPrecision(digits))}${THIN}${unit}`);
    }
  }
  if (size >= 1000) return signed(String(Math.round(value)));
  return signed(String(Number(value.toPrecision(digits))));
}

/**
 * A number with always as many decimals, for figures that must not jump.
 * @param {number | null | undefined} value
 * @param {number} decimals
 * @returns {string}
 */
export function fixed(value, decimals) {
  return finite(value) ? signed(value.toFixed(decimals)) : notFinite(value);
}

/**
 * A loss in at most seven characters: `0.0832`, `12.41`, `3.4e−5`, `1.2 M`.
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function loss(value) {
  if (!finite(value)) return notFinite(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 5e-4 || size >= 1e4)) return short(value, 3);
  return fixed(value, size >= 1000 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4);
}

/**
 * A part of one as percent: `96.7 %`.
 * @param {number | null | undefined} part
 * @param {number} [decimals]
 * @returns {string}
 */
export function percent(part, decimals = 0) {
  return finite(part) ? `${fixed(part * 100, decimals)}${THIN}%` : notFinite(part);
}

const AS_PERCENT = new Set(["accuracy", "balanced_accuracy", "precision", "recall"]);

/** Is this metric read as percent? @param {string} metric @returns {boolean} */
export function isPercent(metric) {
  return AS_PERCENT.has(metric);
}

/**
 * A metric's value as its readers write it.
 * @param {string} metric
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function metricValue(metric, value) {
  return isPercent(metric) ? percent(value, 1) : loss(value);
}

/**
 * A label in the middle of a line: the first letter small; `R²` and `MAE` stay.
 * @param {string} label
 * @returns {string}
 */
export function lowered(label) {
  return /^[A-Z][a-z]/.test(label) ? label[0].toLowerCase() + label.slice(1) : label;
}

/** A whole number with thousands apart: `12,300`. @param {number | null | undefined} value @returns {string} */
export function count(value) {
  if (!finite(value)) return notFinite(value);
  return signed(String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ","));
}

/** `1 parameter`, `1,234 parameters`. @param {number} number @param {string} noun */
export function counted(number, noun) {
  return `${number >= 1e9 ? short(number) : count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * Names without the long beginning that all of them share: cut short they would all read the same.
 * @param {string[]} names
 * @param {number} [room] letters that can be shown
 * @returns {string[]}
 */
export function toldApart(names, room = 14) {
  if (names.length < 2 || !names.some(({ length }) => length > room)) return names;
  let shared = 0;
  while (names.every((name) => shared < name.length && name[shared] === names[0][shared])) shared += 1;
  // Whole words only.
  while (shared > 0 && !/[\s_.:/-]/.test(names[0][shared - 1])) shared -= 1;
  if (shared < 5 || names.some(({ length }) => length <= shared)) return names;
  return names.map((name) => `…${name.slice(shared)}`);
}

/** Seconds as `0:04`, `12:30` or `1:02:03`. @param {number | null | undefined} seconds @returns {string} */
export function duration(seconds) {
  if (!finite(seconds) || seconds < 0) return NOTHING;
  const whole = Math.ceil(seconds);
  if (whole >= 360000) return `>${THIN}99${THIN}h`;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/**
 * A number with leading zeros, as wide as the largest it counts to (at least 4).
 * @param {number} value
 * @param {number} largest
 * @returns {string}
 */
export function counter(value, largest) {
  return String(value).padStart(Math.max(4, String(largest).length), "0");
}

/**
 * Round tick values that cover a range.
 * @param {number} low
 * @param {number} high
 * @param {number} [about] how many are wanted
 * @returns {number[]}
 */
export function ticks(low, high, about = 5) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const raw = span / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const result = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) {
    result.push(index === 0 ? 0 : Number((index * step).toPrecision(12)));
  }
  return result;
}

/**
 * Puts text into a node only when it changed, so that nothing is laid out again for nothing.
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * An element; strings among the children become text, never HTML.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes] true: present without a value;
 *   false, null: absent
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}

/**
 * An element of a class that holds text.
 * @param {string} content
 * @param {string} [className]
 * @param {keyof HTMLElementTagNameMap} [tag]
 * @returns {HTMLElement}
 */
export function text(content, className = "", tag = "span") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = content;
  return node;
}

/**
 * An icon of one path in a 24 by 24 box, hidden from screen readers (its button has the name).
 * @param {string} path
 * @param {boolean} [stroked] drawn as a line instead of filled
 * @returns {SVGSVGElement}
 */
export function icon(path, stroked = false) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", stroked ? "nn-icon nn-icon-line" : "nn-icon");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
