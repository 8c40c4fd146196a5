// @ts-check
/** What changed between two texts, line by line, as a person sees it: lines that are new, and where lines have gone. */

/**
 * @typedef {object} Mark
 * @property {boolean} fresh the line is new or was changed
 * @property {number} gone how many lines have gone right before it
 * @property {[number, number] | null} part in a changed line the columns that differ
 */

/** Lines between the equal ends of two texts; of more than this many nothing is compared but the ends. */
const MOST = 1500;

/**
 * One mark for each line of the newer text, and one for its end.
 * @param {string} before
 * @param {string} after
 * @returns {Mark[]}
 */
export function marks(before, after) {
  const old = before.split("\n");
  const now = after.split("\n");
  /** @type {Mark[]} */
  const result = Array.from({ length: now.length + 1 }, () => ({ fresh: false, gone: 0, part: null }));
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const a = old.slice(start, old.length - end);
  const b = now.slice(start, now.length - end);
  for (const { from, to, removed, added } of blocks(a, b)) {
    for (let line = 0; line < added; line += 1) {
      const mark = result[start + to + line];
      mark.fresh = true;
      if (line < removed) mark.part = differing(a[from + line], b[to + line]);
    }
    if (removed > added) result[start + to + added].gone = removed - added;
  }
  return result;
}

/**
 * The places where two lists of lines differ, by their longest common subsequence.
 * @param {string[]} a
 * @param {string[]} b
 */
function blocks(a, b) {
  if (a.length > MOST || b.length > MOST) return [{ from: 0, to: 0, removed: a.length, added: b.length }];
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1] + 1
          : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  const found = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1;
      j += 1;
      continue;
    }
    const from = i;
    const to = j;
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      const down = i < a.length ? common[(i + 1) * width + j] : -1;
      const right = j < b.length ? common[i * width + j + 1] : -1;
      if (down >= right) i += 1;
      else j += 1;
    }
    found.push({ from, to, removed: i - from, added: j - to });
  }
  return found;
}

/**
 * The columns of the newer line that are not in the older one; null if the two have little in common.
 * @param {string} before
 * @param {string} after
 * @returns {[number, number] | null}
 */
function differing(before, after) {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return start + end < after.length / 3 ? null : [start, after.length - end];
}
