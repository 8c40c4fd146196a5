// @ts-check
/** The states of a run: what they are called, what can be done in them, and when a click has come true. */

export const BUSY = new Set(["training", "queued"]);
export const FAULTS = new Set(["diverged", "lost", "failed"]);
export const STEPPABLE = new Set(["ready", "paused", "done"]);
export const STARTABLE = new Set(["ready", "paused", "done", "diverged", "lost", "asleep"]);

/**
 * Does a status answer a click? One that was on its way when the click was made must not flip the button back.
 * @param {{state: string, before: any}} expected
 * @param {any} status
 */
export function settles({ state, before }, status) {
  if (status.state === state) return true;
  if (status.state !== before.state) return state !== "ready" || FAULTS.has(status.state);
  // A short training may be over before the page heard that it began.
  return state === "training" && (status.epoch !== before.epoch || status.batch !== before.batch);
}

/** A state in a person's words. @param {string} state @param {any} status @returns {string} */
export function stateText(state, status) {
  const place = status.place ? ` – place ${status.place}` : "";
  const words = /** @type {Record<string, string>} */ ({
    starting: "Starting",
    ready: "Ready",
    queued: `Queued${place}`,
    training: "Training",
    paused: "Paused",
    done: "Done",
    diverged: `Diverged in epoch ${(status.epoch ?? 0) + 1}`,
    lost: "Worker lost",
    failed: "Failed",
    asleep: "Asleep",
  });
  return words[state] ?? state;
}
