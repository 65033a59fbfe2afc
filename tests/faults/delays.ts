import type { WrittenContent } from "../support/instrument.ts";
import type { ViewSeen } from "./history.ts";

/** How long finished files took to appear at viewers, for those that appeared in [fromMs, toMs). Ascending, ms. */
export function delaysMs(
  written: ReadonlyMap<string, readonly WrittenContent[]>,
  viewers: readonly ViewSeen[],
  fromMs: number,
  toMs = Number.POSITIVE_INFINITY,
): number[] {
  const seen = viewers.flatMap(({ shown }) => shown).filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const delays = seen.flatMap(({ name, atMs }) => {
    const finishedMs = written.get(name)?.at(-1)?.finishedMs;
    return finishedMs == null ? [] : [atMs - finishedMs];
  });
  return delays.sort((a, b) => a - b);
}

/** @param part of the values that are smaller, from 0 to 1. @throws RangeError where there are no values */
export function quantile(ascending: readonly number[], part: number): number {
  const value = ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * part))];
  if (value === undefined) throw new RangeError("A quantile of nothing.");
  return value;
}
