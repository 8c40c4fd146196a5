// @ts-check
/** Moving a card with the pointer: it follows, a bar shows where it would land, Escape gives up. */

/** @typedef {import("./network_cards.js").LayerCard} LayerCard */
/** @typedef {{element: HTMLElement, before: string | null}} Gap a place between two cards */
/**
 * @typedef {object} Dragging
 * @property {LayerCard} card
 * @property {number} pointer
 * @property {number} x where it began, in the stage's pixels
 * @property {boolean} moved
 * @property {Gap | null} gap
 */

const FREE_PX = 5;
const EDGE_PX = 40;
const SCROLL_PX = 12;

export class Drag {
  /**
   * @param {HTMLElement} scroll the box that scrolls
   * @param {() => Gap[]} gaps in their order
   * @param {(card: LayerCard, before: string | null) => void} drop
   */
  constructor(scroll, gaps, drop) {
    this.scroll = scroll;
    this.gaps = gaps;
    this.drop = drop;
    /** @type {Dragging | null} */
    this.now = null;
    /** The click that ends a drag is not meant for the card. */
    this.justDropped = false;
    /** @param {KeyboardEvent} event */
    this._escape = (event) => {
      if (event.key !== "Escape" || !this.now?.moved) return;
      event.preventDefault();
      event.stopPropagation();
      this.end(false);
    };
  }

  /** @param {LayerCard} card */
  attach(card) {
    const { element } = card;
    element.addEventListener("pointerdown", (event) => {
      this.justDropped = false;
      const target = /** @type {Element} */ (event.composedPath()[0]);
      if (event.button !== 0 || event.pointerType === "touch" || target.closest("button, input")) return;
      this.now = { card, pointer: event.pointerId, x: this._x(event), moved: false, gap: null };
    });
    element.addEventListener("pointermove", (event) => this._move(event));
    element.addEventListener("pointerup", () => this.now?.card === card && this.end(true));
    element.addEventListener("pointercancel", () => this.now?.card === card && this.end(false));
    element.addEventListener("lostpointercapture", () => this.now?.card === card && this.end(false));
  }

  /** @param {PointerEvent} event */
  _x(event) {
    return event.clientX - this.scroll.getBoundingClientRect().left + this.scroll.scrollLeft;
  }

  /** @param {PointerEvent} event */
  _move(event) {
    const { now } = this;
    if (!now || event.pointerId !== now.pointer) return;
    if (event.buttons === 0) {
      this.end(false);
      return;
    }
    const x = this._x(event);
    if (!now.moved) {
      if (Math.abs(x - now.x) < FREE_PX) return;
      now.moved = true;
      now.card.element.setPointerCapture(event.pointerId);
      now.card.element.classList.add("nn-dragged");
      document.addEventListener("keydown", this._escape, true);
    }
    now.card.element.style.transform = `translateX(${Math.round(x - now.x)}px)`;
    this._mark(x - now.x);
    const box = this.scroll.getBoundingClientRect();
    if (event.clientX > box.right - EDGE_PX) this.scroll.scrollLeft += SCROLL_PX;
    else if (event.clientX < box.left + EDGE_PX) this.scroll.scrollLeft -= SCROLL_PX;
  }

  /** Marks where the card would land: the gap nearest to its middle. @param {number} moved in pixels */
  _mark(moved) {
    const now = /** @type {Dragging} */ (this.now);
    const card = now.card.element;
    const x = card.offsetLeft + card.offsetWidth / 2 + moved;
    let best = Infinity;
    /** @type {Gap | null} */
    let nearest = null;
    for (const gap of this.gaps()) {
      const distance = Math.abs(gap.element.offsetLeft + gap.element.offsetWidth / 2 - x);
      if (distance < best) [best, nearest] = [distance, gap];
    }
    // Beside itself it stays where it is.
    if (nearest && (nearest.element === card.previousElementSibling || nearest.element === card.nextElementSibling))
      nearest = null;
    if (nearest?.element === now.gap?.element) return;
    now.gap?.element.classList.remove("nn-drop");
    nearest?.element.classList.add("nn-drop");
    now.gap = nearest;
  }

  /** @param {boolean} take whether the card lands or goes back */
  end(take) {
    const { now } = this;
    this.now = null;
    if (!now?.moved) return;
    this.justDropped = true;
    document.removeEventListener("keydown", this._escape, true);
    const { element } = now.card;
    element.classList.remove("nn-dragged");
    element.style.transform = "";
    now.gap?.element.classList.remove("nn-drop");
    if (element.hasPointerCapture(now.pointer)) element.releasePointerCapture(now.pointer);
    if (take && now.gap) this.drop(now.card, now.gap.before);
  }
}
