import type { SessionTechnique } from "./analysis-params.ts";
import { NumericTable } from "./numeric-table.ts";

/** The tables of a file log: one row per file (entry), and rows for what was found in it (results, by technique). */

/**
 * `status`: see ENTRY_STATUS. `file_number`, `started_at_ms` (instrument's clock, read as UTC) may be absent.
 * `content`: see `contentNumber`.
 */
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
  "content",
] as const);
export type EntryRow = ReturnType<typeof EntryTable.read>[number];

/**
 * The first 52 bits of a file's SHA-256, as a whole number that a Float64 holds exactly: files with the same number
 * have the same bytes (of 100,000 files in one session two others meet by chance once in a million sessions).
 */
export function contentNumber(sha256: string): number {
  return Number.parseInt(sha256.slice(0, 13), 16);
}

/** What became of a file. `skipped`: a measurement of another technique than the session's. */
export const ENTRY_STATUS = { analysed: 0, skipped: 1, failed: 2 } as const;
export type EntryStatus = keyof typeof ENTRY_STATUS;

/** What every table of results begins with. `scan` counts the scans of a file from 0. */
const PLACE = ["offset", "scan", "electrode", "frequency_hz", "kind"] as const;

/**
 * Results of pulse techniques: one row per scan and electrode. V, A, A·V, Hz. Numbers that a method does not have
 * are absent. `smoothed_noise_a` belongs to the smoothed curve; `snr` is absent when the data are quantised (σ = 0),
 * which is never "below noise".
 */
export const ResultTable = new NumericTable([
  ...PLACE,
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

/**
 * Results of sweeps (CV, LSV): one row per scan, electrode, analysed segment and direction of the peak. `segment`
 * counts from 1 through the scan; `sweep` is 1 where its potential rises, −1 where it falls; `direction` 1 for the
 * peak that points up, −1 for the one that points down. `turn_current_a`: smoothed, at the segment's last sample.
 * `probe_k_a`: at the k-th probe potential. Numbers of a pair of segments are derived: see
 * shared/electrochem/sweep-pairs.ts.
 */
export const SweepResultTable = new NumericTable([
  ...PLACE,
  "peak_potential_v",
  "peak_height_a",
  "segment",
  "sweep",
  "direction",
  "peak_current_a",
  "baseline_at_peak_a",
  "peak_area_av",
  "charge_c",
  "half_width_v",
  "baseline_left_v",
  "baseline_left_a",
  "baseline_right_v",
  "baseline_right_a",
  "smoothed_noise_a",
  "snr",
  "flags",
  "turn_current_a",
  "probe_1_a",
  "probe_2_a",
  "probe_3_a",
  "probe_4_a",
] as const);
export type SweepResultRow = ReturnType<typeof SweepResultTable.read>[number];

/**
 * Results of chronoamperometric decays: one row per scan and electrode. `lifetime_s` is 1/k, `half_life_s` ln 2/k;
 * those with a 2 belong to the second, slower exponential. `background_a`: the current that stays.
 */
export const DecayResultTable = new NumericTable([
  ...PLACE,
  "lifetime_s",
  "half_life_s",
  "amplitude_a",
  "lifetime_2_s",
  "half_life_2_s",
  "amplitude_2_a",
  "background_a",
  "residual_sd_a",
  "r_squared",
  "points",
] as const);
export type DecayResultRow = ReturnType<typeof DecayResultTable.read>[number];

export type AnyResultTable = typeof ResultTable | typeof SweepResultTable | typeof DecayResultTable;

const TABLES = {
  swv: ResultTable,
  dpv: ResultTable,
  "frequency-map": ResultTable,
  cv: SweepResultTable,
  lsv: SweepResultTable,
  ca: DecayResultTable,
} as const satisfies Record<SessionTechnique, AnyResultTable>;

/** The table in which the results of a technique are stored and travel. */
export function resultTableOf<Technique extends SessionTechnique>(
  technique: Technique,
): (typeof TABLES)[Technique] {
  return TABLES[technique];
}

/**
 * `no-tangent`: a tangent has no flat part to rest on; `no-baseline`: the desktop program's line cannot be laid.
 * `raw-gone`: the file is no longer kept, so this version of the parameters could not be applied to it. Decays:
 * `fitted`, or `no-decay` where the current does not decay inside the window. Stored by number: only ever add.
 */
export const RESULT_KINDS = [
  "peak",
  "below-noise",
  "too-few-points",
  "no-maximum",
  "no-tangent",
  "no-baseline",
  "raw-gone",
  "fitted",
  "no-decay",
] as const;
export type ResultKind = (typeof RESULT_KINDS)[number];

/** Bits of `flags`; stored: only ever add. */
export const RESULT_FLAGS = {
  "quality-warning": 1,
  "quality-fail": 2,
  "near-window-edge": 4,
  "half-width-missing": 8,
  "instrument-peak-differs": 16,
  "near-turning-point": 32,
  "tangent-in-decay": 64,
} as const;
export type ResultFlag = keyof typeof RESULT_FLAGS;
