// @ts-check
/**
 * The network canvas: inputs, layer cards and output from left to right, with live links and neurons.
 *
 * Everything is changed where it is seen; what the person asks for is sent as the trigger `action`:
 * `{do: "add", at, kind}`, `{do: "add_block"}`, `{do: "remove", at}`, `{do: "move", from, to}` (`to` is the index
 * afterwards),
 * `{do: "duplicate", at}`, `{do: "enable", at, value}`, `{do: "freeze", at, value}`, `{do: "resize", at, units}`,
 * `{do: "select", at}` (null: none), `{do: "repair", id}`, `{do: "match_output"}`, `{do: "undo"}`, `{do: "redo"}`,
 * `{do: "fine_tune"}`, `{do: "replace_head"}`, `{do: "freeze_all", value}`, `{do: "freeze_by_name", name, value}`,
 * `{do: "start_fresh", at}` (no `at`: all layers), each with a growing `n`.
 */

import { setText } from "./format.js";
import { connect } from "./live.js";
import { mounted } from "./mount.js";
import { Actions } from "./network_actions.js";
import { insertButton, LayerCard, setAttribute } from "./network_cards.js";
import { Drag } from "./network_drag.js";
import { InputColumn, OutputCard } from "./network_ends.js";
import { columnsOf, Links, widthAfter } from "./network_links.js";
import { surroundingsOf } from "./network_menus.js";
import { Popover } from "./network_popover.js";
import { Problems } from "./network_problems.js";
import { makeStage, NOTHING } from "./network_stage.js";
import { linesOf, openTransfer, totals } from "./network_transfer.js";
import { themeOf } from "./palette.js";

/** @typedef {import("./network_types.js").NetworkData} NetworkData */
/** @typedef {import("./network_types.js").Asked} Asked */
/** @typedef {import("./mount.js").Arguments} Arguments */

const WIDEST_PITCH = 54;
const LARGEST_NEURON = 42;
const SMALLEST_NEURON = 10;
const MORE_LINE = 18;
/** The stage is empty so far from its ends: what hides no more than that hides nothing. */
const EDGE = 12;
// A new layer that comes later than this was not asked for here.
const EXPECTED_MS = 3000;
class Network {
  /** @param {Arguments} args */
  constructor(args) {
    this.args = args;
    /** @type {NetworkData} */
    this.data = NOTHING;
    this.actions = new Actions((payload) => this.args.setTriggerValue("action", payload));
    /** @param {Asked} asked */
    this.ask = (asked) => this.actions.ask(asked);
    /** @type {Map<string, LayerCard>} */
    this.cards = new Map();
    /** @type {{focus: boolean, until: number} | null} a layer asked for here that did not come yet */
    this.expected = null;
    /** @type {(() => void) | null} */
    this.unsubscribe = null;
    this.liveKey = "";

    this.view = makeStage();
    const { root, stage, scroll, empty } = this.view;
    this.popover = new Popover(root);
    this.links = new Links(this.view.canvas);
    this.surroundings = surroundingsOf(this);
    this.inputs = new InputColumn();
    this.output = new OutputCard(this.ask);
    this.lastGap = insertButton(this.surroundings, () => null);
    empty.before(this.inputs.element, this.lastGap.element, this.output.element);
    this.problems = new Problems(
      (problem) => this.ask({ do: "repair", id: problem.id }),
      (layer, on) => this.cards.get(layer)?.element.classList.toggle("nn-pointed", on),
    );
    root.append(this.problems.element);
    this.drag = new Drag(
      scroll,
      () => [
        ...this._ordered().map((card) => ({ element: card.gap.element, before: card.layer.id })),
        { element: this.lastGap.element, before: null },
      ],
      (card, before) => this.ask({ do: "move", layer: card.layer.id, before }),
    );
    this.sizes = new ResizeObserver(() => this._layout());
    // Whatever shifts a neuron changes the size of one of these, a font that comes late for example.
    for (const node of [scroll, stage, this.inputs.element, this.lastGap.element, this.output.element])
      this.sizes.observe(node);
    /** A person who clicked beside everything still expects undo to work. @param {KeyboardEvent} event */
    this._pageKey = (event) => {
      if (document.activeElement === document.body && root.isConnected) this._history(event);
    };
    this._listen();
  }

  /** A new layer is on its way. @param {boolean} focus whether its card gets the focus */
  expect(focus) {
    this.expected = { focus, until: Date.now() + EXPECTED_MS };
  }

  /** @param {"undo" | "redo"} way */
  _step(way) {
    if (way === "undo" ? this.data.can_undo : this.data.can_redo) this.ask({ do: way });
  }

  _listen() {
    const { root, stage, scroll, undo, redo, tune, add, first } = this.view;
    root.addEventListener("keydown", (event) => this._key(event));
    document.addEventListener("keydown", this._pageKey);
    scroll.addEventListener("scroll", () => this._scrolled(), { passive: true });
    undo.addEventListener("click", () => this._step("undo"));
    redo.addEventListener("click", () => this._step("redo"));
    tune.addEventListener("click", () => {
      if (this.popover.isOpenAt(tune)) this.popover.close(true);
      else openTransfer(this.popover, tune, this.data, this.ask);
    });
    for (const button of [add, first]) {
      button.addEventListener("click", () => {
        this.expect(false);
        this.ask({ do: "add_block" });
      });
    }
    stage.addEventListener("click", (event) => {
      const target = /** @type {Element} */ (event.composedPath()[0]);
      if (this.drag.justDropped) {
        this.drag.justDropped = false;
        return;
      }
      if (target.closest("button, input")) return;
      const id = target.closest(".nn-card")?.getAttribute("data-layer") ?? null;
      this._select(id);
    });
    stage.addEventListener("pointermove", (event) => this._hover(event));
    stage.addEventListener("pointerleave", () => this._hover(null));
  }

  /** @param {string | null} id */
  _select(id) {
    if (id !== null) this.ask({ do: "select", layer: id });
    else if (this.data.selected !== null) this.ask({ do: "select", nothing: true });
  }

  /** Undo and redo from the keyboard. @param {KeyboardEvent} event @returns {boolean} whether it was one of them */
  _history(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
    const letter = event.key.toLowerCase();
    if (letter !== "z" && letter !== "y") return false;
    event.preventDefault();
    this._step(letter === "y" || event.shiftKey ? "redo" : "undo");
    return true;
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    const cardElement = target.closest(".nn-card");
    const card = this.cards.get(cardElement?.getAttribute("data-layer") ?? "");
    const typing = card?.units === target && card.typing;
    if (!typing && this._history(event)) return;
    if (!card) {
      if (event.key === "Escape") this._select(null);
      return;
    }
    const id = card.layer.id;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (sideways && event.altKey) {
      // Even at the ends: the browser would leave the page.
      event.preventDefault();
      this.ask({ do: "move", layer: id, by: sideways });
      return;
    }
    if (target !== cardElement || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") this._select(id);
    else if (event.key === "Delete" || event.key === "Backspace") this.ask({ do: "remove", layer: id });
    else if (event.key === "Escape") this._select(null);
    else if (sideways) this._focus(this._ordered()[card.layer.index + sideways]);
    else return;
    event.preventDefault();
  }

  /** @param {PointerEvent | null} event */
  _hover(event) {
    let near = null;
    if (
      event &&
      !this.drag.now?.moved &&
      !(/** @type {Element} */ (event.composedPath()[0]).closest("button, input"))
    ) {
      const box = this.view.stage.getBoundingClientRect();
      const x = event.clientX - box.left;
      const y = event.clientY - box.top;
      near = this.links.linkAt(x, y) ?? null;
      this.view.tip.style.left = `${x}px`;
      this.view.tip.style.top = `${y}px`;
    }
    if (near === null && this.links.near === null) return;
    this.links.near = near;
    this._showTip();
    this.links.draw();
  }

  _showTip() {
    const { near } = this.links;
    if (this.view.tip.hidden !== (near === null)) this.view.tip.hidden = near === null;
    if (near) setText(this.view.tip, this.links.describe(near, this.data.inputs));
  }

  /** Cards from left to right. @returns {LayerCard[]} */
  _ordered() {
    return this.data.layers.map((layer) => /** @type {LayerCard} */ (this.cards.get(layer.id)));
  }

  /** @param {LayerCard | undefined} card @param {boolean} [focus] */
  _focus(card, focus = true) {
    if (!card) return;
    if (focus) card.element.focus({ preventScroll: true });
    const { element: node } = card;
    const left = node.offsetLeft - 40;
    const right = node.offsetLeft + node.offsetWidth + 40;
    if (left < this.view.scroll.scrollLeft) this.view.scroll.scrollLeft = left;
    else if (right > this.view.scroll.scrollLeft + this.view.scroll.clientWidth)
      this.view.scroll.scrollLeft = right - this.view.scroll.clientWidth;
  }

  /** @param {Arguments} args */
  update(args) {
    this.args = args;
    const { parentElement } = args;
    if (this.view.root.parentNode !== parentElement) parentElement.append(this.view.root);
    /** @type {NetworkData} */
    const data = { ...NOTHING, ...(args.data ?? {}) };
    const chosen = data.selected !== this.data.selected ? data.selected : null;
    this.data = data;
    this.view.root.style.setProperty("--nn-height", data.height ? `${data.height}px` : "");
    this.view.root.style.setProperty("--nn-lines", String(linesOf(data.layers)));
    const { frozen, words } = totals(data);
    setText(this.view.total, words);
    this.view.total.title = frozen ? `${words}: a frozen layer keeps its weights` : words;
    setAttribute(this.view.undo, "aria-disabled", data.can_undo ? null : "true");
    setAttribute(this.view.redo, "aria-disabled", data.can_redo ? null : "true");
    this.inputs.update(data.inputs);
    const last = data.layers.findLast(({ units }) => units !== null);
    this.output.update(data.output, Boolean(last?.problems.some(({ repair }) => repair)));
    const fresh = this._reconcile();
    this.problems.update(data.layers);
    this.view.empty.hidden = data.layers.length > 0;
    this.view.stage.classList.toggle("nn-bare", data.layers.length === 0);
    this.links.setTheme(themeOf(this.view.root));
    this._layout();
    this._follow();
    if (fresh && this.expected && Date.now() < this.expected.until) {
      this._focus(fresh, this.expected.focus);
      this.expected = null;
    } else if (chosen !== null) this._focus(this._ordered()[chosen], false);
    this.actions.answered(data.layers);
  }

  /** Makes, moves and removes cards as little as needed. @returns {LayerCard | null} a new one, if there is */
  _reconcile() {
    const { layers, selected } = this.data;
    const tree = /** @type {ShadowRoot | Document} */ (this.view.root.getRootNode());
    const active = /** @type {HTMLElement | null} */ (tree.activeElement);
    const lost = active?.closest(".nn-card")?.getAttribute("data-layer");
    const place = [...this.cards.keys()].indexOf(lost ?? "");
    const first = this.cards.size === 0;
    /** @type {LayerCard | null} */
    let fresh = null;
    const ids = new Set(layers.map((layer) => layer.id));
    for (const [id, card] of this.cards) {
      if (ids.has(id)) continue;
      if (this.drag.now?.card === card) this.drag.end(false);
      if (this.popover.opener && card.element.contains(this.popover.opener)) this.popover.close(false);
      for (const node of [card.gap.element, card.element]) {
        this.sizes.unobserve(node);
        node.remove();
      }
      card.forget();
    }
    let width = this.data.inputs.length;
    /** @type {Map<string, LayerCard>} */
    const cards = new Map();
    /** @type {Element} */
    let last = this.inputs.element;
    layers.forEach((layer, index) => {
      let card = this.cards.get(layer.id);
      if (!card) {
        card = new LayerCard(layer, this.surroundings);
        this.drag.attach(card);
        card.element.classList.toggle("nn-fresh", !first);
        fresh ??= card;
        this.sizes.observe(card.element);
        this.sizes.observe(card.gap.element);
      }
      cards.set(layer.id, card);
      width = widthAfter(layer, width);
      for (const node of [card.gap.element, card.element]) {
        if (last.nextElementSibling !== node) last.after(node);
        last = node;
      }
      card.update(layer, layers.length, selected === layer.index, width);
      if (index === layers.length - 1)
        setAttribute(this.lastGap.button, "aria-label", `Add a layer after layer ${index + 1}, ${layer.label}`);
    });
    if (last.nextElementSibling !== this.lastGap.element) last.after(this.lastGap.element, this.output.element);
    this.cards = cards;
    // Moving an element in the document takes its focus away.
    if (active && active !== tree.activeElement) {
      if (active.isConnected) active.focus({ preventScroll: true });
      else if (place >= 0) this._focus(this._ordered()[Math.min(place, layers.length - 1)]);
    }
    return fresh;
  }

  /** Sizes the neurons to the room there is and tells the canvas where they are. */
  _layout() {
    if (!this.view.root.isConnected) return;
    this.inputs.measure();
    this._scrolled();
    const columns = columnsOf(this.data);
    const ordered = this._ordered();
    const drawn = [
      this.inputs.neurons,
      ...ordered.filter((card) => card.layer.enabled).map((card) => card.neurons),
      this.output.neurons,
    ];
    const rows = Math.max(1, ...drawn.map((neurons) => neurons.boxes.length));
    const folded = drawn.some((neurons) => !neurons.more.hidden);
    const body = /** @type {HTMLElement} */ (this.inputs.neurons.element.parentElement);
    const room = body.clientHeight - (folded ? 2 * MORE_LINE : 0);
    const pitch = Math.max(SMALLEST_NEURON + 2, Math.min(WIDEST_PITCH, Math.floor(room / rows)));
    const size = Math.max(SMALLEST_NEURON, Math.min(LARGEST_NEURON, Math.round(pitch * 0.8)));
    this.view.root.style.setProperty("--nn-pitch", `${pitch}px`);
    this.view.root.style.setProperty("--nn-size", `${size}px`);
    const origin = this.view.stage.getBoundingClientRect();
    drawn.forEach((neurons, place) => {
      columns[place].nodes = neurons.boxes.map((box) => {
        const at = box.getBoundingClientRect();
        return { x: at.left - origin.left, y: at.top + at.height / 2 - origin.top, size: at.width };
      });
    });
    this.links.setColumns(columns, this.view.stage.offsetWidth, this.view.stage.offsetHeight);
    this.links.draw();
  }

  /** Another part of the stage is in sight. */
  _scrolled() {
    const { scroll, window } = this.view;
    window.classList.toggle("nn-cut-left", scroll.scrollLeft > EDGE);
    window.classList.toggle("nn-cut-right", scroll.scrollLeft + scroll.clientWidth < scroll.scrollWidth - EDGE);
    const left = this.view.root.getBoundingClientRect().left;
    this.problems.place((layer) => {
      const box = this.cards.get(layer)?.element.getBoundingClientRect();
      return box ? box.left + box.width / 2 - left : null;
    });
  }

  /** Listens to the live view the page names. */
  _follow() {
    const { live } = this.data;
    const key = live ? `${live.path} ${live.token}` : "";
    if (key === this.liveKey) return;
    this.liveKey = key;
    this.unsubscribe?.();
    this.unsubscribe = null;
    const { links } = this;
    links.clear();
    if (!live) {
      links.draw();
      return;
    }
    this.unsubscribe = connect(live).subscribe((feed, changes) => {
      if (!changes.picture) return;
      links.take(feed.picture);
      this._showTip();
      links.draw();
    });
  }

  destroy() {
    this.unsubscribe?.();
    this.sizes.disconnect();
    this.popover.close(false);
    this.actions.destroy();
    for (const card of this.cards.values()) card.forget();
    document.removeEventListener("keydown", this._pageKey);
    this.view.root.remove();
  }
}

export const render = mounted((args) => new Network(args));
export default render;
