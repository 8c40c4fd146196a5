// @ts-check
/**
 * Sends the person's changes one after another.
 *
 * Streamlit keeps only the newest trigger of a component while a run of the page is pending, so a second change waits
 * for
 * the answer to the first. Changes name layers by id and get their index when they are sent.
 */

/** @typedef {import("./network_types.js").Asked} Asked */
/** @typedef {import("./network_types.js").Layer} Layer */

// A change the page refuses brings no new data; then the next one goes without an answer.
const LONGEST_WAIT_MS = 500;

export class Actions {
  /** @param {(payload: Record<string, unknown>) => void} send */
  constructor(send) {
    this.send = send;
    /** @type {Layer[]} */
    this.layers = [];
    /** @type {Asked[]} */
    this.waiting = [];
    this.busy = false;
    this.n = 0;
    /** @type {number | undefined} */
    this.timer = undefined;
  }

  /** Sends a change now, or after the answer to the one before. @param {Asked} asked */
  ask(asked) {
    const newest = this.waiting.at(-1);
    const replaces = asked.do === "resize" || asked.do === "select";
    if (replaces && newest && newest.do === asked.do && newest.layer === asked.layer) this.waiting.pop();
    this.waiting.push(asked);
    if (!this.busy) this.next();
  }

  /** New data came: the answer to what was sent. @param {Layer[]} layers */
  answered(layers) {
    this.layers = layers;
    this.next();
  }

  next() {
    window.clearTimeout(this.timer);
    this.busy = false;
    while (this.waiting.length && !this.busy) {
      const payload = this.resolve(/** @type {Asked} */ (this.waiting.shift()));
      if (!payload) continue;
      this.busy = true;
      this.timer = window.setTimeout(() => this.next(), LONGEST_WAIT_MS);
      // The clock makes it grow over re-mounts of the component too.
      this.n = Math.max(this.n + 1, Date.now());
      this.send({ ...payload, n: this.n });
    }
  }

  /**
   * A change with the indices of this moment; null when its layer is gone or nothing would change.
   * @param {Asked} asked
   * @returns {Record<string, unknown> | null}
   */
  resolve(asked) {
    const { layer, before, by, nothing, ...rest } = asked;
    /** @param {string | null | undefined} id */
    const place = (id) => this.layers.findIndex((one) => one.id === id);
    const end = this.layers.length;
    if (nothing) return { do: asked.do, at: null };
    if (asked.do === "add") return { ...rest, at: before === null ? end : Math.max(0, place(before)) };
    if (layer === undefined) return rest;
    const at = place(layer);
    if (at < 0) return null;
    if (asked.do !== "move") return { ...rest, at };
    // `to` is the index the layer has afterwards.
    const gap = before === null ? end : place(before);
    const to = by === undefined ? gap - (gap > at ? 1 : 0) : at + by;
    return to === at || to < 0 || to >= end ? null : { do: "move", from: at, to };
  }

  destroy() {
    window.clearTimeout(this.timer);
    // What was asked for last is not lost with the component.
    this.busy = false;
    const last = this.waiting.pop();
    const payload = last && this.resolve(last);
    if (payload) this.send({ ...payload, n: Math.max(this.n + 1, Date.now()) });
    this.waiting = [];
  }
}
