// @ts-check
/**
 * Values of features as text and back: numbers as they are typed, dates as days since 1970, round steps of a slider.
 */

const DAY_MS = 86_400_000;
const STEPS = 200;

/** @typedef {import("./predict.js").Feature} Feature */

/** The number in a text; a decimal comma is one, too. NaN where there is none. @param {string} typed */
export function parsed(typed) {
  const plain = typed
    .trim()
    .replace(/\u2212/g, "-")
    .replace(/[\s\u00a0\u202f]/g, "");
  const pointed = plain.includes(".") ? plain : plain.replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(pointed)) return NaN;
  return Number(pointed);
}

/** A number as it stands in its field: at most seven digits, the rest is kept. @param {number | null} value */
export function written(value) {
  if (value === null) return "";
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(7)));
}

/** A date as its field takes it. @param {number | null} days @param {boolean} whole */
export function dateText(days, whole) {
  if (days === null) return "";
  const date = new Date(Math.round(days * DAY_MS));
  if (Number.isNaN(date.getTime())) return "";
  return date.toISOString().slice(0, whole ? 10 : 16);
}

/** Days since 1970 of what a date field holds. @param {string} typed */
export function daysOf(typed) {
  return Date.parse(typed.length > 10 ? `${typed}Z` : typed) / DAY_MS;
}

/** The round step of a slider over a range. @param {Feature} feature */
export function stepOf({ low, high, whole, kind }) {
  const span = (high ?? 1) - (low ?? 0);
  if (!(span > 0)) return 1;
  const raw = span / STEPS;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  return whole || kind === "date" ? Math.max(1, Math.round(step)) : step;
}

/** A place on a slider as a round value within the range. @param {number} at @param {Feature} feature */
export function rounded(at, feature) {
  const step = stepOf(feature);
  const round = Number((Math.round(at / step) * step).toPrecision(12));
  return Math.min(feature.high ?? round, Math.max(feature.low ?? round, round));
}

/** @type {Record<string, number>} how many steps a key goes */
const KEY_STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -20, PageUp: 20 };

/**
 * Where a key leads on a slider; null where it leads nowhere.
 * @param {number} from
 * @param {string} key
 * @param {Feature} feature
 */
export function stepped(from, key, feature) {
  if (key === "Home") return feature.low;
  if (key === "End") return feature.high;
  const steps = KEY_STEPS[key];
  return steps === undefined ? null : rounded(from + steps * stepOf(feature), feature);
}

/** Is a value one that no training row comes near? @param {number | null} value @param {Feature} feature */
export function outside(value, { low, high, seen, categories }) {
  if (value === null) return false;
  if (categories.length) return seen.length > 0 && !seen.includes(value);
  return low !== null && high !== null && (value < low || value > high);
}
