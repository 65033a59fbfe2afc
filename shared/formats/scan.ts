/** What a format's parser gives back: scans in SI units, or one typed failure. */

/** Techniques that a file can hold. `other` is recognised and named, never analysed. */
export type Technique = "swv" | "dpv" | "cv" | "lsv" | "ca" | "eis" | "other";

/** Currents of one working electrode, in the order of the sweep; same length as the scan's potentials. */
export interface ElectrodeCurrents {
  /** Number of the electrode as the instrument prints it; counted from 1, not necessarily consecutive. */
  readonly electrode: number;
  /** A. For SWV and DPV the difference (net) current. */
  readonly currents_a: Float64Array;
  /** A. Forward pulse, where the file has it. */
  readonly forward_a?: Float64Array;
  /** A. Reverse pulse, where the file has it. */
  readonly reverse_a?: Float64Array;
}

/** One acquisition: one voltammogram per electrode. */
export interface Scan {
  readonly technique: Technique;
  /** The technique in the instrument's own words, for people ("A.C. Impedance"). */
  readonly technique_name: string;
  /** V, in the order of the sweep. Empty for techniques that are not analysed, and for `ca`. */
  readonly potentials_v: Float64Array;
  /** s, in the order of the file: the x of `ca`, where the file has it. */
  readonly times_s?: Float64Array;
  readonly electrodes: readonly ElectrodeCurrents[];
  readonly frequency_hz?: number;
  readonly amplitude_v?: number;
  readonly step_v?: number;
  readonly scan_rate_v_s?: number;
  /** Number of the cycle in the instrument's own count, where the file marks cycles: each is a scan of its own. */
  readonly cycle?: number;
  /** Instrument's clock, local time without zone: `2023-09-28T14:42:59`. Often years off: order, not truth. */
  readonly started_at?: string;
  readonly instrument?: string;
  /** The instrument's own peak search per electrode, where the file has it. */
  readonly instrument_peaks?: readonly { electrode: number; potential_v: number; height_a: number }[];
  readonly warnings: readonly string[];
}

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** Why a file gave no scan. Every code has one meaning; `message` says what was found and what was wanted. */
export type ParseFailureCode =
  | "empty_file" // nothing but white space
  | "not_a_measurement" // no known format recognised it
  | "unsupported_format" // recognised, and known to be unreadable here (CHI .bin)
  | "incomplete_file" // header without a table, or a table without rows
  | "missing_column" // a needed column is not there: never replaced by zeros
  | "bad_encoding"; // bytes that no supported encoding explains

export interface ParseFailure {
  readonly ok: false;
  readonly code: ParseFailureCode;
  readonly message: string;
  /** Line in the file, counted from 1, where that helps. */
  readonly line?: number;
}

export interface ParsedFile {
  readonly ok: true;
  readonly format: string;
  readonly encoding: Encoding;
  readonly scans: readonly Scan[];
}

export type ParseOutcome = ParsedFile | ParseFailure;

/** One instrument format. Pure: bytes in, values out; never throws on bad input. */
export interface InstrumentFormat {
  /** Stable short name, stored with results: `chi-text`. */
  readonly name: string;
  /** What people call it: "CH Instruments text". */
  readonly title: string;
  /** True when the content is of this format, whatever the file is called. Cheap: looks at the head only. */
  sniff(bytes: Uint8Array): boolean;
  /**
   * True when the content itself proves that the instrument has finished writing; false as long as an end that it
   * may still reach is ahead. Null: files of this format never tell, and programs write them in one go.
   */
  readonly isComplete: ((bytes: Uint8Array) => boolean) | null;
  parse(bytes: Uint8Array): ParseOutcome;
}
