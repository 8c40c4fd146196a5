// @ts-check
/** The binary frame of the live view, taken apart without copying (layout in docs/architecture.md). */

/** The bytes 4E 4E 4E 31, "NNN1". */
const MAGIC = 0x314e4e4e;
const HEADER_BYTES = 32;

/**
 * @typedef {object} View what a picture shows, in data units
 * @property {"probability" | "classes" | "surface" | "curve"} kind
 * @property {number} x feature index across
 * @property {number} y feature index up
 * @property {string} x_label
 * @property {string} y_label
 * @property {[number, number]} x_range
 * @property {[number, number]} y_range
 * @property {[number, number]} value_range
 */
/** @typedef {Uint8Array | Float32Array} NumberArray */
/**
 * @typedef {object} Section a picture or the data: its header and its arrays by name
 * @property {any} header
 * @property {Record<string, NumberArray>} arrays
 * @property {Record<string, number[]>} shapes
 */
/**
 * @typedef {object} Frame
 * @property {number} serial grows when another run takes the place of the one shown
 * @property {number} changes how often another page has changed the project
 * @property {number} firstRow index of the first history row in this frame
 * @property {Float64Array} rows row-major, as many columns as the status names
 * @property {any} status null: unchanged
 * @property {Section | null} picture null: unchanged
 * @property {Section | null} data null: unchanged
 */

const decoder = new TextDecoder();

/**
 * Takes one frame apart.
 * @param {ArrayBuffer} buffer
 * @returns {Frame}
 * @throws {RangeError} when the bytes are not a frame or end too early
 */
export function parseFrame(buffer) {
  if (buffer.byteLength < HEADER_BYTES) throw new RangeError("The frame is shorter than its header.");
  const head = new DataView(buffer, 0, HEADER_BYTES);
  if (head.getUint32(0, true) !== MAGIC) throw new RangeError("The bytes are not a frame of the live view.");
  /** @param {number} offset */
  const field = (offset) => head.getUint32(offset, true);
  const rowsBytes = field(12);
  const statusBytes = field(16);
  const pictureBytes = field(20);
  const dataBytes = field(24);
  if (HEADER_BYTES + rowsBytes + statusBytes + pictureBytes + dataBytes > buffer.byteLength) {
    throw new RangeError("The frame ends before its sections do.");
  }
  const statusAt = HEADER_BYTES + rowsBytes;
  const pictureAt = statusAt + statusBytes;
  const dataAt = pictureAt + pictureBytes;
  return {
    serial: field(4),
    changes: field(28),
    firstRow: field(8),
    rows: new Float64Array(buffer, HEADER_BYTES, rowsBytes / 8),
    status: statusBytes ? JSON.parse(decoder.decode(new Uint8Array(buffer, statusAt, statusBytes))) : null,
    picture: pictureBytes ? parseSection(buffer, pictureAt, pictureBytes) : null,
    data: dataBytes ? parseSection(buffer, dataAt, dataBytes) : null,
  };
}

/**
 * Takes a picture or data section apart; its arrays are views into `buffer`.
 * @param {ArrayBuffer} buffer
 * @param {number} offset
 * @param {number} bytes
 * @returns {Section}
 */
export function parseSection(buffer, offset, bytes) {
  const headerBytes = new DataView(buffer, offset, 4).getUint32(0, true);
  const header = JSON.parse(decoder.decode(new Uint8Array(buffer, offset + 4, headerBytes)));
  /** @type {Record<string, NumberArray>} */
  const arrays = {};
  /** @type {Record<string, number[]>} */
  const shapes = {};
  let at = offset + 4 + headerBytes;
  for (const { name, type, shape } of header.arrays ?? []) {
    const length = shape.reduce((/** @type {number} */ product, /** @type {number} */ size) => product * size, 1);
    const size = type === "float32" ? length * 4 : length;
    if (at + size > offset + bytes) throw new RangeError(`The section ends before its array ${name} does.`);
    if (type !== "float32") arrays[name] = new Uint8Array(buffer, at, length);
    else if (at % 4 === 0) arrays[name] = new Float32Array(buffer, at, length);
    // A status of odd length before it leaves the section unaligned; only then are its numbers copied.
    else arrays[name] = new Float32Array(buffer.slice(at, at + size));
    shapes[name] = shape;
    at += Math.ceil(size / 8) * 8;
  }
  return { header, arrays, shapes };
}
