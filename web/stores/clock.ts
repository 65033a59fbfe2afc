import { signal } from "@preact/signals";

/** The present in ms, moving once a second: what "3 s ago" is counted from. */
export const nowMs = signal(Date.now());

setInterval(() => {
  nowMs.value = Date.now();
}, 1000);
