// @ts-check
/** How fast to train, as long as the page is open. */

import { element } from "./format.js";

/** @typedef {import("./live.js").LiveFeed} LiveFeed */

const PACES = /** @type {[string, number | null][]} */ ([
  ["1 epoch/s", 1],
  ["5 epochs/s", 5],
  ["20 epochs/s", 20],
  ["60 epochs/s", 60],
  ["max speed", null],
]);

/** The choice of a speed; `token` tells one project's choice from another's. */
export class Pace {
  constructor() {
    this.node = element("select", { class: "nn-pace", "aria-label": "Speed", title: "How fast to train" });
    for (const [label, pace] of PACES) this.node.append(new Option(label, pace === null ? "" : String(pace)));
    this.node.value = "";
    this.token = "";
    /** @type {LiveFeed | null} */
    this.feed = null;
    this.node.addEventListener("change", () => this._keep());
  }

  get _key() {
    return `nnbuilder.pace.${this.token}`;
  }

  _keep() {
    this._ask();
    try {
      window.sessionStorage.setItem(this._key, this.node.value);
    } catch (error) {
      // Storage may be forbidden; the choice then lasts until the page is loaded anew.
      console.info("The speed is not kept over a reload.", error);
    }
  }

  _ask() {
    this.feed?.request({ pace: this.node.value === "" ? null : Number(this.node.value) });
  }

  /**
   * After a reload the worker still keeps its pace; the choice must say so.
   * @param {LiveFeed} feed
   * @param {string} token
   */
  follow(feed, token) {
    this.feed = feed;
    this.token = token;
    let kept = null;
    try {
      kept = window.sessionStorage.getItem(this._key);
    } catch (error) {
      console.info("The speed is not kept over a reload.", error);
    }
    if (kept === null || !PACES.some(([, pace]) => String(pace ?? "") === kept)) return;
    this.node.value = kept;
    this._ask();
  }
}
