// @ts-check
/**
 * The live view's socket: one a project and page, shared by every component that shows it.
 *
 * A frame is acknowledged only after it was painted, so a slow browser gets fewer frames and never a backlog.
 */

import { parseFrame } from "./frame.js";

/** @typedef {"connecting" | "open" | "lost"} Connection */
/**
 * @typedef {object} Changes what is new since a listener was last called
 * @property {boolean} reset another run is shown now
 * @property {boolean} rows
 * @property {boolean} status
 * @property {boolean} picture
 * @property {boolean} data
 * @property {boolean} connection
 * @property {boolean} elsewhere the page is to be made anew: another one changed the project, or the server was
 *   restarted
 */
/** @typedef {(feed: LiveFeed, changes: Changes) => void} Listener */
/** @typedef {{x?: number, y?: number, fps?: number, pace?: number | null}} ViewRequest */

const FIRST_DELAY_MS = 250;
const LAST_DELAY_MS = 5000;
/** The code a socket is closed with when the server does not know the token: the page has to get a new one. */
const UNKNOWN = 4404;
// How long the socket outlives its last listener: a rerun of the page may take all components away and bring them back.
const LINGER_MS = 2000;
// Hidden tabs get no animation frames: they acknowledge by the clock, also when they were hidden in the meantime.
const HIDDEN_PAINT_MS = 100;
const STARVED_PAINT_MS = 1000;
const KEPT_LATENCIES = 2000;
const FIRST_CAPACITY = 256;

/** Counters a benchmark reads. */
const counters = {
  /** frames painted and acknowledged */
  frames: 0,
  /** pictures painted */
  pictures: 0,
  /** times a socket was opened */
  opened: 0,
  /** from the worker's clock to the painted picture, the newest last */
  lastPaintLatencyMs: /** @type {number[]} */ ([]),
  /** performance.now() of each painted picture, the newest last */
  paintedAt: /** @type {number[]} */ ([]),
};
/** @type {any} */ (globalThis).__nnbuilder = counters;

/** @returns {Changes} */
const nothing = () => ({
  reset: false,
  rows: false,
  status: false,
  picture: false,
  data: false,
  connection: false,
  elsewhere: false,
});

/** What a project's live view knows, and the socket that keeps it so. */
export class LiveFeed {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    /** @type {Connection} */
    this.connection = "connecting";
    /** @type {number | null} */
    this.serial = null;
    /** @type {any} the newest status, or null before the first */
    this.status = null;
    /** @type {import("./frame.js").Section | null} */
    this.picture = null;
    /** @type {import("./frame.js").Section | null} */
    this.data = null;
    /** @type {string[]} names of the history's columns */
    this.columns = [];
    /** @type {number} history rows held */
    this.rows = 0;
    /** @type {ViewRequest} what this page asked to see */
    this.view = {};

    /** @type {Float64Array[]} */
    this._history = [];
    /** @type {string[] | null} features of the run before, until the data of the new one came */
    this._before = null;
    /** changes of the project by other pages, as the socket counts them */
    this._elsewhere = 0;
    /** @type {Set<Listener>} */
    this._listeners = new Set();
    this._changes = nothing();
    this._scheduled = false;
    this._unacknowledged = false;
    /** @type {WebSocket | null} */
    this._socket = null;
    this._delay = FIRST_DELAY_MS;
    /** @type {number | undefined} */
    this._reconnection = undefined;
    /** @type {number | undefined} */
    this._lingering = undefined;
    this._closed = false;
    this._wake = () => {
      if (!this._closed && !this._socket && !document.hidden) this._open();
    };
    window.addEventListener("online", this._wake);
    document.addEventListener("visibilitychange", this._wake);
    this._open();
  }

  /**
   * Calls `listener` in the animation frame that paints what is new, and at once with what is there already.
   * @param {Listener} listener
   * @returns {() => void} ends the subscription
   */
  subscribe(listener) {
    window.clearTimeout(this._lingering);
    this._listeners.add(listener);
    listener(this, {
      reset: true,
      rows: this.rows > 0,
      status: this.status !== null,
      picture: this.picture !== null,
      data: this.data !== null,
      connection: true,
      elsewhere: false,
    });
    return () => {
      this._listeners.delete(listener);
      if (this._listeners.size === 0) {
        window.clearTimeout(this._lingering);
        this._lingering = window.setTimeout(() => this._listeners.size === 0 && this._close(), LINGER_MS);
      }
    };
  }

  /**
   * One column of the history, as long as there are rows; empty when it has no such name.
   * The array is a view: it is good until the next frame.
   * @param {string} name
   * @returns {Float64Array}
   */
  column(name) {
    const index = this.columns.indexOf(name);
    return index < 0 ? new Float64Array(0) : this._history[index].subarray(0, this.rows);
  }

  /** Asks for other features, another number of pictures a second or another pace. @param {ViewRequest} view */
  request(view) {
    Object.assign(this.view, view);
    if (this._socket?.readyState === WebSocket.OPEN) this._socket.send(JSON.stringify({ view }));
  }

  _open() {
    window.clearTimeout(this._reconnection);
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this._socket = socket;
    socket.addEventListener("open", () => {
      counters.opened += 1;
      this._elsewhere = 0;
      this._setConnection("open");
      if (Object.keys(this.view).length) socket.send(JSON.stringify({ view: this.view }));
    });
    socket.addEventListener("message", (event) => this._receive(socket, event.data));
    socket.addEventListener("close", (event) => {
      if (this._socket !== socket) return;
      this._socket = null;
      this._unacknowledged = false;
      if (this._closed) return;
      if (event.code === UNKNOWN) this._outlived();
      this._setConnection("lost");
      this._reconnection = window.setTimeout(() => this._open(), this._delay * (0.8 + 0.4 * Math.random()));
      this._delay = Math.min(this._delay * 2, LAST_DELAY_MS);
    });
  }

  /** The page is older than the server's memory; following a change has it made anew, with a new token. */
  _outlived() {
    this._changes.elsewhere = true;
    this._schedule();
  }

  _close() {
    this._closed = true;
    window.removeEventListener("online", this._wake);
    document.removeEventListener("visibilitychange", this._wake);
    window.clearTimeout(this._reconnection);
    this._socket?.close();
    this._socket = null;
    if (feeds.get(this.url) === this) feeds.delete(this.url);
  }

  /** @param {WebSocket} socket @param {any} message */
  _receive(socket, message) {
    if (this._socket !== socket || !(message instanceof ArrayBuffer)) return;
    try {
      this._take(parseFrame(message));
    } catch (error) {
      // A frame that cannot be read leaves a gap: a new connection brings everything again.
      console.error("The live view got a frame it cannot read and connects anew.", error);
      socket.close();
      return;
    }
    this._delay = FIRST_DELAY_MS;
    this._unacknowledged = true;
    this._schedule();
  }

  /** @param {import("./frame.js").Frame} frame */
  _take(frame) {
    const changes = this._changes;
    if (frame.changes > this._elsewhere) {
      this._elsewhere = frame.changes;
      changes.elsewhere = true;
    }
    if (frame.serial !== this.serial) {
      this._before = this.data?.header.features ?? null;
      this.serial = frame.serial;
      this.rows = 0;
      this.columns = [];
      this.status = this.picture = this.data = null;
      Object.assign(changes, { reset: true, rows: true, status: true, picture: true, data: true });
    }
    if (frame.status) {
      this.status = frame.status;
      changes.status = true;
      this._setColumns(frame.status.columns ?? []);
    }
    const width = this.columns.length;
    if (frame.rows.length && width) {
      this._append(frame.rows, frame.firstRow, width);
      changes.rows = true;
    }
    if (frame.picture) {
      this.picture = frame.picture;
      changes.picture = true;
    }
    if (frame.data) {
      this.data = frame.data;
      changes.data = true;
      this._ask(frame.data.header.features ?? []);
    }
  }

  /** After another run took the place: asks again for what the person chose. @param {string[]} features */
  _ask(features) {
    if (this._before === null) return;
    if (String(features) !== String(this._before)) {
      // Feature indices mean something only for the same features.
      delete this.view.x;
      delete this.view.y;
    }
    this._before = null;
    if (Object.keys(this.view).length) this.request({});
  }

  /** @param {string[]} columns */
  _setColumns(columns) {
    if (columns.length === this.columns.length && columns.every((name, index) => name === this.columns[index])) return;
    this.columns = columns;
    this.rows = 0;
    this._history = columns.map(() => new Float64Array(FIRST_CAPACITY));
  }

  /** @param {Float64Array} rows @param {number} first @param {number} width */
  _append(rows, first, width) {
    if (first > this.rows) throw new RangeError(`History rows ${this.rows} to ${first} are missing.`);
    const number = Math.floor(rows.length / width);
    const needed = first + number;
    if (needed > this._history[0].length) {
      const capacity = 2 ** Math.ceil(Math.log2(needed));
      this._history = this._history.map((column) => {
        const grown = new Float64Array(capacity);
        grown.set(column.subarray(0, this.rows));
        return grown;
      });
    }
    for (let index = 0; index < width; index += 1) {
      const column = this._history[index];
      for (let row = 0, from = index; row < number; row += 1, from += width) column[first + row] = rows[from];
    }
    this.rows = needed;
  }

  /** @param {Connection} connection */
  _setConnection(connection) {
    if (this.connection === connection) return;
    this.connection = connection;
    this._changes.connection = true;
    this._schedule();
  }

  _schedule() {
    if (this._scheduled) return;
    this._scheduled = true;
    let done = false;
    const paint = () => {
      if (done) return;
      done = true;
      window.clearTimeout(timer);
      this._paint();
    };
    const timer = window.setTimeout(paint, document.hidden ? HIDDEN_PAINT_MS : STARVED_PAINT_MS);
    if (!document.hidden) window.requestAnimationFrame(paint);
  }

  _paint() {
    this._scheduled = false;
    const changes = this._changes;
    this._changes = nothing();
    for (const listener of [...this._listeners]) {
      try {
        listener(this, changes);
      } catch (error) {
        // One component's fault must not stop the others nor the acknowledgement.
        console.error("A part of the live view could not draw itself.", error);
      }
    }
    if (!this._unacknowledged) return;
    const picture = changes.picture ? this.picture : null;
    // A message posted inside an animation frame arrives right after the browser painted it.
    afterPaint(() => this._acknowledge(picture));
  }

  /** @param {import("./frame.js").Section | null} picture */
  _acknowledge(picture) {
    if (!this._unacknowledged) return;
    this._unacknowledged = false;
    counters.frames += 1;
    if (picture) {
      counters.pictures += 1;
      remember(counters.lastPaintLatencyMs, Date.now() - picture.header.sent * 1000);
      remember(counters.paintedAt, performance.now());
    }
    if (this._socket?.readyState === WebSocket.OPEN) this._socket.send("ok");
  }
}

/** @param {number[]} list @param {number} value */
function remember(list, value) {
  list.push(value);
  if (list.length > KEPT_LATENCIES) list.splice(0, list.length - KEPT_LATENCIES);
}

const channel = new MessageChannel();
/** @type {(() => void)[]} */
const waiting = [];
channel.port1.onmessage = () => {
  const due = waiting.splice(0);
  for (const callback of due) callback();
};

/** @param {() => void} callback */
function afterPaint(callback) {
  waiting.push(callback);
  channel.port2.postMessage(null);
}

/** @type {Map<string, LiveFeed>} */
const feeds = new Map();

/**
 * The feed of a project; components of one page that name the same token share it and its socket.
 * @param {{path: string, token: string}} live `path` is the route without the token (`/live`) or with it
 * @returns {LiveFeed}
 */
export function connect({ path, token }) {
  const whole = path.endsWith(`/${token}`) ? path : `${path.replace(/\/$/, "")}/${encodeURIComponent(token)}`;
  const url = new URL(whole, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  let feed = feeds.get(url.href);
  if (!feed) {
    feed = new LiveFeed(url.href);
    feeds.set(url.href, feed);
  }
  return feed;
}
