// @ts-check
/** Maps of the plane as pixels: probability, classes with confidence, surface; smooth or in steps. */

import { classColor, mix, neutral, pixelTable, probabilityColor, rgb, surfaceColor } from "./palette.js";

/** @typedef {{dark: boolean, discretize: boolean, classes: number}} MapOptions */

// Edges between steps are found on a finer grid than the map's.
const FINER = 4;
const BANDS = 10;

/** @type {Map<string, Uint32Array>} */
const tables = new Map();

/** A table made once. @param {string} key @param {() => Uint32Array} make */
function kept(key, make) {
  let table = tables.get(key);
  if (!table) {
    if (tables.size > 200) tables.clear();
    table = make();
    tables.set(key, table);
  }
  return table;
}

/**
 * Writes a picture's map into `canvas` (made as large as needed).
 * @param {HTMLCanvasElement} canvas
 * @param {import("./frame.js").Section} picture
 * @param {MapOptions} options
 * @returns {{width: number, height: number, edge: number} | null} the part of the canvas that holds the map, and half
 *   a cell of it
 */
export function fillMap(canvas, picture, options) {
  const { view } = picture.header;
  if (view.kind === "classes") return fillClasses(canvas, picture, options);
  const values = picture.arrays.map;
  if (!values) return null;
  const [height, width] = picture.shapes.map;
  const { dark, discretize } = options;
  const mark = `${view.kind} ${dark} ${discretize} ${view.kind === "surface" ? view.value_range : ""}`;
  const table = kept(mark, () => scalarTable(view, dark, discretize));
  if (!discretize) {
    return write(canvas, width, height, (pixels) => {
      for (let index = 0; index < pixels.length; index += 1) pixels[index] = table[values[index]];
    });
  }
  return write(
    canvas,
    width * FINER,
    height * FINER,
    (pixels) => enlarge(values, width, height, table, pixels),
    FINER / 2,
  );
}

/** @param {any} view @param {boolean} dark @param {boolean} discretize */
function scalarTable(view, dark, discretize) {
  if (view.kind === "probability") {
    return pixelTable((value) => probabilityColor(discretize ? Math.round(value) : value, dark));
  }
  const color = surfaceColor(view.value_range, dark);
  if (!discretize) return pixelTable(color);
  return pixelTable((value) => color((Math.min(BANDS - 1, Math.floor(value * BANDS)) + 0.5) / BANDS));
}

/** @param {HTMLCanvasElement} canvas @param {import("./frame.js").Section} picture @param {MapOptions} options */
function fillClasses(canvas, picture, { dark, discretize, classes }) {
  const kinds = picture.arrays.class;
  const { confidence } = picture.arrays;
  if (!kinds || !confidence) return null;
  const [height, width] = picture.shapes.class;
  const number = Math.max(2, classes);
  const table = kept(`classes ${number} ${dark}`, () => classTable(number, dark));
  return write(canvas, width, height, (pixels) => {
    for (let index = 0; index < pixels.length; index += 1) {
      pixels[index] = table[Math.min(kinds[index], number - 1) * 256 + (discretize ? 255 : confidence[index])];
    }
  });
}

/**
 * 256 pixels a class, from neutral at chance level to the class's color at certainty.
 * @param {number} number
 * @param {boolean} dark
 */
export function classTable(number, dark) {
  const table = new Uint32Array(256 * number);
  for (let kind = 0; kind < number; kind += 1) {
    const color = rgb(classColor(kind));
    const chance = 1 / number;
    table.set(
      pixelTable((value) => mix(neutral(dark), color, 0.86 * Math.max(0, (value - chance) / (1 - chance)))),
      kind * 256,
    );
  }
  return table;
}

/** @type {WeakMap<HTMLCanvasElement, ImageData>} */
const images = new WeakMap();

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {(pixels: Uint32Array) => void} fill
 * @param {number} [edge] half a cell
 */
function write(canvas, width, height, fill, edge = 0.5) {
  if (canvas.width < width || canvas.height < height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  if (!context) return null;
  let image = images.get(canvas);
  if (!image || image.width !== width || image.height !== height) {
    image = context.createImageData(width, height);
    images.set(canvas, image);
  }
  fill(new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
  return { width, height, edge };
}

/**
 * A map between its cells, `FINER` times as fine, each value looked up in `table`.
 * @param {ArrayLike<number>} values
 * @param {number} width
 * @param {number} height
 * @param {Uint32Array} table
 * @param {Uint32Array} pixels
 */
function enlarge(values, width, height, table, pixels) {
  const across = width * FINER;
  for (let row = 0; row < height * FINER; row += 1) {
    const y = Math.max(0, Math.min(height - 1, (row + 0.5) / FINER - 0.5));
    const upper = Math.floor(y) * width;
    const lower = Math.min(height - 1, Math.floor(y) + 1) * width;
    const down = y - Math.floor(y);
    for (let column = 0; column < across; column += 1) {
      const x = Math.max(0, Math.min(width - 1, (column + 0.5) / FINER - 0.5));
      const left = Math.floor(x);
      const right = Math.min(width - 1, left + 1);
      const part = x - left;
      const above = values[upper + left] * (1 - part) + values[upper + right] * part;
      const below = values[lower + left] * (1 - part) + values[lower + right] * part;
      pixels[row * across + column] = table[Math.round(above * (1 - down) + below * down)];
    }
  }
}
