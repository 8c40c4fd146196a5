// @ts-check
/** What the page tells the network canvas, as types. This module holds no code. */

/**
 * @typedef {object} Problem a fault of one layer
 * @property {string} id
 * @property {"error" | "warning"} severity
 * @property {string} message one sentence
 * @property {string | null} repair label of the button that repairs it
 */
/**
 * @typedef {object} Layer
 * @property {string} id stays the same while the layer lives
 * @property {number} index its place in the network
 * @property {string} kind key of its catalog row
 * @property {string} label
 * @property {"linear" | "activation" | "normalization" | "regularization"} group
 * @property {number | null} units
 * @property {string} detail its settings in a few words, `p 0.5`
 * @property {string} shape its output, `5`
 * @property {number} parameters
 * @property {boolean} enabled
 * @property {boolean} frozen
 * @property {string} [start] the file its weights start from; none where they start fresh
 * @property {boolean} [fresh] is it said that they start fresh? Beside others that start from a file
 * @property {number} [thaw_after] epochs after which it learns although frozen; 0 is never
 * @property {number} [rate_factor] times the learning rate
 * @property {string} [torch_name] what torch calls it, `0`
 * @property {Problem[]} problems
 */
/** @typedef {{key: string, label: string, help: string}} CatalogRow */
/** @typedef {{group: string, rows: CatalogRow[]}} CatalogGroup */
/**
 * @typedef {object} NetworkData
 * @property {{path: string, token: string} | null} live
 * @property {string[]} inputs
 * @property {{width: number, wanted: number, label: string}} output
 * @property {Layer[]} layers
 * @property {CatalogGroup[]} catalog
 * @property {number | null} selected
 * @property {number} total_parameters
 * @property {boolean} can_undo
 * @property {boolean} can_redo
 * @property {number} [height] of the whole canvas in pixels
 */
/**
 * @typedef {object} Asked a change asked for; `layer` is the id it is about, the rest is sent as it is
 * @property {string} do
 * @property {string} [layer]
 * @property {number} [by] places to move by
 * @property {string | null} [before] id of the layer to come before, null for the end
 * @property {string} [kind]
 * @property {boolean} [value]
 * @property {number} [units]
 * @property {string} [name] of weights, `0.weight`
 * @property {string} [id] of the problem
 * @property {boolean} [nothing] select no layer
 */

export {};
