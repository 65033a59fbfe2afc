import { NumericTable } from "./numeric-table.ts";

/** The two tables of a file log: one row per file (entry), and one per electrode and scan of it (result). */

/** `status`: see ENTRY_STATUS. `file_number`, `started_at_ms` (instrument's clock, read as UTC) may be absent. */
export const EntryTable = new NumericTable([
  "offset",
  "status",
  "revision",
  "same_content_as",
  "file_number",
  "frequency_hz",
  "size_bytes",
  "mtime_ms",
  "started_at_ms",
  "received_at_ms",
] as const);
export type EntryRow = ReturnType<typeof EntryTable.read>[number];

/** What became of a file. `skipped`: a measurement of another technique than the session's. */
export const ENTRY_STATUS = { analysed: 0, skipped: 1, failed: 2 } as const;
export type EntryStatus = keyof typeof ENTRY_STATUS;

/**
 * One voltammogram's result. `scan` counts the scans of a file from 0. V, A, A·V, Hz. All but the first five are
 * absent when `kind` is `too-few-points` or `no-maximum`. `smoothed_noise_a` belongs to the smoothed curve;
 * `snr` is absent when the data are quantised (σ = 0), which is never "below noise".
 */
export const ResultTable = new NumericTable([
  "offset",
  "scan",
  "electrode",
  "frequency_hz",
  "kind",
  "peak_potential_v",
  "peak_height_a",
  "peak_current_a",
  "baseline_at_peak_a",
  "peak_area_av",
  "half_width_v",
  "baseline_left_v",
  "baseline_left_a",
  "baseline_right_v",
  "baseline_right_a",
  "smoothed_noise_a",
  "snr",
  "flags",
] as const);
export type ResultRow = ReturnType<typeof ResultTable.read>[number];

export const RESULT_KINDS = ["peak", "below-noise", "too-few-points", "no-maximum"] as const;
export type ResultKind = (typeof RESULT_KINDS)[number];

/** Bits of `flags`. */
export const RESULT_FLAGS = {
  "quality-warning": 1,
  "quality-fail": 2,
  "near-window-edge": 4,
  "half-width-missing": 8,
  "instrument-peak-differs": 16,
} as const;
export type ResultFlag = keyof typeof RESULT_FLAGS;
