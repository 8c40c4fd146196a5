// @ts-check
/** Curves made fit to be drawn: thinned without losing a peak, smoothed without leaving a gap. */

/**
 * A curve with at most `most` points that keeps every peak: the lowest and highest value of each bucket.
 * @param {ArrayLike<number>} x ascending
 * @param {ArrayLike<number>} y
 * @param {number} most
 * @param {[number, number]} [range] only what lies between, with one neighbor at each side
 * @returns {{x: number[], y: (number | null)[]}}
 */
export function thin(x, y, most, range) {
  let first = 0;
  let last = x.length;
  if (range) {
    first = Math.max(0, place(x, range[0]) - 1);
    last = Math.min(x.length, place(x, range[1]) + 2);
  }
  /** @type {{x: number[], y: (number | null)[]}} */
  const result = { x: [], y: [] };
  /** @param {number} index */
  const keep = (index) => {
    result.x.push(x[index]);
    result.y.push(Number.isFinite(y[index]) ? y[index] : null);
  };
  const length = last - first;
  if (length <= most) {
    for (let index = first; index < last; index += 1) keep(index);
    return result;
  }
  // Two points a bucket, and the first and last row as they are.
  const buckets = Math.floor((most - 2) / 2);
  keep(first);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const from = first + 1 + Math.floor((bucket * (length - 2)) / buckets);
    const to = first + 1 + Math.floor(((bucket + 1) * (length - 2)) / buckets);
    let low = -1;
    let high = -1;
    for (let index = from; index < to; index += 1) {
      if (!Number.isFinite(y[index])) continue;
      if (low < 0 || y[index] < y[low]) low = index;
      if (high < 0 || y[index] > y[high]) high = index;
    }
    if (low < 0) {
      if (to > from) keep(from);
      continue;
    }
    keep(Math.min(low, high));
    if (low !== high) keep(Math.max(low, high));
  }
  keep(last - 1);
  return result;
}

/** Index of the first value that is not below `value`. @param {ArrayLike<number>} values @param {number} value */
function place(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Exponential moving average without the pull toward zero at its start; gaps stay gaps.
 * @param {ArrayLike<number>} values
 * @param {number} weight of what came before, 0 to below 1
 * @returns {Float64Array}
 */
export function smooth(values, weight) {
  const result = new Float64Array(values.length);
  let sum = 0;
  let weights = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (Number.isFinite(value)) {
      sum = sum * weight + value;
      weights = weights * weight + 1;
      result[index] = sum / weights;
    } else result[index] = NaN;
  }
  return result;
}
