import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { RESULT_FLAGS, RESULT_KINDS, type ResultFlag } from "../../shared/protocol/log-tables.ts";

/** The offline command's own words as rows of the log, by a translation that the product does not share. */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

export type NumberRow = Readonly<Record<string, number | null>>;

export interface OfflineNumbers {
  readonly rows: readonly { readonly file: string; readonly row: NumberRow }[];
  readonly pairs: readonly { readonly file: string; readonly pair: NumberRow }[];
  /** What the command said on standard error, line by line, of files by their names. */
  readonly said: readonly string[];
}

/** `benchcast-analyse --json` over these files. */
export async function offlineNumbers(
  technique: SessionTechnique,
  files: ReadonlyMap<string, Uint8Array>,
  params: object,
): Promise<OfflineNumbers> {
  const folder = await mkdtemp(join(tmpdir(), "benchcast-params-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  const settings = join(folder, "params.json");
  const kind = technique === "ca" ? "ca" : technique === "cv" || technique === "lsv" ? "cv" : "swv";
  await writeFile(settings, JSON.stringify({ [kind]: params, pattern: "{*}" }));
  const args = ["--import", "tsx", "server/analyse-cli.ts", "--json", "--params", settings];
  const options = { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 };
  const paths = [...files.keys()].map((name) => join(folder, name));
  // Files that hold no measurement are named, and end the command with 1; the others are there all the same.
  const { stdout, stderr } = await run(process.execPath, [...args, ...paths], options).catch(
    (error) => error,
  );
  const wanted = technique === "frequency-map" ? "swv" : technique;
  const records = linesOf(String(stdout))
    .map((text): OfflineRecord => JSON.parse(text))
    .filter((record) => record.technique === wanted);
  return {
    rows: records.flatMap((record) => rowsOf(record).map((row) => ({ file: basename(record.file), row }))),
    pairs: records.flatMap((record) => pairOf(record).map((pair) => ({ file: basename(record.file), pair }))),
    said: linesOf(String(stderr)).map((text) => text.replaceAll(`${folder}/`, "")),
  };
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Outcome of a peak; `flags` by name. What it holds besides depends on the method. */
type Outcome = Readonly<Record<string, unknown>>;

interface OfflineSegment {
  readonly number: number;
  readonly sweep: "rising" | "falling";
  readonly up: Outcome;
  readonly down: Outcome;
  readonly turn_current_a: number;
  readonly probes_a: readonly (number | null)[];
}

interface DesktopSweep {
  readonly direction: "up" | "down";
  readonly peak: Outcome;
  readonly probes_a: readonly number[];
}

type PairNumbers = Readonly<
  Record<"peak_separation_v" | "half_wave_potential_v" | "height_ratio" | "nicholson_ratio", number | null>
>;

type Place = Readonly<Record<"technique" | "file", string>> &
  Readonly<Record<"scan" | "electrode" | "frequency_hz", number | null>>;
type PairRecord = Place &
  PairNumbers & {
    readonly record: "segment-pair";
    readonly forward: OfflineSegment;
    readonly reverse: OfflineSegment | null;
  };
type DesktopRecord = Place & {
  readonly record: "desktop-cv";
  readonly forward: DesktopSweep | null;
  readonly reverse: DesktopSweep | null;
  readonly peak_separation_v: number | null;
  readonly params: Readonly<Record<"forward_segment" | "reverse_segment", number>>;
};
type OfflineRecord = PairRecord | DesktopRecord | (Place & Outcome & { readonly record: "peak" | "decay" });

function rowsOf(record: OfflineRecord): NumberRow[] {
  const { scan, electrode, frequency_hz } = record;
  const place = { scan, electrode, frequency_hz };
  switch (record.record) {
    case "segment-pair": {
      const { forward, reverse } = record as PairRecord; // the union's last member has no such fields
      return [forward, ...(reverse === null ? [] : [reverse])].flatMap((segment) =>
        segmentRows(segment).map((row) => ({ ...place, ...row })),
      );
    }
    case "desktop-cv":
      return desktopRows(record as DesktopRecord).map((row) => ({ ...place, ...row }));
    case "peak":
      return [{ ...peakNumbers(record as Outcome), ...place }];
    case "decay":
      return [{ ...numbersIn(record as Outcome), ...place, kind: kindOf(record as Outcome) }];
  }
}

function segmentRows({ number, sweep, up, down, turn_current_a, probes_a }: OfflineSegment): NumberRow[] {
  return ([1, -1] as const).map((direction) => ({
    ...{ segment: number, sweep: sweep === "rising" ? 1 : -1, direction, turn_current_a },
    ...probes(probes_a),
    ...peakNumbers(direction === 1 ? up : down),
  }));
}

function desktopRows({ forward, reverse, params }: DesktopRecord): NumberRow[] {
  const rowOf = (segment: number, sweep: DesktopSweep | null): NumberRow[] => {
    if (sweep === null) return [];
    const { direction, peak, probes_a } = sweep;
    const flags = peak.flank_at_edge === true ? ["near-window-edge"] : [];
    return [
      {
        ...{ segment, direction: direction === "up" ? 1 : -1 },
        ...probes(probes_a),
        ...peakNumbers({ ...peak, flags }),
      },
    ];
  };
  return [...rowOf(params.forward_segment, forward), ...rowOf(params.reverse_segment, reverse)];
}

function probes(probes_a: readonly (number | null)[]): NumberRow {
  return Object.fromEntries(probes_a.map((current, index) => [`probe_${index + 1}_a`, current]));
}

/**
 * Kind, numbers and flags of a peak. Where there is none the log keeps the kind alone, while the command says more of
 * the scan (its noise, for one): that more is left out here.
 */
function peakNumbers(outcome: Outcome): NumberRow {
  if (typeof outcome.peak_height_a !== "number") return { kind: kindOf(outcome) };
  const flags = outcome.flags as readonly ResultFlag[]; // of a peak they are always there
  return {
    ...numbersIn(outcome),
    ...ends("left", outcome.baseline_left),
    ...ends("right", outcome.baseline_right),
    kind: kindOf(outcome),
    flags: flags.reduce((sum, name) => sum | RESULT_FLAGS[name], 0),
  };
}

function kindOf(outcome: Outcome): number {
  return RESULT_KINDS.indexOf((outcome.reason ?? outcome.outcome ?? outcome.kind) as never);
}

function numbersIn(outcome: Outcome): NumberRow {
  const numbers = Object.entries(outcome).filter(([, value]) => typeof value === "number");
  return Object.fromEntries(numbers) as NumberRow; // as just filtered
}

function ends(side: "left" | "right", end: unknown): NumberRow {
  if (!Array.isArray(end)) return {};
  return { [`baseline_${side}_v`]: end[0], [`baseline_${side}_a`]: end[1] };
}

function pairOf(record: OfflineRecord): NumberRow[] {
  const { scan, electrode } = record;
  if (record.record === "desktop-cv") {
    const { forward, peak_separation_v, params } = record as DesktopRecord;
    const segment = params.forward_segment;
    return forward === null ? [] : [{ scan, electrode, segment, peak_separation_v }];
  }
  if (record.record !== "segment-pair") return [];
  const { forward, peak_separation_v, half_wave_potential_v, height_ratio, nicholson_ratio } =
    record as PairRecord;
  const numbers = { peak_separation_v, half_wave_potential_v, height_ratio, nicholson_ratio };
  return [{ scan, electrode, segment: forward.number, ...numbers }];
}
