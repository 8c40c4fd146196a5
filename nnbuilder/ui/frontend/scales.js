// @ts-check
/** What the numbers along an axis stand for: plain numbers, dates as days since 1970, or categories by their place. */

import { short, ticks } from "./format.js";

/** @typedef {{labels?: string[], dates?: boolean}} Axis what a data header says of an axis; nothing: plain numbers */
/** @typedef {{at: number, label: string}} Tick */

const DAY_MS = 86_400_000;
const HOUR = 1 / 24;
const YEAR = 365.2425;
const MONTH = YEAR / 12;
/** Steps below a month, in days. */
const DAY_STEPS = [HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 1, 2, 7, 14];
const MONTH_STEPS = [1, 2, 3, 6];
const MOST_TICKS = 200;

/** A date where its days may be: `Date` knows 100 million of them to each side. @param {number} days */
const dateOf = (days) => new Date(Math.round(days * DAY_MS));

/**
 * `2024-03-01`, or with the time of day `2024-03-01 06:30`; years beyond four digits as they are.
 * @param {number} days
 * @param {boolean} [time]
 */
export function isoDate(days, time = false) {
  const date = dateOf(days);
  if (Number.isNaN(date.getTime())) return short(days);
  const [day, clock] = date.toISOString().split("T");
  return time ? `${day} ${clock.slice(0, 5)}` : day;
}

/**
 * Days since 1970 of the first of a month; months count on past December.
 * @param {number} year
 * @param {number} month
 */
function daysOf(year, month) {
  // Date.UTC takes years below 100 for those of the twentieth century.
  const date = new Date(0);
  date.setUTCFullYear(year, month, 1);
  return date.getTime() / DAY_MS;
}

/**
 * Ticks at round dates: years, months, days or hours by the span.
 * @param {number} low days since 1970
 * @param {number} high
 * @param {number} about how many are wanted
 * @returns {Tick[]}
 */
export function dateTicks(low, high, about) {
  const raw = (high - low) / Math.max(1, about);
  if (!(raw > 0) || Number.isNaN(dateOf(low).getTime()) || Number.isNaN(dateOf(high).getTime())) return [];
  const step = DAY_STEPS.find((days) => days >= raw);
  if (step) return evenTicks(low, high, step);
  const months = MONTH_STEPS.find((number) => number * MONTH >= raw);
  return months ? monthTicks(low, high, months) : yearTicks(low, high, about);
}

/** @param {number} low @param {number} high @param {number} step in days @returns {Tick[]} */
function evenTicks(low, high, step) {
  const result = [];
  // Weeks begin on a Monday; 1970-01-05 was the first one.
  const origin = step >= 7 ? 4 : 0;
  for (let index = Math.ceil((low - origin) / step - 1e-9); result.length < MOST_TICKS; index += 1) {
    const at = origin + index * step;
    if (at > high + step * 1e-9) break;
    const whole = Math.abs(at - Math.round(at)) < 1e-6;
    result.push({ at, label: whole ? isoDate(at) : isoDate(at, true).slice(-5) });
  }
  return result;
}

/** @param {number} low @param {number} high @param {number} step in months @returns {Tick[]} */
function monthTicks(low, high, step) {
  const first = dateOf(low);
  const result = [];
  const start = Math.floor(first.getUTCMonth() / step) * step;
  for (let month = start; result.length < MOST_TICKS; month += step) {
    const at = daysOf(first.getUTCFullYear(), month);
    if (at > high) break;
    if (at >= low) result.push({ at, label: isoDate(at).slice(0, -3) });
  }
  return result;
}

/** @param {number} low @param {number} high @param {number} about @returns {Tick[]} */
function yearTicks(low, high, about) {
  // A mean year misses the first of January by up to a day; what lies outside is taken out below.
  const from = 1970 + low / YEAR - 0.01;
  const to = 1970 + high / YEAR + 0.01;
  return ticks(from, to, about)
    .filter((year) => Number.isInteger(year))
    .map((year) => ({ at: daysOf(year, 0), label: String(year) }))
    .filter(({ at }) => at >= low && at <= high);
}

/**
 * The ticks of an axis with what is written at them.
 * @param {Axis | undefined} axis
 * @param {[number, number]} range
 * @param {number} length of the axis in pixels
 * @param {number} room in pixels that a tick needs along the axis
 * @returns {Tick[]}
 */
export function axisTicks(axis, [low, high], length, room) {
  if (axis?.dates) return dateTicks(low, high, length / room);
  if (axis?.labels?.length) {
    const { labels } = axis;
    const every = Math.max(1, Math.ceil((room * 0.5 * (high - low)) / length));
    return labels.map((label, at) => ({ at, label })).filter(({ at }) => at % every === 0 && at >= low && at <= high);
  }
  return ticks(low, high, length / room).map((at) => ({ at, label: short(at) }));
}

/**
 * A value of an axis as a person reads it: a number, a date or a category.
 * @param {Axis | undefined} axis
 * @param {number} value
 * @param {[number, number]} [range] over a few days the time of day matters
 * @returns {string}
 */
export function reading(axis, value, range) {
  if (axis?.dates) return isoDate(value, range !== undefined && range[1] - range[0] < 4);
  if (axis?.labels?.length) return axis.labels[Math.max(0, Math.min(axis.labels.length - 1, Math.round(value)))];
  return short(value);
}

/** Is something other than plain numbers written along this axis? @param {Axis | undefined} axis */
export function isWorded(axis) {
  return Boolean(axis?.dates || axis?.labels?.length);
}
