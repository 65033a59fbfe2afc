/**
 * The files of the parity table as text, number by number as it prints them, and the way of a file through the hub:
 * parser, parameters of a session, rows of its log. The same rows stand below the header of a CH Instruments file, or
 * below one line of words, and then a description by hand tells the columns.
 */
import { runJob } from "../../../server/analysis/analysis-job.ts";
import { type AnalysisSettings, readScans, scansFor } from "../../../shared/analysis/measurement.ts";
import type { ScanPlace } from "../../../shared/analysis/technique-analysis.ts";
import type { TableDescription } from "../../../shared/formats/table-description.ts";
import { goldenCv } from "./synthetic-cv.ts";

/** Who wrote the file: the header that it begins with, and the description of its table that a session needs. */
export type GoldenWriter = "CH Instruments" | "described by hand";
export const GOLDEN_WRITERS: readonly GoldenWriter[] = ["CH Instruments", "described by hand"];

export interface GoldenSweep {
  readonly start_v: number;
  readonly step_v: number;
  readonly samples: number;
  readonly peak_v: number;
  readonly frequency_hz: number;
}

/** Two downward sweeps and an upward one; C crosses 0 V. */
export const GOLDEN = {
  A: { start_v: -0.1, step_v: -0.001, samples: 501, peak_v: -0.35, frequency_hz: 60 },
  B: { start_v: -0.6, step_v: 0.001, samples: 501, peak_v: -0.35, frequency_hz: 15 },
  C: { start_v: 0.05, step_v: -0.001, samples: 401, peak_v: -0.2, frequency_hz: 60 },
} as const satisfies Record<string, GoldenSweep>;

/** Difference, forward and reverse current of electrodes 1 and 2. */
export function goldenSwvFile(sweep: GoldenSweep, writer: GoldenWriter): string {
  const { start_v, step_v, samples, peak_v, frequency_hz } = sweep;
  const rows = Array.from({ length: samples }, (_, k) => {
    const potential = start_v + step_v * k;
    const cells = ([1, 2] as const).flatMap((q) => {
      const peak = (q * 1e-6) / Math.cosh((potential - peak_v) / 0.05) ** 2;
      const ripple = 3e-9 * Math.sin(1.7 * k) + 2e-9 * Math.sin(0.61 * k + q);
      const current = peak + 3e-7 - 4e-7 * potential + ripple;
      return [current, 0.6 * current, -0.4 * current].map((value) => printed(value, 3));
    });
    return [potential.toFixed(3), ...cells].join(", ");
  });
  const header = [
    ...chiHeader("Square Wave Voltammetry"),
    `Init E (V) = ${start_v}`,
    `Final E (V) = ${(start_v + step_v * (samples - 1)).toFixed(3)}`,
    `Incr E (V) = ${Math.abs(step_v)}`,
    "Amplitude (V) = 0.025",
    `Frequency (Hz) = ${frequency_hz}`,
    "",
    "Potential/V, i1d/A, i1f/A, i1r/A, i2d/A, i2f/A, i2r/A",
  ];
  return fileOf(writer, header, rows);
}

/** Currents of electrodes 1 and 2 over one cycle. */
export function goldenCvFile(writer: GoldenWriter): string {
  const { potentials_v, currents_a } = goldenCv(1);
  const second = goldenCv(2).currents_a;
  const rows = Array.from(potentials_v, (potential, j) =>
    [potential.toFixed(3), printed(currents_a[j] ?? 0, 4), printed(second[j] ?? 0, 4)].join(", "),
  );
  const header = [
    ...chiHeader("Cyclic Voltammetry"),
    ...["Init E (V) = -0.5", "High E (V) = 0.3", "Low E (V) = -0.5", "Init P/N = P"],
    ...["Scan Rate (V/s) = 0.1", "Segment = 2", "Sample Interval (V) = 0.002", ""],
    "Potential/V, i1/A, i2/A",
  ];
  return fileOf(writer, header, rows);
}

/** How a session reads the table of a golden file: null where the file's own header says it. */
export function tableOf(technique: "swv" | "cv", writer: GoldenWriter): TableDescription | null {
  if (writer === "CH Instruments") return null;
  const spacing = technique === "swv" ? 3 : 1;
  return {
    skip_lines: 1,
    delimiter: ",",
    decimal_mark: ".",
    x: { column: 1, unit: "V" },
    currents: { electrodes: 2, spacing, current: 2, forward: null, reverse: null },
    current_unit: "A",
    scan_column: null,
    missing: [],
  };
}

/** What the hub makes of the file: the rows of its log, and the scan as the analysis was given it. */
export function throughTheHub(text: string, settings: AnalysisSettings, frequency_hz: number | null) {
  const bytes = new TextEncoder().encode(text);
  const fields = frequency_hz === null ? {} : { f: frequency_hz };
  const facts = { size_bytes: bytes.length, mtime_ms: 0, received_at_ms: 0, fields };
  const { parsed, params, analysed } = runJob({ bytes, facts, settings });
  if (!parsed.ok) throw new Error(parsed.message);
  const scans = readScans(bytes, settings);
  const [place] = scans.ok ? scansFor(scans.scans, settings.technique, fields) : [];
  if (place === undefined) throw new Error("The file holds no such scan.");
  return { format: parsed.format, entry: analysed.entry, params, results: analysed.results, place };
}

/** The currents of one electrode of a scan. */
export function electrodeOf({ scan }: ScanPlace, electrode: number) {
  const curve = scan.electrodes.find((one) => one.electrode === electrode);
  if (curve === undefined) throw new Error(`The file has no electrode ${electrode}.`);
  return curve;
}

/** `%.3e` of C: an exponent has two digits at least. */
function printed(value: number, decimals: number): string {
  return value.toExponential(decimals).replace(/e([+-])(\d)$/, "e$10$2");
}

function chiHeader(technique: string): string[] {
  const file = ["Sept. 28, 2023   14:42:59", technique, "File: c:\\data\\golden_1.txt"];
  return [...file, "Data Source:  Experiment", "Instrument Model:  CHI1040C", "Header: ", "Note: ", ""];
}

function fileOf(writer: GoldenWriter, header: readonly string[], rows: readonly string[]): string {
  const head = writer === "CH Instruments" ? [...header, ""] : ["volts, amperes of two electrodes"];
  return [...head, ...rows].map((line) => `${line}\r\n`).join("");
}
