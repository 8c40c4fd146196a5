// @ts-check
/**
 * Drawn points and what can be done to them; nothing here knows the page.
 *
 * A drawing is never changed, every operation answers with another one: so undo is a list of drawings.
 */

/** @typedef {readonly [number, number, number]} Point x1, x2 and class number or value */
/** @typedef {"classes" | "regression"} Mode */
/** @typedef {{mode: Mode, classes: readonly string[], points: readonly Point[]}} Drawing */
/** @typedef {{x: number, y: number}} Place in data units */
/** @typedef {{x: number, y: number}} Scale CSS pixels of one data unit, across and down */
/** @typedef {{x: readonly [number, number], y: readonly [number, number]}} Ranges what the axes show */

// The caps stand in nnbuilder/data/drawn.py too.
export const MOST_POINTS = 5000;
export const MOST_CLASSES = 8;
export const LONGEST_NAME = 40;
export const MOST_UNDO = 200;
const DECIMALS = 1e4;

/** A number with four decimals and no negative zero. @param {number} value @returns {number} */
export function rounded(value) {
  return Math.round(value * DECIMALS) / DECIMALS + 0;
}

/** @param {Place} place @param {number} label @returns {Point} */
export function point(place, label) {
  return Object.freeze(/** @type {Point} */ ([rounded(place.x), rounded(place.y), rounded(label)]));
}

/** @param {number} index @returns {string} */
const letter = (index) => String.fromCharCode(65 + index);

/** @param {Mode} [mode] @returns {Drawing} */
export function empty(mode = "classes") {
  return { mode, classes: ["A", "B"], points: [] };
}

/**
 * A drawing with more points, as many as there is room for.
 * @param {Drawing} drawing
 * @param {Point[]} points
 * @returns {Drawing}
 */
export function add(drawing, points) {
  const room = MOST_POINTS - drawing.points.length;
  if (room <= 0 || !points.length) return drawing;
  return { ...drawing, points: drawing.points.concat(points.slice(0, room)) };
}

/**
 * A place drawn at random from a disc, inside the axes.
 * @param {Place} center
 * @param {number} radius in CSS pixels
 * @param {Scale} scale
 * @param {Ranges} ranges
 * @returns {Place}
 */
export function scattered(center, radius, scale, ranges) {
  const inside = (/** @type {number} */ value, /** @type {readonly [number, number]} */ [low, high]) =>
    value >= low && value <= high;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    // The square root fills the disc evenly.
    const distance = radius * Math.sqrt(Math.random());
    const angle = 2 * Math.PI * Math.random();
    const x = center.x + (distance * Math.cos(angle)) / scale.x;
    const y = center.y + (distance * Math.sin(angle)) / scale.y;
    if (inside(x, ranges.x) && inside(y, ranges.y)) return { x, y };
  }
  return { x: bounded(center.x, ranges.x), y: bounded(center.y, ranges.y) };
}

/** @param {number} value @param {readonly [number, number]} range @returns {number} */
export function bounded(value, [low, high]) {
  return Math.max(low, Math.min(high, value));
}

/**
 * Distance in CSS pixels between a point and a piece of a path.
 * @param {Point} point
 * @param {Place} from
 * @param {Place} to
 * @param {Scale} scale
 */
function distance([x, y], from, to, scale) {
  const [across, down] = [(to.x - from.x) * scale.x, (to.y - from.y) * scale.y];
  const [right, below] = [(x - from.x) * scale.x, (y - from.y) * scale.y];
  const length = across * across + down * down;
  const part = length > 0 ? bounded((right * across + below * down) / length, [0, 1]) : 0;
  return Math.hypot(right - part * across, below - part * down);
}

/**
 * Numbers of the points within a radius of a piece of a path.
 * @param {Drawing} drawing
 * @param {Place} from
 * @param {Place} to
 * @param {number} radius in CSS pixels
 * @param {Scale} scale
 * @returns {Set<number>}
 */
export function near(drawing, from, to, radius, scale) {
  const found = new Set();
  drawing.points.forEach((one, index) => {
    if (distance(one, from, to, scale) <= radius) found.add(index);
  });
  return found;
}

/**
 * Number of the point nearest to a place, -1 when none is within the radius.
 * @param {Drawing} drawing
 * @param {Place} place
 * @param {number} radius
 * @param {Scale} scale
 */
export function nearest(drawing, place, radius, scale) {
  let best = -1;
  let least = radius;
  drawing.points.forEach((one, index) => {
    const here = distance(one, place, place, scale);
    // Of two at one place the one drawn later, which lies on top.
    if (here <= least) [best, least] = [index, here];
  });
  return best;
}

/**
 * A drawing without some of its points.
 * @param {Drawing} drawing
 * @param {ReadonlySet<number>} chosen
 * @returns {Drawing}
 */
export function without(drawing, chosen) {
  if (!chosen.size) return drawing;
  return { ...drawing, points: drawing.points.filter((_, index) => !chosen.has(index)) };
}

/**
 * A drawing in which some points have another class or value.
 * @param {Drawing} drawing
 * @param {ReadonlySet<number>} chosen
 * @param {number} label
 * @returns {Drawing}
 */
export function relabeled(drawing, chosen, label) {
  const value = rounded(label);
  let changed = false;
  const points = drawing.points.map((one, index) => {
    if (!chosen.has(index) || one[2] === value) return one;
    changed = true;
    return point({ x: one[0], y: one[1] }, value);
  });
  return changed ? { ...drawing, points } : drawing;
}

/**
 * A drawing in which some points lie elsewhere; together they stop at the axes' ends.
 * @param {Drawing} drawing
 * @param {ReadonlySet<number>} chosen
 * @param {Place} by
 * @param {Ranges} ranges
 * @returns {Drawing}
 */
export function moved(drawing, chosen, by, ranges) {
  if (!chosen.size) return drawing;
  const shift = [by.x, by.y];
  for (const [axis, [low, high]] of [ranges.x, ranges.y].entries()) {
    let [least, most] = [Infinity, -Infinity];
    for (const index of chosen) {
      least = Math.min(least, drawing.points[index][axis]);
      most = Math.max(most, drawing.points[index][axis]);
    }
    // What lies outside already may come in, but goes no further out.
    shift[axis] = bounded(shift[axis], [Math.min(0, low - least), Math.max(0, high - most)]);
  }
  if (!shift[0] && !shift[1]) return drawing;
  const points = drawing.points.map((one, index) =>
    chosen.has(index) ? point({ x: one[0] + shift[0], y: one[1] + shift[1] }, one[2]) : one,
  );
  return { ...drawing, points };
}

/**
 * Numbers of the points inside a closed outline.
 * @param {Drawing} drawing
 * @param {Place[]} outline
 * @returns {Set<number>}
 */
export function within(drawing, outline) {
  const found = new Set();
  drawing.points.forEach(([x, y], index) => {
    let inside = false;
    for (let at = 0, before = outline.length - 1; at < outline.length; before = at, at += 1) {
      const [one, two] = [outline[at], outline[before]];
      const crosses = one.y > y !== two.y > y;
      if (crosses && x < ((two.x - one.x) * (y - one.y)) / (two.y - one.y) + one.x) inside = !inside;
    }
    if (inside) found.add(index);
  });
  return found;
}

/** A drawing with one more class, named by the first free letter. @param {Drawing} drawing @returns {Drawing} */
export function withClass(drawing) {
  if (drawing.classes.length >= MOST_CLASSES) return drawing;
  let index = drawing.classes.length;
  while (drawing.classes.includes(letter(index % 26))) index += 1;
  return { ...drawing, classes: [...drawing.classes, letter(index % 26)] };
}

/** A drawing without a class and its points. @param {Drawing} drawing @param {number} gone @returns {Drawing} */
export function withoutClass(drawing, gone) {
  if (drawing.classes.length <= 2) return drawing;
  const points = drawing.points
    .filter((one) => one[2] !== gone)
    .map((one) => (one[2] > gone ? point({ x: one[0], y: one[1] }, one[2] - 1) : one));
  return { ...drawing, classes: drawing.classes.filter((_, index) => index !== gone), points };
}

/** A class's name as it is kept: one line, no spaces around it, not too long. @param {string} name @returns {string} */
export function tidy(name) {
  const line = name
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return [...line].slice(0, LONGEST_NAME).join("").trim();
}

/**
 * What is wrong with a name for a class, or "".
 * @param {Drawing} drawing
 * @param {number} index
 * @param {string} name
 * @returns {string}
 */
export function nameProblem(drawing, index, name) {
  if (!name) return "A class needs a name; the old one stays.";
  const other = drawing.classes.some((one, at) => at !== index && one === name);
  return other ? `Another class is called ${name} already; the old name stays.` : "";
}

/** @param {Drawing} drawing @param {number} index @param {string} name @returns {Drawing} */
export function renamed(drawing, index, name) {
  return { ...drawing, classes: drawing.classes.map((one, at) => (at === index ? name : one)) };
}

/**
 * The same places for another task: classes become values spread over -1 to 1, values the class of their half.
 * @param {Drawing} drawing
 * @param {Mode} mode
 * @returns {Drawing}
 */
export function inMode(drawing, mode) {
  if (mode === drawing.mode) return drawing;
  const last = drawing.classes.length - 1;
  const [low, high] = valueRange(drawing);
  const middle = (low + high) / 2;
  const label = (/** @type {number} */ old) => (mode === "regression" ? (2 * old) / last - 1 : old < middle ? 0 : 1);
  const points = drawing.points.map((one) => point({ x: one[0], y: one[1] }, label(one[2])));
  return { mode, classes: mode === "regression" ? drawing.classes : drawing.classes.slice(0, 2), points };
}

/** How many points each class has. @param {Drawing} drawing @returns {number[]} */
export function counts(drawing) {
  const found = drawing.classes.map(() => 0);
  if (drawing.mode === "classes") for (const one of drawing.points) found[one[2]] += 1;
  return found;
}

/**
 * The whole numbers of a rounder scale that enclose values.
 * @param {number} low
 * @param {number} high
 * @returns {[number, number]}
 */
export function enclosing(low, high) {
  const span = high > low ? high - low : Math.max(1, Math.abs(low));
  const step = 10 ** Math.floor(Math.log10(span)) / 2;
  const round = (/** @type {number} */ value) => Number((value * step).toPrecision(12));
  const ends = [round(Math.floor(low / step)), round(Math.ceil(high / step))];
  return ends[1] > ends[0]
    ? [ends[0], ends[1]]
    : [round(Math.floor(low / step) - 1), round(Math.ceil(high / step) + 1)];
}

/** Axes that show every point with some air. @param {Drawing} drawing @returns {Ranges} */
export function fitting(drawing) {
  const ends = [0, 1].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (const one of drawing.points) [low, high] = [Math.min(low, one[axis]), Math.max(high, one[axis])];
    if (low > high) return /** @type {[number, number]} */ ([-6, 6]);
    return enclosing(low, high);
  });
  return { x: ends[0], y: ends[1] };
}

/**
 * Range of the values that can be painted: -1 to 1, wider when values that were handed in need it.
 * @param {Drawing} drawing
 * @returns {[number, number]}
 */
export function valueRange(drawing) {
  let [low, high] = [-1, 1];
  if (drawing.mode !== "regression" || !drawing.points.length) return [low, high];
  const values = drawing.points.map((one) => one[2]);
  [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
  if (low >= -1 && high <= 1) return [-1, 1];
  if (low >= 0 || high <= 0) return enclosing(low, high);
  // Zero stays in the middle, where the colors are neutral.
  const most = Math.max(-low, high);
  const end = enclosing(0, most)[1];
  return [-end, end];
}

/** A text that no spreadsheet takes for a formula. @param {string} text */
function inert(text) {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text);
  return !number && /^'*[=+\-@]/.test(text) ? `'${text}` : text;
}

/** A cell of a CSV file. @param {string} text */
const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A number as CSV text. @param {number} value */
const digits = (value) =>
  rounded(value)
    .toFixed(4)
    .replace(/\.?0+$/, "");

/** The drawing as a CSV file: the text that nnbuilder.data.drawn writes. @param {Drawing} drawing @returns {string} */
export function csv(drawing) {
  const classes = drawing.mode === "classes";
  const label = (/** @type {number} */ value) => (classes ? cell(inert(drawing.classes[value])) : digits(value));
  const rows = drawing.points.map(([x, y, value]) => `${digits(x)},${digits(y)},${label(value)}\n`);
  return `x1,x2,${classes ? "label" : "y"}\n${rows.join("")}`;
}

/** The drawings there were and are. */
export class History {
  /** @param {Drawing} now */
  constructor(now) {
    this.now = now;
    /** @type {Drawing[]} */
    this.before = [];
    /** @type {Drawing[]} */
    this.after = [];
  }

  /** @param {Drawing} drawing @returns {boolean} whether it is another one */
  push(drawing) {
    if (drawing === this.now) return false;
    this.before.push(this.now);
    if (this.before.length > MOST_UNDO) this.before.shift();
    this.after = [];
    this.now = drawing;
    return true;
  }

  /** @returns {boolean} */
  undo() {
    const drawing = this.before.pop();
    if (!drawing) return false;
    this.after.push(this.now);
    this.now = drawing;
    return true;
  }

  /** @returns {boolean} */
  redo() {
    const drawing = this.after.pop();
    if (!drawing) return false;
    this.before.push(this.now);
    this.now = drawing;
    return true;
  }
}
