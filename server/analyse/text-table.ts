import { type CvPeakOutcome, mainPeak } from "../../shared/electrochem/cv.ts";
import type { DesktopSweep } from "../../shared/electrochem/cv-desktop.ts";
import type { DecayRecord } from "./decay-records.ts";
import type { RecordPlace } from "./measurement-file.ts";
import type { PeakRecord } from "./pulse-records.ts";
import type { AnalysisRecord } from "./report.ts";
import type { DesktopRecord, PairRecord } from "./sweep-records.ts";

/** Records as aligned text for people: a table for each technique, under a line with its parameters. */

type Columns<R> = Readonly<Record<string, (record: R) => string>>;

const PLACE_COLUMNS: Columns<RecordPlace> = {
  file: ({ file }) => file,
  scan: ({ scan, cycle }) => String(cycle ?? scan + 1),
  electrode: ({ electrode }) => String(electrode),
};

const PEAK_COLUMNS: Columns<PeakRecord> = {
  ...PLACE_COLUMNS,
  "f/Hz": ({ frequency_hz }) => plain(frequency_hz),
  outcome: ({ outcome }) => outcome,
  "E/V": ({ numbers }) => potential(numbers.peak_potential_v),
  "height/A": ({ numbers }) => amount(numbers.peak_height_a),
  "area/A·V": ({ numbers }) => amount(numbers.peak_area_av ?? numbers.auc_av),
  "half width/V": ({ numbers }) => potential(numbers.half_width_v),
  "S/N": ({ numbers }) => plain(numbers.snr, 3),
  flags: ({ flags }) => flags.join(" "),
};

const PAIR_COLUMNS: Columns<PairRecord> = {
  ...PLACE_COLUMNS,
  segments: ({ forward, reverse }) =>
    reverse === null ? `${forward.number}` : `${forward.number}-${reverse.number}`,
  "E forward/V": ({ forward, anodic }) => potential(mainOf(forward, anodic)?.peak_potential_v),
  "i forward/A": ({ forward, anodic }) => amount(mainOf(forward, anodic)?.peak_height_a),
  "Q forward/C": ({ forward, anodic }) => amount(mainOf(forward, anodic)?.charge_c),
  "E reverse/V": ({ reverse, anodic }) => potential(mainOf(reverse, anodic)?.peak_potential_v),
  "i reverse/A": ({ reverse, anodic }) => amount(mainOf(reverse, anodic)?.peak_height_a),
  "Q reverse/C": ({ reverse, anodic }) => amount(mainOf(reverse, anodic)?.charge_c),
  "ΔEp/V": ({ peak_separation_v }) => potential(peak_separation_v),
  "E½/V": ({ half_wave_potential_v }) => potential(half_wave_potential_v),
  "|ipa/ipc|": ({ height_ratio }) => plain(height_ratio, 4),
  Nicholson: ({ nicholson_ratio }) => plain(nicholson_ratio, 4),
  flags: ({ forward, reverse, anodic }) =>
    [flagsOf("forward", mainOf(forward, anodic)), flagsOf("reverse", mainOf(reverse, anodic))]
      .flat()
      .join(" "),
};

const DESKTOP_COLUMNS: Columns<DesktopRecord> = {
  ...PLACE_COLUMNS,
  "E forward/V": ({ forward }) => potential(desktopPeak(forward)?.peak_potential_v),
  "h forward/A": ({ forward }) => amount(desktopPeak(forward)?.peak_height_a),
  "Q forward/C": ({ forward }) => amount(desktopPeak(forward)?.charge_c),
  "E reverse/V": ({ reverse }) => potential(desktopPeak(reverse)?.peak_potential_v),
  "h reverse/A": ({ reverse }) => amount(desktopPeak(reverse)?.peak_height_a),
  "Q reverse/C": ({ reverse }) => amount(desktopPeak(reverse)?.charge_c),
  "ΔEp/V": ({ peak_separation_v }) => potential(peak_separation_v),
};

const DECAY_COLUMNS: Columns<DecayRecord> = {
  ...PLACE_COLUMNS,
  outcome: ({ outcome }) => outcome,
  "lifetime/s": ({ numbers }) => plain(numbers.lifetime_s),
  "half-life/s": ({ numbers }) => plain(numbers.half_life_s),
  "lifetime 2/s": ({ numbers }) => plain(numbers.lifetime_2_s),
  "amplitude/A": ({ numbers }) => amount(numbers.amplitude_a),
  "background/A": ({ numbers }) => amount(numbers.background_a),
  "R²": ({ numbers }) => plain(numbers.r_squared),
};

/**
 * A table of records of one technique. Above it stand the parameters of the last record: what was open at the
 * first is settled there.
 */
export function textTable(records: readonly AnalysisRecord[]): string {
  const last = records.at(-1);
  if (last === undefined) return "";
  const title = `${last.technique.toUpperCase()} ${JSON.stringify(last.params)}\n`;
  const peaks = records.filter((record) => record.record === "peak");
  const pairs = records.filter((record) => record.record === "segment-pair");
  const desktop = records.filter((record) => record.record === "desktop-cv");
  const decays = records.filter((record) => record.record === "decay");
  const tables = [
    align(peaks, PEAK_COLUMNS),
    align(pairs, PAIR_COLUMNS),
    align(desktop, DESKTOP_COLUMNS),
    align(decays, DECAY_COLUMNS),
  ];
  return `${title}${tables.join("")}`;
}

function align<R>(records: readonly R[], columns: Columns<R>): string {
  if (records.length === 0) return "";
  const heads = Object.keys(columns);
  const rows = [heads, ...records.map((record) => Object.values(columns).map((cell) => cell(record)))];
  const isText = (at: number) => /^(file|outcome|flags)$/.test(heads[at] ?? "");
  const widths = heads.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (isText(at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
        .join("  "),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** The peak of oxidation on a rising sweep, of reduction on a falling one. */
function mainOf(segment: PairRecord["reverse"], anodic: PairRecord["anodic"]): Found | null {
  return segment === null ? null : mainPeak(segment, anodic);
}

function flagsOf(sweep: string, peak: Found | null): string[] {
  return (peak?.flags ?? []).map((flag) => `${sweep}:${flag}`);
}

type Found = Extract<CvPeakOutcome, { kind: "peak" }>;

function desktopPeak(sweep: DesktopSweep | null) {
  return sweep?.peak.kind === "peak" ? sweep.peak : null;
}

function potential(value: unknown): string {
  return typeof value === "number" ? value.toFixed(4) : "-";
}

/** A current, an area or a charge: always as a power of ten, so that a column compares at a glance. */
function amount(value: unknown): string {
  return typeof value === "number" ? value.toExponential(4) : "-";
}

function plain(value: unknown, digits = 6): string {
  return typeof value === "number" ? String(Number(value.toPrecision(digits))) : "-";
}
