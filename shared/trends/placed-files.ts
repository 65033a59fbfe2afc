import { hoursOf } from "../electrochem/trend-series.ts";
import type { TrendParams } from "../protocol/trend-params.ts";
import { type ScanClock, scanClock, scanTimeMs } from "./scan-clock.ts";
import type { TrendFiles } from "./trend-log.ts";

const MS_PER_HOUR = 3_600_000;

/** Where every file of a log stands in trends; columns by offset. */
export interface PlacedFiles {
  /** 1: the newest revision of its name. Older ones count nowhere. */
  readonly current: Uint8Array;
  /** What pairs files and names a reference: file number, or rank among the files of its frequency. */
  readonly keys: Float64Array;
  /** Hours or file number, as the settings say. */
  readonly xs: Float64Array;
  /** How x runs with time; null where it counts files. */
  readonly perMs: number | null;
  /** ms since 1970 on the clock of the scans. */
  readonly timesMs: Float64Array;
  readonly clock: ScanClock;
}

type Settings = Pick<TrendParams, "axis" | "pairing" | "seconds_per_file">;

/** A file without a number stands where it arrived. */
export function fileNumberOf(files: TrendFiles, offset: number): number {
  const fileNumber = files.entry(offset, "file_number");
  return Number.isNaN(fileNumber) ? offset + 1 : fileNumber;
}

export function placeFiles(files: TrendFiles, { axis, pairing, seconds_per_file }: Settings): PlacedFiles {
  const count = files.next;
  const clock = scanClock(files) ?? { kind: "file", shiftMs: 0 };
  const current = new Uint8Array(count);
  const numbers = new Float64Array(count);
  const timesMs = new Float64Array(count);
  let firstMs = Number.POSITIVE_INFINITY;
  for (let offset = 0; offset < count; offset++) {
    numbers[offset] = fileNumberOf(files, offset);
    timesMs[offset] = scanTimeMs(files, offset, clock);
    if (!files.isCurrent(offset)) continue;
    current[offset] = 1;
    if (files.isAnalysed(offset)) firstMs = Math.min(firstMs, timesMs[offset]!);
  }
  const keys = pairing === "rank" ? ranks(files, current, numbers) : numbers;
  const placed = { current, keys, timesMs, clock };
  if (axis === "file-number") return { ...placed, xs: numbers, perMs: null };
  if (seconds_per_file !== null) {
    return { ...placed, xs: numbers.map((n) => hoursOf(n, seconds_per_file)), perMs: null };
  }
  return { ...placed, xs: timesMs.map((ms) => (ms - firstMs) / MS_PER_HOUR), perMs: 1 / MS_PER_HOUR };
}

/**
 * Rank of each file among those of its frequency, from 1, by number. Counted over files, not over results: a file
 * in which one electrode failed, or that is excluded, must not make its successors pair with their neighbours.
 */
function ranks(files: TrendFiles, current: Uint8Array, numbers: Float64Array): Float64Array {
  const groups = new Map<number, number[]>();
  for (let offset = 0; offset < current.length; offset++) {
    if (current[offset] === 0) continue;
    const frequency = files.entry(offset, "frequency_hz") || 0;
    const group = groups.get(frequency);
    if (group === undefined) groups.set(frequency, [offset]);
    else group.push(offset);
  }
  const ranked = new Float64Array(current.length).fill(Number.NaN);
  for (const group of groups.values()) {
    group.sort((a, b) => numbers[a]! - numbers[b]! || a - b);
    group.forEach((offset, index) => {
      ranked[offset] = index + 1;
    });
  }
  return ranked;
}
