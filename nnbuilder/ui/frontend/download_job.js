// @ts-check
/**
 * The fetching of a file from the server, which hands it to the browser, and what follows it on the page.
 *
 * A fetch belongs to its address and not to the button: it goes on when the menu is closed, and what became of it is
 * there when it is opened again.
 */

import { element } from "./format.js";

const SLOW_MS = 300;
// Longer than the server ever works on a file.
const GIVE_UP_MS = 150_000;
const ASK_MS = 700;
// A browser may read the blob some time after the click.
const KEEP_MS = 60_000;

const NO_ANSWER = "The server does not answer; see that it runs and click again.";
const BROKEN_OFF = "The connection broke off before the whole file was here; click again.";
const TOO_LATE = "The server took too long; see whether it is busy and click again.";

/**
 * The name in a Content-Disposition header (RFC 6266), or null.
 * @param {string | null} header
 * @returns {string | null}
 */
export function fileName(header) {
  const exact = /filename\*=UTF-8''([^;]+)/i.exec(header ?? "");
  if (exact) {
    try {
      return decodeURIComponent(exact[1].trim());
    } catch {
      // Not in UTF-8 after all: the plain form is there, too.
    }
  }
  return /filename="([^"]*)"/i.exec(header ?? "")?.[1] || null;
}

/** Percent-encoded words of a header. @param {string | null} header @returns {string} */
function decoded(header) {
  try {
    return decodeURIComponent(header ?? "");
  } catch {
    return "";
  }
}

/** What the server says instead of a file. @param {Response} response @returns {Promise<string>} */
async function refusal(response) {
  try {
    const { message } = await response.json();
    if (typeof message === "string" && message) return message;
  } catch {
    // A page of something between browser and server; its words are not for here.
  }
  const code = response.ok ? "" : ` (${response.status})`;
  return `The server answered with something else than the file${code}; reload the page and click again.`;
}

/**
 * Has the browser save a file. The link is in no document, so that no menu takes the click for one beside it.
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  window.setTimeout(() => URL.revokeObjectURL(address), KEEP_MS);
}

/** The fetching of one address, and what became of it. */
export class Job {
  /** @param {string} address */
  constructor(address) {
    this.address = address;
    this.busy = false;
    this.slow = false;
    this.asking = false;
    /** why the last click brought no file */
    this.message = "";
    /** what the last click brought */
    this.saved = "";
    /** its size in bytes */
    this.size = 0;
    /** what the server had checked of it */
    this.checked = "";
    /** what the server is doing about it */
    this.words = "";
    /** @type {Set<() => void>} */
    this.listeners = new Set();
  }

  /** @param {Partial<Pick<Job, "busy" | "slow" | "message" | "saved" | "size" | "checked" | "words">>} changes */
  _set(changes) {
    Object.assign(this, changes);
    for (const listener of this.listeners) listener();
  }

  async start() {
    if (this.busy) return;
    this._set({ busy: true, message: "", saved: "", size: 0, checked: "", words: "" });
    const timer = window.setTimeout(() => this._set({ slow: true }), SLOW_MS);
    const asking = window.setInterval(() => this._ask(), ASK_MS);
    let changes;
    try {
      changes = await this._fetch();
    } catch (error) {
      console.error("A download failed.", error);
      changes = { message: "The file could not be saved by this browser; click again." };
    }
    window.clearTimeout(timer);
    window.clearInterval(asking);
    this._set({ busy: false, slow: false, words: "", ...changes });
  }

  /** Asks what the server is doing; an answer that does not come is no fault, for the file itself will. */
  async _ask() {
    if (this.asking) return;
    this.asking = true;
    try {
      const response = await fetch(`${this.address}?progress`, { cache: "no-store" });
      const { words } = response.ok ? await response.json() : {};
      if (this.busy && typeof words === "string" && words) this._set({ words });
    } catch (error) {
      console.debug("What is done about a file could not be asked.", error);
    } finally {
      this.asking = false;
    }
  }

  /** @returns {Promise<{message: string} | {saved: string, size: number, checked: string}>} */
  async _fetch() {
    const abort = new AbortController();
    const late = window.setTimeout(() => abort.abort(), GIVE_UP_MS);
    let response;
    try {
      response = await fetch(this.address, { cache: "no-store", signal: abort.signal });
    } catch {
      return { message: abort.signal.aborted ? TOO_LATE : NO_ANSWER };
    } finally {
      // A slow line may take its time for the file itself.
      window.clearTimeout(late);
    }
    const name = fileName(response.headers.get("Content-Disposition"));
    if (!response.ok || !name) return { message: await refusal(response) };
    let blob;
    try {
      blob = await response.blob();
    } catch {
      return { message: BROKEN_OFF };
    }
    save(blob, name);
    return { saved: name, size: blob.size, checked: decoded(response.headers.get("X-Checked")) };
  }
}

/** @type {Map<string, Job>} */
const jobs = new Map();

/** The fetching of an address, the same for everyone who asks. @param {string} address @returns {Job} */
export function jobOf(address) {
  const job = jobs.get(address) ?? new Job(address);
  jobs.set(address, job);
  return job;
}

/** A part of the page that shows what becomes of one address. */
export class Follower {
  constructor() {
    /** @type {Job | null} */
    this.job = null;
    this.show = () => this._show();
  }

  /** What it looks like; a part of its own says that. */
  _show() {}

  /** Turns to another address. @param {string} address */
  follow(address) {
    if (this.job?.address === address) return;
    this.leave();
    this.job = jobOf(address);
    this.job.listeners.add(this.show);
  }

  leave() {
    this.job?.listeners.delete(this.show);
  }
}

/**
 * Drops the followers of kinds that are gone.
 * @template {Follower & {element: HTMLElement}} F
 * @param {Map<string, F>} followers
 * @param {string[]} kinds those that stay
 */
export function keep(followers, kinds) {
  for (const [kind, follower] of followers) {
    if (kinds.includes(kind)) continue;
    follower.leave();
    follower.element.remove();
    followers.delete(kind);
  }
}

/**
 * The follower of a kind, made where there is none yet, at its place among the children of a parent.
 * @template {Follower & {element: HTMLElement}} F
 * @param {Map<string, F>} followers
 * @param {string} kind
 * @param {HTMLElement} parent
 * @param {number} place
 * @param {(kind: string) => F} make
 * @returns {F}
 */
export function placed(followers, kind, parent, place, make) {
  const follower = followers.get(kind) ?? make(kind);
  followers.set(kind, follower);
  const { children } = parent;
  if (children[place] !== follower.element) parent.insertBefore(follower.element, children[place] ?? null);
  return follower;
}
