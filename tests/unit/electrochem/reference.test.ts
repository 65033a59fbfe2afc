import { describe, expect, it } from "vitest";
import {
  type ClassicOutcome,
  DEFAULT_CLASSIC_PARAMS,
  findClassicPeak,
} from "../../../shared/electrochem/classic-peak.ts";
import { analyseCv, type CvPeakOutcome, DEFAULT_CV_PARAMS } from "../../../shared/electrochem/cv.ts";
import { splitSegments } from "../../../shared/electrochem/cv-segments.ts";
import { findHullPeak, type HullOutcome, type HullParams } from "../../../shared/electrochem/hull-peak.ts";
import { chiText } from "../../../shared/formats/chi-text.ts";
import type { Scan } from "../../../shared/formats/scan.ts";
import { hasRealData, readRealFile, readReference } from "../../support/data.ts";

const RELATIVE = 1e-9;

interface Entry {
  readonly file: string;
  readonly electrode: number;
  /** CV only, counted from 1. */
  readonly segment?: number;
  readonly params: Partial<HullParams>;
  readonly expected: Readonly<Record<string, unknown>> & { readonly kind: string };
}

describe.runIf(hasRealData())("hull peaks of real files agree with an independent computation", () => {
  /** One file has many entries. */
  const scans = new Map<string, Scan>();
  const swv = hasRealData() ? entriesOf("swv-hull.json") : [];
  const folders = [...new Set(swv.map((entry) => entry.file.split("/")[0]))];

  it("covers all 1,254 SWV entries", () => {
    expect(swv).toHaveLength(1254);
  });

  it.each(folders)("SWV: every number of every entry in %s", (folder) => {
    const entries = swv.filter((entry) => entry.file.startsWith(`${folder}/`));
    const wrong = entries.flatMap((entry) => {
      const { potentials_v, currents_a } = columnsOf(scanOf(entry.file, scans), entry.electrode);
      return differences(entry, findHullPeak(potentials_v, currents_a, paramsOf(entry)));
    });
    expect(wrong).toEqual([]);
  });

  it("CV: every file has the segments of the reference", () => {
    // Written beside the real files by the reference program, in the shape that its README states.
    const files = readReference("cv-segments.json") as { file: string; segment_lengths: number[] }[];
    expect(files).toHaveLength(25);
    for (const { file, segment_lengths } of files) {
      const lengths = splitSegments(scanOf(file, scans).potentials_v).map(({ from, to }) => to - from);
      expect(lengths, file).toEqual(segment_lengths);
    }
  });

  it("CV: every number of the first four segments of every file, up and down", () => {
    const entries = entriesOf("cv-hull.json");
    const wrong = entries.flatMap((entry) => {
      const { segment = 0, params } = entry;
      const { potentials_v, currents_a } = columnsOf(scanOf(entry.file, scans), entry.electrode);
      const asked = { sg_points: 11, sg_degree: 2, min_snr: 0, avoid_turning_points: false };
      const result = analyseCv(potentials_v, currents_a, {
        ...DEFAULT_CV_PARAMS,
        ...asked,
        pairs: [segment],
      });
      const found = result.pairs[0]?.forward[params.direction === "down" ? "down" : "up"];
      return found === undefined ? [`${entry.file}: no segment ${segment}`] : differences(entry, found);
    });
    expect(entries).toHaveLength(120);
    expect(wrong).toEqual([]);
  });

  it("classic: every number of all 418 entries", () => {
    // As above.
    const entries = readReference("swv-classic.json") as Entry[];
    const wrong = entries.flatMap((entry) => {
      const { potentials_v, currents_a } = columnsOf(scanOf(entry.file, scans), entry.electrode);
      const found = findClassicPeak(potentials_v, currents_a, { ...DEFAULT_CLASSIC_PARAMS, window: null });
      const unsigned = found.kind === "peak" && found.auc_av === Math.abs(found.auc_signed_av);
      return unsigned ? differences(entry, found) : [`${entry.file}: ${found.kind}`];
    });
    expect(entries).toHaveLength(418);
    expect(wrong).toEqual([]);
  });
});

function entriesOf(name: string): Entry[] {
  // Written beside the real files by the reference program, in the shape that its README states.
  return readReference(name) as Entry[];
}

/** `min_snr` is not applied in the references. */
function paramsOf(entry: Entry): HullParams {
  const defaults = {
    direction: "auto",
    sg_points: "auto",
    sg_degree: 2,
    skip_start: 1,
    peak_window: null,
  } as const;
  return { ...defaults, ...entry.params, min_snr: 0, window: null };
}

function scanOf(file: string, read: Map<string, Scan>): Scan {
  const known = read.get(file);
  if (known !== undefined) return known;
  const parsed = chiText.parse(readRealFile(file));
  if (!parsed.ok) throw new Error(`${file}: ${parsed.message}`);
  const [scan] = parsed.scans;
  if (scan === undefined) throw new Error(`${file}: no scan`);
  read.set(file, scan);
  return scan;
}

function columnsOf(scan: Scan, electrode: number) {
  const found = scan.electrodes.find((candidate) => candidate.electrode === electrode);
  if (found === undefined) throw new Error(`no electrode ${electrode}`);
  return { potentials_v: scan.potentials_v, currents_a: found.currents_a };
}

/** One line for each expected value that the outcome does not have. */
function differences(entry: Entry, outcome: HullOutcome | CvPeakOutcome | ClassicOutcome): string[] {
  const kind = outcome.kind === "peak" ? "peak" : outcome.reason;
  const found: Readonly<Record<string, unknown>> = { ...outcome, kind };
  const where = `${entry.file} electrode ${entry.electrode} ${JSON.stringify(entry.params)}`;
  return Object.entries(entry.expected)
    .filter(([name, expected]) => !agree(expected, found[name]))
    .map(([name, expected]) => `${where}: ${name} is ${found[name]}, reference ${expected}`);
}

function agree(expected: unknown, found: unknown): boolean {
  if (Array.isArray(expected)) {
    return Array.isArray(found) && expected.every((value, i) => agree(value, found[i]));
  }
  if (typeof expected !== "number") return expected === found;
  return typeof found === "number" && Math.abs(found - expected) <= RELATIVE * Math.abs(expected);
}
