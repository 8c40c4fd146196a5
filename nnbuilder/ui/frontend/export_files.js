// @ts-check
/**
 * The page of all files to take home: groups of cards, each with what a file is for, how it is used, and its button.
 *
 * What a card fetches, and what became of it, is the same as in the menu of the main page: both ask `download_job.js`.
 * The form that is chosen for model.py is known to all cards, for it decides how weights get into that network.
 */

import { colored } from "./code_colors.js";
import { Follower, keep, placed } from "./download_job.js";
import { element, setText, short, text } from "./format.js";
import { mounted } from "./mount.js";

/** @typedef {import("./mount.js").Arguments} Arguments */
/** @typedef {import("./download_job.js").Job} Job */
/**
 * @typedef {object} ExportFile
 * @property {string} kind
 * @property {string} label
 * @property {string} help what it is for
 * @property {number} size about how many bytes, or 0
 * @property {string} missing why it cannot be made now, or ""
 * @property {{key: string, label: string}[]} choices
 * @property {Record<string, string>} names what the file is called, by choice ("" where there is none)
 * @property {Record<string, string>} load how it is used, by choice
 * @property {Record<string, Record<string, string>>} forms the same by the form of model.py, where that matters
 * @property {"python" | "shell"} language
 */
/** @typedef {{key: string, title: string, help: string, files: ExportFile[]}} ExportGroup */
/** @typedef {{path: string, token: string, groups: ExportGroup[]}} ExportData */

const COPIED_MS = 2000;
const MODEL = "model_py";

/** Bytes as people read them: `3.4 kB`. @param {number} bytes @returns {string} */
function weight(bytes) {
  const [number, unit = ""] = short(bytes, 2).split("\u202f");
  return bytes < 1e4 ? `${short(bytes / 1000, 2)}\u202fkB` : `${number}\u202f${unit}B`;
}

/** Lines of code as elements, colored where they are Python. @param {string} source @param {string} language */
function lines(source, language) {
  const whole = source.trimEnd();
  if (language !== "python") return [whole];
  return colored(whole).flatMap((pieces, place) => [
    ...(place ? ["\n"] : []),
    ...pieces.map((piece) => (piece.kind === "plain" ? piece.text : text(piece.text, `nn-${piece.kind}`))),
  ]);
}

/** One file: its name, what it is for, a choice where there is one, how it is used, and the button. */
class Card extends Follower {
  /** @param {string} kind @param {() => void} chosen called after another choice */
  constructor(kind, chosen) {
    super();
    const id = `export-${kind}`;
    this.name = text("", "nn-name", "h3");
    this.file = text("", "nn-file-name");
    this.help = text("", "nn-help", "p");
    this.help.id = `${id}-help`;
    this.select = element("select", { class: "nn-choice" });
    this.copy = element("button", { type: "button", class: "nn-copy" }, "Copy");
    this.code = element("code");
    this.more = element(
      "details",
      { class: "nn-use" },
      element("summary", {}, "How to use it"),
      element("div", { class: "nn-code" }, element("pre", {}, this.code), this.copy),
    );
    this.button = element("button", { type: "button", class: "nn-get", "aria-describedby": this.help.id }, "Download");
    this.state = text("", "nn-state");
    this.problem = element("p", { class: "nn-problem", role: "alert" });
    this.checked = text("", "nn-checked", "p");
    this.news = element("span", { class: "nn-unseen", role: "status" });
    this.element = element(
      "article",
      { class: "nn-card" },
      element("div", { class: "nn-card-head" }, this.name, this.file),
      this.help,
      this.select,
      this.more,
      element("div", { class: "nn-card-foot" }, this.button, this.state),
      this.problem,
      this.checked,
      this.news,
    );
    /** @type {ExportFile | null} */
    this.row = null;
    this.address = "";
    this.choice = "";
    this.form = "";
    this.timer = 0;
    this.button.addEventListener("click", () => {
      if (!this.row?.missing) void this.job?.start();
    });
    this.select.addEventListener("change", () => {
      this.choice = this.select.value;
      this._choose();
      chosen();
    });
    this.copy.addEventListener("click", () => void this._copy());
  }

  /** @param {ExportFile} row @param {string} address */
  update(row, address) {
    this.row = row;
    this.address = address;
    setText(this.name, row.label);
    setText(this.help, row.help);
    this.button.setAttribute("aria-label", `Download ${row.label}`);
    this.select.setAttribute("aria-label", `${row.label}: form`);
    this.select.hidden = row.choices.length < 2;
    const wanted = JSON.stringify(row.choices);
    if (this.select.dataset.choices !== wanted) {
      this.select.dataset.choices = wanted;
      this.select.replaceChildren(...row.choices.map(({ key, label }) => element("option", { value: key }, label)));
      if (!row.choices.some(({ key }) => key === this.choice)) this.choice = row.choices[0]?.key ?? "";
      this.select.value = this.choice;
    }
    this._choose();
  }

  /** Shows how it is used with model.py in some form. @param {string} form */
  use(form) {
    const row = /** @type {ExportFile} */ (this.row);
    this.form = form;
    const use = (row.forms[form] ?? row.load)[this.choice] ?? "";
    this.more.hidden = !use;
    if (this.code.dataset.source === use) return;
    this.code.dataset.source = use;
    this.code.replaceChildren(...lines(use, row.language));
  }

  /** Shows what belongs to the choice, and turns to its file. */
  _choose() {
    const row = /** @type {ExportFile} */ (this.row);
    setText(this.file, row.names[this.choice] ?? "");
    this.use(this.form);
    const kind = this.choice ? `${row.kind}:${this.choice}` : row.kind;
    const address = `${this.address}/${encodeURIComponent(kind)}`;
    this.follow(address);
    this._show();
  }

  async _copy() {
    let said = "Copied";
    try {
      await navigator.clipboard.writeText(this.code.dataset.source ?? "");
    } catch {
      // Without a safe connection there is no clipboard: mark the lines, so that the keyboard can take them.
      window.getSelection()?.selectAllChildren(this.code);
      said = "Marked";
    }
    setText(this.copy, said);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => setText(this.copy, "Copy"), COPIED_MS);
  }

  _show() {
    const job = /** @type {Job} */ (this.job);
    const row = /** @type {ExportFile} */ (this.row);
    const missing = !job.busy && row.missing;
    this.element.classList.toggle("nn-missing", Boolean(missing));
    this.button.setAttribute("aria-disabled", String(Boolean(missing)));
    this.button.setAttribute("aria-busy", String(job.busy));
    this.state.classList.toggle("nn-moving", job.slow);
    let state = row.size ? `about ${weight(row.size)}` : "";
    if (missing) state = row.missing;
    else if (job.slow) state = job.words || "Preparing…";
    else if (job.saved) state = `Saved ${job.saved}, ${weight(job.size)}`;
    setText(this.state, state);
    setText(this.problem, job.message);
    setText(this.checked, job.checked);
    const done = job.saved ? `${job.saved} is downloaded. ${job.checked}` : "";
    setText(this.news, job.slow ? job.words || "Preparing…" : done);
  }
}

class Exports {
  constructor() {
    this.root = element("div", { class: "nn nn-exports" });
    /** @type {Map<string, Card>} */
    this.cards = new Map();
    /** @type {Map<string, {element: HTMLElement, title: HTMLElement, help: HTMLElement, grid: HTMLElement}>} */
    this.groups = new Map();
  }

  /** @param {Arguments} args */
  update(args) {
    if (this.root.parentNode !== args.parentElement) args.parentElement.append(this.root);
    /** @type {ExportData} */
    const data = { path: "", token: "", groups: [], ...(args.data ?? {}) };
    keep(
      this.cards,
      data.groups.flatMap((group) => group.files.map((file) => file.kind)),
    );
    const address = `${data.path}/${encodeURIComponent(data.token)}`;
    for (const group of data.groups) this._group(group, address);
    this._form();
  }

  /** Tells every card in which form model.py was chosen. */
  _form() {
    const form = this.cards.get(MODEL)?.choice ?? "";
    for (const card of this.cards.values()) card.use(form);
  }

  /** @param {ExportGroup} group @param {string} address */
  _group(group, address) {
    let place = this.groups.get(group.key);
    if (!place) {
      const id = `group-${group.key}`;
      const title = element("h2", { class: "nn-title", id });
      const help = text("", "nn-lead", "p");
      const grid = element("div", { class: "nn-grid" });
      place = { title, help, grid, element: element("section", { "aria-labelledby": id }, title, help, grid) };
      this.groups.set(group.key, place);
      this.root.append(place.element);
    }
    setText(place.title, group.title);
    setText(place.help, group.help);
    const { grid } = place;
    group.files.forEach((file, index) => {
      const card = placed(this.cards, file.kind, grid, index, (kind) => new Card(kind, () => this._form()));
      card.update(file, address);
    });
  }

  destroy() {
    for (const card of this.cards.values()) card.leave();
    this.root.remove();
  }
}

export const render = mounted(() => new Exports());
export default render;
