// @ts-check
/**
 * Keeps a component's board alive over the reruns of the page.
 *
 * Streamlit calls a component's function again on the same parent element whenever its data or the theme changes, and
 * may call the cleanup of an outdated call late. So the board is made once a parent, and a cleanup counts only
 * when no newer call came.
 */

/**
 * @typedef {object} Arguments what Streamlit hands to a component
 * @property {HTMLElement | ShadowRoot} parentElement
 * @property {any} data
 * @property {(name: string, value: any) => void} setTriggerValue
 * @property {(name: string, value: any) => void} setStateValue
 * @property {string} [key]
 */
/**
 * @typedef {object} Board
 * @property {(args: Arguments) => void} update takes new data; also called after the first making
 * @property {() => void} destroy
 */

// The next call follows the cleanup of an outdated one within a few tasks.
const GRACE_MS = 100;

/**
 * A component's `render` from the function that makes its board.
 * @param {(args: Arguments) => Board} create
 * @returns {(args: Arguments) => () => void}
 */
export function mounted(create) {
  /** @type {WeakMap<Node, {board: Board, generation: number}>} */
  const boards = new WeakMap();
  return function render(args) {
    const parent = args.parentElement;
    let entry = boards.get(parent);
    if (!entry) {
      entry = { board: create(args), generation: 0 };
      boards.set(parent, entry);
    }
    const mine = entry;
    mine.generation += 1;
    const { generation } = mine;
    mine.board.update(args);
    return () => {
      window.setTimeout(() => {
        if (mine.generation !== generation || boards.get(parent) !== mine) return;
        boards.delete(parent);
        mine.board.destroy();
      }, GRACE_MS);
    };
  };
}
