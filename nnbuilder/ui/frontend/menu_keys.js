// @ts-check
/** Tab leads from an open menu's button into the menu and back; the page lays menus at the end of the document. */

const OPENER = '[data-testid="stPopoverButton"][aria-expanded="true"]';
const MENU = '[data-testid="stPopoverBody"]';
const REACHED = "a[href], button, input, select, textarea, summary, [tabindex]";

/**
 * Leads Tab through open menus from now on.
 * @returns {() => void} ends it
 */
export function leadIntoMenus() {
  document.addEventListener("keydown", lead, true);
  return () => document.removeEventListener("keydown", lead, true);
}

/** @param {KeyboardEvent} event */
function lead(event) {
  if (event.key !== "Tab" || event.ctrlKey || event.altKey || event.metaKey) return;
  const opener = /** @type {HTMLElement | null} */ (document.querySelector(OPENER));
  const menu = document.querySelector(MENU);
  if (!opener || !menu) return;
  const places = reachable(menu);
  const path = event.composedPath();
  const at = places.findIndex((place) => place === path[0]);
  /** @type {HTMLElement | undefined} */
  let next;
  if (path.includes(opener)) next = event.shiftKey ? undefined : places[0];
  else if (path.includes(menu) && at === (event.shiftKey ? 0 : places.length - 1)) next = opener;
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/**
 * What Tab reaches within an element, in order, in the components of the page too.
 * @param {Element | ShadowRoot} root
 * @returns {HTMLElement[]}
 */
function reachable(root) {
  return [...root.querySelectorAll("*")].flatMap((element) => {
    const inside = element.shadowRoot ? reachable(element.shadowRoot) : [];
    return element instanceof HTMLElement && canTake(element) ? [element, ...inside] : inside;
  });
}

/** @param {HTMLElement} element */
function canTake(element) {
  return (
    element.matches(REACHED) &&
    element.tabIndex >= 0 &&
    !element.matches(":disabled") &&
    element.getClientRects().length > 0 &&
    getComputedStyle(element).visibility === "visible"
  );
}
