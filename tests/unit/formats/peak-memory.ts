import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export interface Peak {
  /** The most bytes that the process held: heap, garbage and buffers, as the system counts them. */
  readonly held: number;
  /** The same above what it held before. Garbage of before that is given back meanwhile hides as much of it. */
  readonly grown: number;
}

/** Linux can forget its high-water mark, so there each work has its own; elsewhere the highest of all work so far shows. */
export function peakDuring(work: () => void): Peak {
  // See proc(5): 5 sets the peak of the resident set to what is resident now.
  if (process.platform === "linux") writeFileSync("/proc/self/clear_refs", "5");
  const before = process.memoryUsage.rss();
  const markBefore = highWaterMark();
  work();
  const held = highWaterMark();
  return { held, grown: held > markBefore ? Math.max(0, held - before) : 0 };
}

/**
 * Bytes. What getrusage(2) says would do on Linux but for one thing: a process inherits the mark of the one that
 * started it, which nothing resets.
 */
function highWaterMark(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  if (kib === undefined) throw new Error("/proc/self/status does not tell VmHWM.");
  return Number(kib) * 1024;
}

/** Collects all garbage, so that none of it is given back within the work that is measured next and hides its growth. */
export function collect(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}
