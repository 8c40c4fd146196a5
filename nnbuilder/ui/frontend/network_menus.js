// @ts-check
/** What opens over the canvas of the network: the picker of a new layer, and the menu of a card. */

import { openMenu, openPicker } from "./network_popover.js";

/** @typedef {import("./network_types.js").Asked} Asked */
/**
 * @typedef {object} Canvas what the menus need of the canvas they belong to
 * @property {(asked: Asked) => void} ask
 * @property {(focus: boolean) => void} expect
 * @property {import("./network_popover.js").Popover} popover
 * @property {import("./network_problems.js").Problems} problems
 * @property {import("./network_types.js").NetworkData} data
 */

/**
 * What the cards of a canvas can ask of it.
 * @param {Canvas} canvas
 * @returns {import("./network_cards.js").Surroundings}
 */
export function surroundingsOf(canvas) {
  return {
    ask: canvas.ask,
    showProblem: (card) => canvas.problems.show(card.layer.id),
    picker: (opener, before) => {
      if (canvas.popover.isOpenAt(opener)) {
        canvas.popover.close(true);
        return;
      }
      openPicker(canvas.popover, opener, canvas.data.catalog, (row) => {
        canvas.expect(true);
        canvas.ask({ do: "add", before, kind: row.key });
      });
    },
    menu: (opener, card) => {
      if (canvas.popover.isOpenAt(opener)) {
        canvas.popover.close(true);
        return;
      }
      const { id, index, label, start } = card.layer;
      const fresh = start ? [{ label: "Start fresh", run: () => canvas.ask({ do: "start_fresh", layer: id }) }] : [];
      openMenu(canvas.popover, opener, `Layer ${index + 1}, ${label}`, [
        { label: "Duplicate", run: () => (canvas.expect(true), canvas.ask({ do: "duplicate", layer: id })) },
        {
          label: "Move left",
          keys: "Alt ←",
          disabled: index === 0,
          run: () => canvas.ask({ do: "move", layer: id, by: -1 }),
        },
        {
          label: "Move right",
          keys: "Alt →",
          disabled: index === canvas.data.layers.length - 1,
          run: () => canvas.ask({ do: "move", layer: id, by: 1 }),
        },
        ...fresh,
        { label: "Remove", keys: "Del", danger: true, run: () => canvas.ask({ do: "remove", layer: id }) },
      ]);
    },
  };
}
