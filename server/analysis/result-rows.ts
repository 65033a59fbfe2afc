import type { HullOutcome } from "../../shared/electrochem/hull-outcome.ts";
import { RESULT_FLAGS, RESULT_KINDS, ResultTable } from "../../shared/protocol/log-tables.ts";

/** Where a result belongs: which scan of the file, which electrode, at which frequency. */
export interface ResultPlace {
  readonly scan: number;
  readonly electrode: number;
  readonly frequency_hz: number | null;
}

type ResultRow = Parameters<typeof ResultTable.write>[0][number];

/** One row of the result table. The offset is known only once the log has given it: see `setOffset`. */
export function resultRow(place: ResultPlace, outcome: HullOutcome, instrumentDiffers: boolean): ResultRow {
  const kind = outcome.kind === "peak" ? "peak" : outcome.reason;
  const row = { ...place, kind: RESULT_KINDS.indexOf(kind) };
  if (!("peak_height_a" in outcome)) return row;
  const flags = outcome.flags.reduce((bits, flag) => bits | RESULT_FLAGS[flag], 0);
  return {
    ...row,
    peak_potential_v: outcome.peak_potential_v,
    peak_height_a: outcome.peak_height_a,
    peak_current_a: outcome.peak_current_a,
    baseline_at_peak_a: outcome.baseline_at_peak_a,
    peak_area_av: outcome.peak_area_av,
    half_width_v: outcome.half_width_v,
    baseline_left_v: outcome.baseline_left[0],
    baseline_left_a: outcome.baseline_left[1],
    baseline_right_v: outcome.baseline_right[0],
    baseline_right_a: outcome.baseline_right[1],
    smoothed_noise_a: outcome.smoothed_noise_a,
    snr: outcome.snr,
    flags: instrumentDiffers ? flags | RESULT_FLAGS["instrument-peak-differs"] : flags,
  };
}

const ROW_BYTES = ResultTable.fields.length * 8;
const OFFSET_AT = ResultTable.fields.indexOf("offset") * 8;

/** Writes the log's offset into every row; results are stored before they know it. Changes `rows`. */
export function setOffset(rows: Uint8Array, offset: number): Uint8Array {
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  for (let at = OFFSET_AT; at < rows.byteLength; at += ROW_BYTES) view.setFloat64(at, offset, true);
  return rows;
}

/** Where the rows of the files from `offset` on begin, in bytes: rows stand in the order of their offsets. */
export function resultsFrom(rows: Uint8Array, offset: number): number {
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  let low = 0;
  let high = rows.byteLength / ROW_BYTES;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (view.getFloat64(middle * ROW_BYTES + OFFSET_AT, true) < offset) low = middle + 1;
    else high = middle;
  }
  return low * ROW_BYTES;
}
