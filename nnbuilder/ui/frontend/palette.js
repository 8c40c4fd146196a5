// @ts-check
/**
 * Colors of the data: two classes, several classes, maps with a neutral middle, and the page's theme.
 *
 * Blue is the second class and the positive sign, orange the first class and the negative sign, everywhere.
 */

/** @typedef {[number, number, number]} Rgb red, green, blue, each 0 to 255 */
/**
 * @typedef {object} Theme the page's colors as plain CSS strings
 * @property {boolean} dark
 * @property {string} text
 * @property {string} muted text color for labels and ticks
 * @property {string} background
 * @property {string} surface slightly raised background
 * @property {string} border
 * @property {string} primary
 * @property {string} font
 */

/** First class, negative sign. */
export const ORANGE = "#f59322";
/** Second class, positive sign. */
export const BLUE = "#0877bd";

/**
 * One color a class: Okabe and Ito's set with our orange and blue at its head, so that two classes keep their colors
 * when a third one comes, and five more that keep as far from all others with every common kind of color vision.
 */
export const SEVERAL = Object.freeze([
  "#f59322",
  "#0877bd",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#f0e442",
  "#7a2ff0",
  "#904830",
  "#a8c078",
  "#655082",
  "#b266f7",
]);

/** The value between two numbers at `part` (0 to 1). @param {number} from @param {number} to @param {number} part */
const between = (from, to, part) => from + (to - from) * part;

/**
 * Red, green and blue of `#rrggbb`, `#rgb`, `rgb(…)`, `rgba(…)` or `color(srgb …)`.
 * @param {string} color
 * @returns {Rgb}
 */
export function rgb(color) {
  const hex = color.trim().match(/^#(?:([0-9a-f]{6})(?:[0-9a-f]{2})?|([0-9a-f]{3})[0-9a-f]?)$/i);
  if (hex) {
    const digits = hex[1] ?? [...hex[2]].map((digit) => digit + digit).join("");
    const number = Number.parseInt(digits, 16);
    return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
  }
  const numbers = (color.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  const scale = color.trim().startsWith("color(") ? 255 : 1;
  return [(numbers[0] ?? 0) * scale, (numbers[1] ?? 0) * scale, (numbers[2] ?? 0) * scale];
}

/** A color as CSS text. @param {Rgb} color @param {number} [alpha] @returns {string} */
export function css([red, green, blue], alpha = 1) {
  const channels = [red, green, blue].map(Math.round).join(", ");
  return alpha === 1 ? `rgb(${channels})` : `rgba(${channels}, ${alpha})`;
}

/**
 * Two colors mixed; `part` 0 is the first, 1 the second.
 * @param {Rgb} first
 * @param {Rgb} second
 * @param {number} part
 * @returns {Rgb}
 */
export function mix(first, second, part) {
  return [between(first[0], second[0], part), between(first[1], second[1], part), between(first[2], second[2], part)];
}

/** Color of class number `index`. @param {number} index @returns {string} */
export function classColor(index) {
  return SEVERAL[index % SEVERAL.length];
}

/** The neutral middle of maps. @param {boolean} dark @returns {Rgb} */
export function neutral(dark) {
  return dark ? [38, 42, 48] : [232, 234, 235];
}

/**
 * Color of a value between −1 (orange) and +1 (blue) with the neutral middle at 0.
 * @param {number} value
 * @param {boolean} dark
 * @returns {Rgb}
 */
export function diverging(value, dark) {
  const bounded = Math.max(-1, Math.min(1, value));
  const end = rgb(bounded < 0 ? ORANGE : dark ? "#2196e3" : BLUE);
  return mix(neutral(dark), end, Math.abs(bounded));
}

/**
 * Color of a value between 0 and 1 when its range has no meaningful middle.
 * @param {number} value
 * @param {boolean} dark
 * @returns {Rgb}
 */
export function sequential(value, dark) {
  const bounded = Math.max(0, Math.min(1, value));
  /** @type {Rgb[]} */
  const stops = dark
    ? [
        [38, 42, 48],
        [16, 88, 135],
        [56, 160, 205],
        [214, 240, 236],
      ]
    : [
        [240, 243, 242],
        [150, 205, 222],
        [38, 132, 186],
        [9, 54, 104],
      ];
  const place = bounded * (stops.length - 1);
  const below = Math.min(Math.floor(place), stops.length - 2);
  return mix(stops[below], stops[below + 1], place - below);
}

/**
 * Color of a probability of the second class. Certainty is not quite the class's own color, so that points stand out.
 * @param {number} probability
 * @param {boolean} dark
 * @returns {Rgb}
 */
export function probabilityColor(probability, dark) {
  return diverging((2 * probability - 1) * 0.86, dark);
}

/**
 * Color of a weight whose largest neighbor is `extent`: blue positive, orange negative.
 * @param {number} value
 * @param {number} extent
 * @param {boolean} dark
 * @returns {string}
 */
export function signColor(value, extent, dark) {
  const part = extent > 0 ? value / extent : 0;
  // A square root keeps small weights visible.
  return css(diverging(Math.sign(part) * Math.sqrt(Math.abs(part)), dark));
}

/**
 * A table of 256 RGBA pixels for a uint8 map, ready to be written into an ImageData as Uint32.
 * @param {(value: number) => Rgb} color color of a value between 0 and 1
 * @returns {Uint32Array}
 */
export function pixelTable(color) {
  const bytes = new Uint8ClampedArray(256 * 4);
  for (let index = 0; index < 256; index += 1) {
    bytes.set([...color(index / 255), 255], index * 4);
  }
  return new Uint32Array(bytes.buffer);
}

/**
 * Table for a map in which 128 is neutral (probabilities, what a neuron answers).
 * @param {boolean} dark
 * @returns {Uint32Array}
 */
export function divergingTable(dark) {
  return pixelTable((value) => diverging(2 * value - 1, dark));
}

/**
 * Color of a value between 0 and 1 of a regression whose values span `range`: with a sign the middle is zero.
 * @param {[number, number]} range
 * @param {boolean} dark
 * @returns {(value: number) => Rgb}
 */
export function surfaceColor(range, dark) {
  const [low, high] = range;
  if (low >= 0 || high <= 0) return (value) => sequential(value, dark);
  const extent = Math.max(-low, high);
  return (value) => diverging((low + value * (high - low)) / extent, dark);
}

/** Line colors of the parts of the data. @param {boolean} dark */
export function partColors(dark) {
  return dark
    ? { train: "#e6e9ee", validation: "#35c99a", test: "#b79cf0" }
    : { train: "#39414d", validation: "#009e73", test: "#7b53c1" };
}

/** Colors of what was told right and what was told wrong; neither is a class's. @param {boolean} dark */
export function verdictColors(dark) {
  return dark ? { right: "#2bb7b3", wrong: "#f0713f" } : { right: "#0f8b8d", wrong: "#d55e00" };
}

/** Black or white, whichever is read better on a color: at least 4.5 to 1. @param {Rgb} color @returns {string} */
export function inkOn(color) {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  // Where both have the same contrast: (1 + 0.05) / (l + 0.05) = (l + 0.05) / 0.05.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

/** How light a color is, 0 black to 1 white. @param {Rgb} color */
export function luminance([red, green, blue]) {
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

/**
 * Has an element's own controls follow the theme, with ink on the accent color that can be read.
 * @param {HTMLElement} node
 * @param {Theme} theme
 */
export function wearTheme(node, theme) {
  const primary = rgb(theme.primary);
  node.style.colorScheme = theme.dark ? "dark" : "light";
  node.style.setProperty("--nn-on-primary", luminance(primary) > 0.6 ? "#16191d" : "#ffffff");
  node.style.setProperty("--nn-primary-hover", css(mix(primary, [0, 0, 0], 0.12)));
}

/**
 * The theme around an element, from Streamlit's CSS variables.
 * @param {Element} element
 * @returns {Theme}
 */
export function themeOf(element) {
  const style = getComputedStyle(element);
  /** @param {string} name @param {string} otherwise */
  const variable = (name, otherwise) => style.getPropertyValue(`--st-${name}`).trim() || otherwise;
  const background = variable("background-color", "#ffffff");
  const text = variable("text-color", "#31333f");
  const dark = luminance(rgb(background)) < 0.5;
  return {
    dark,
    text,
    muted: css(mix(rgb(background), rgb(text), 0.68)),
    background,
    surface: variable("secondary-background-color", dark ? "#262730" : "#f0f2f6"),
    border: variable("border-color", css(mix(rgb(background), rgb(text), 0.2))),
    primary: variable("primary-color", "#ff4b4b"),
    font: variable("font", "system-ui, sans-serif"),
  };
}
