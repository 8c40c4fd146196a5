// @ts-check
/**
 * The files most wanted, in the menu of the main page: a click fetches one and hands it to the browser.
 *
 * Why a file does not come stands under its button until the next click.
 */

import { Follower, keep, placed } from "./download_job.js";
import { element, setText, text } from "./format.js";
import { mounted } from "./mount.js";

/** @typedef {import("./mount.js").Arguments} Arguments */
/** @typedef {import("./download_job.js").Job} Job */
/** @typedef {{kind: string, label: string, help: string}} FileRow */
/** @typedef {{path: string, token: string, files: FileRow[]}} DownloadsData */

/** One file: a button with its help, and a sentence under it when the file did not come. */
class Row extends Follower {
  /** @param {string} kind */
  constructor(kind) {
    super();
    this.name = text("", "nn-name");
    this.help = text("", "nn-help");
    this.help.id = `help-${kind}`;
    this.state = element("span", { class: "nn-state", "aria-hidden": "true" }, "Preparing…");
    this.button = element(
      "button",
      { type: "button", class: "nn-file", "aria-describedby": this.help.id },
      element("span", { class: "nn-top" }, this.name, this.state),
      this.help,
    );
    this.problem = element("p", { class: "nn-problem", role: "alert" });
    this.news = element("span", { class: "nn-unseen", role: "status" });
    this.checked = text("", "nn-checked", "p");
    this.element = element("div", { class: "nn-row" }, this.button, this.problem, this.checked, this.news);
    this.button.addEventListener("click", () => this.job?.start());
  }

  /** @param {FileRow} file @param {string} address */
  update(file, address) {
    setText(this.name, file.label);
    setText(this.help, file.help);
    // The name alone, for the help describes it.
    this.button.setAttribute("aria-label", file.label);
    this.follow(address);
    this._show();
  }

  _show() {
    const job = /** @type {Job} */ (this.job);
    this.button.setAttribute("aria-busy", String(job.busy));
    this.button.classList.toggle("nn-slow", job.slow);
    setText(this.state, job.words || "Preparing…");
    setText(this.problem, job.message);
    setText(this.checked, job.checked);
    setText(this.news, job.slow ? job.words || "Preparing…" : job.saved ? `${job.saved} is downloaded.` : "");
  }
}

class Downloads {
  constructor() {
    this.root = element("div", { class: "nn-downloads", role: "group", "aria-label": "Files to download" });
    /** @type {Map<string, Row>} */
    this.rows = new Map();
  }

  /** @param {Arguments} args */
  update(args) {
    if (this.root.parentNode !== args.parentElement) args.parentElement.append(this.root);
    /** @type {DownloadsData} */
    const data = { path: "", token: "", files: [], ...(args.data ?? {}) };
    keep(
      this.rows,
      data.files.map((file) => file.kind),
    );
    data.files.forEach((file, place) => {
      const row = placed(this.rows, file.kind, this.root, place, (kind) => new Row(kind));
      row.update(file, `${data.path}/${encodeURIComponent(data.token)}/${encodeURIComponent(file.kind)}`);
    });
  }

  destroy() {
    for (const row of this.rows.values()) row.leave();
    this.root.remove();
  }
}

export const render = mounted(() => new Downloads());
export default render;
