// @ts-check
/**
 * The project as Python source: it follows every click, shows what the last one changed, and one button copies it.
 *
 * Each file keeps the marks of the last click that changed it. While there is no code (something is to be repaired
 * first) the last one stays, dimmed, under the sentence that says so.
 */

import { colored } from "./code_colors.js";
import { marks } from "./code_diff.js";
import { element, setText, text } from "./format.js";
import { mounted } from "./mount.js";

/** @typedef {import("./code_diff.js").Mark} Mark */
/** @typedef {import("./mount.js").Arguments} Arguments */
/**
 * @typedef {object} CodeFile
 * @property {string} key
 * @property {string} label
 * @property {string} text
 * @property {string} note what else is needed to run it
 */
/** @typedef {{files: CodeFile[], message: string, project: string}} CodeData */

const COPIED_MS = 2000;

class Code {
  constructor() {
    this.tabs = element("div", { class: "nn-tabs", role: "radiogroup", "aria-label": "Code to show" });
    this.news = element("span", { class: "nn-news", role: "status" });
    this.copy = element("button", { type: "button", class: "nn-copy" }, "Copy");
    this.message = element("p", { class: "nn-message", role: "status" });
    this.note = element("p", { class: "nn-note" });
    this.lines = element("pre", { class: "nn-lines", tabindex: "0", role: "region" });
    const head = element("div", { class: "nn-head" }, this.tabs, this.news, this.copy);
    this.root = element("div", { class: "nn-board nn-code" }, head, this.message, this.note, this.lines);
    /** @type {CodeFile[]} */
    this.files = [];
    this.project = "";
    this.chosen = "";
    this.painted = "";
    /** @type {Map<string, Mark[]>} */
    this.marks = new Map();
    this.timer = 0;
    this.copy.addEventListener("click", () => void this._copy());
    this.tabs.addEventListener("keydown", (event) => this._onKey(event));
  }

  /** @param {Arguments} args */
  update(args) {
    if (this.root.parentNode !== args.parentElement) {
      args.parentElement.append(this.root);
      // Where it was asked for it is to be seen, though it begins at the lower edge of the page.
      window.requestAnimationFrame(() => this.root.scrollIntoView({ block: "nearest", behavior: "smooth" }));
    }
    /** @type {CodeData} */
    const data = { files: [], message: "", project: "", ...(args.data ?? {}) };
    if (data.project !== this.project) {
      this.project = data.project;
      this.files = [];
      this.marks.clear();
    }
    if (data.files.length) this._take(data.files);
    this.root.classList.toggle("nn-stale", Boolean(data.message));
    setText(this.message, data.message);
    this.message.hidden = !data.message;
    this._show();
  }

  /** @param {CodeFile[]} files */
  _take(files) {
    const before = new Map(this.files.map((file) => [file.key, file.text]));
    for (const file of files) {
      const old = before.get(file.key);
      if (old !== undefined && old !== file.text) this.marks.set(file.key, marks(old, file.text));
    }
    this.files = files;
    if (!files.some((file) => file.key === this.chosen)) this.chosen = files[0].key;
    const keys = files.map((file) => file.key);
    if (keys.join() !== [...this.tabs.children].map((tab) => tab.getAttribute("data-key")).join()) {
      this.tabs.replaceChildren(...files.map((file) => this._tab(file)));
    }
  }

  /** @param {CodeFile} file */
  _tab(file) {
    const tab = element("button", { type: "button", role: "radio", "data-key": file.key }, file.label);
    tab.addEventListener("click", () => this._choose(file.key));
    return tab;
  }

  /** @param {string} key */
  _choose(key) {
    this.chosen = key;
    this._show();
  }

  /** Arrows go from one to the next, as in any group of choices. @param {KeyboardEvent} event */
  _onKey(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const place = this.files.findIndex((file) => file.key === this.chosen);
    this._choose(this.files[(place + step + this.files.length) % this.files.length].key);
    /** @type {HTMLElement | null} */ (this.tabs.querySelector("[aria-checked=true]"))?.focus();
  }

  _show() {
    const file = this.files.find((one) => one.key === this.chosen);
    this.root.classList.toggle("nn-empty", !file);
    if (!file) return;
    for (const tab of this.tabs.children) {
      const is = tab.getAttribute("data-key") === this.chosen;
      tab.setAttribute("aria-checked", String(is));
      tab.setAttribute("tabindex", is ? "0" : "-1");
    }
    setText(this.note, file.note);
    this.note.hidden = !file.note;
    this.lines.setAttribute("aria-label", file.label);
    const wanted = `${file.key}\n${file.text}`;
    if (wanted === this.painted) return;
    const other = !this.painted.startsWith(`${file.key}\n`);
    this.painted = wanted;
    this._paint(file.text, this.marks.get(file.key) ?? [], other);
  }

  /** @param {string} source @param {Mark[]} found @param {boolean} other another file than before */
  _paint(source, found, other) {
    const lines = colored(source.replace(/\n$/, ""));
    const rows = lines.map((pieces, place) => {
      const mark = found[place];
      const row = element("code", { class: "nn-line" }, ...painted(pieces, mark?.part ?? null), "\n");
      if (mark?.fresh) row.classList.add("nn-fresh");
      if (mark?.gone) {
        row.classList.add("nn-gone");
        row.title = mark.gone === 1 ? "A line has gone here." : `${mark.gone} lines have gone here.`;
      }
      return row;
    });
    const { scrollTop } = this.lines;
    this.lines.replaceChildren(...rows);
    this.lines.scrollTop = other ? 0 : scrollTop;
    setText(this.news, inWords(found));
    const first = rows.find((row) => row.matches(".nn-fresh, .nn-gone"));
    if (first) reveal(this.lines, first);
  }

  async _copy() {
    const file = this.files.find((one) => one.key === this.chosen);
    if (!file) return;
    const done = (await copied(file.text)) ? "Copied" : "Not copied: select the text";
    setText(this.copy, done);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => setText(this.copy, "Copy"), COPIED_MS);
  }

  destroy() {
    window.clearTimeout(this.timer);
    this.root.remove();
  }
}

/** What the last click changed. @param {Mark[]} found @returns {string} */
function inWords(found) {
  const fresh = found.filter((mark) => mark.fresh).length;
  const gone = found.reduce((sum, mark) => sum + mark.gone, 0);
  const said = [];
  if (fresh) said.push(fresh === 1 ? "1 line changed" : `${fresh} lines changed`);
  if (gone) said.push(gone === 1 ? "1 line gone" : `${gone} lines gone`);
  return said.join(", ");
}

/**
 * The pieces of a line as elements, those between two columns emphasized.
 * @param {import("./code_colors.js").Piece[]} pieces
 * @param {[number, number] | null} part
 * @returns {Node[]}
 */
function painted(pieces, part) {
  const nodes = [];
  let column = 0;
  for (const piece of pieces) {
    const [from, to] = part ?? [0, 0];
    const cuts = [0, from - column, to - column, piece.text.length]
      .map((cut) => Math.min(Math.max(cut, 0), piece.text.length))
      .sort((a, b) => a - b);
    for (let place = 0; place < 3; place += 1) {
      const content = piece.text.slice(cuts[place], cuts[place + 1]);
      if (content) nodes.push(text(content, place === 1 ? `nn-${piece.kind} nn-part` : `nn-${piece.kind}`));
    }
    column += piece.text.length;
  }
  return nodes;
}

/** Scroll a line into its box, and nothing but the box. @param {HTMLElement} box @param {HTMLElement} row */
function reveal(box, row) {
  const top = row.offsetTop - box.offsetTop;
  if (top < box.scrollTop || top + row.offsetHeight > box.scrollTop + box.clientHeight) {
    box.scrollTop = Math.max(0, top - box.clientHeight / 3);
  }
}

/** Put a text on the clipboard; without a safe connection browsers offer only the old way. @param {string} content @returns {Promise<boolean>} */
async function copied(content) {
  try {
    await navigator.clipboard.writeText(content);
    return true;
  } catch {
    const field = element("textarea", { style: "position: fixed; opacity: 0" });
    field.value = content;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

export const render = mounted(() => new Code());
export default render;
