import { describe, expect, it } from "vitest";
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
  const swv = hasRealData() ? entriesOf("swv-hull.json") : [];
  const folders = [...new Set(swv.map((entry) => entry.file.split("/")[0]))];

  it("covers all 1,254 SWV entries", () => {
    expect(swv).toHaveLength(1254);
  });

  it.each(folders)("SWV: every number of every entry in %s", (folder) => {
    const scans = new Map<string, Scan>();
    const entries = swv.filter((entry) => entry.file.startsWith(`${folder}/`));
    const wrong = entries.flatMap((entry) => {
      const { potentials_v, currents_a } = columnsOf(scanOf(entry.file, scans), entry.electrode);
      return differences(entry, findHullPeak(potentials_v, currents_a, paramsOf(entry)));
    });
    expect(wrong).toEqual([]);
  });

  it("CV: every number of the first four segments of every file, up and down", () => {
    const scans = new Map<string, Scan>();
    const entries = entriesOf("cv-hull.json");
    const wrong = entries.flatMap((entry) => {
      const { potentials_v, currents_a } = columnsOf(scanOf(entry.file, scans), entry.electrode);
      const [from, to] = segmentBounds(potentials_v)[(entry.segment ?? 0) - 1] ?? [0, 0];
      const potentials = potentials_v.slice(from, to);
      const currents = currents_a.slice(from, to);
      return differences(entry, findHullPeak(potentials, currents, { ...paramsOf(entry), skip_start: 0 }));
    });
    expect(entries).toHaveLength(120);
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

/** [from, to) of each sweep of a staircase without noise: the turning sample belongs to both. */
function segmentBounds(potentials_v: Float64Array): [number, number][] {
  const bounds: [number, number][] = [];
  let from = 0;
  let direction = 0;
  for (let i = 1; i < potentials_v.length; i++) {
    const step = Math.sign((potentials_v[i] ?? 0) - (potentials_v[i - 1] ?? 0));
    if (step === 0) continue;
    if (direction !== 0 && step !== direction) {
      bounds.push([from, i]);
      from = i - 1;
    }
    direction = step;
  }
  bounds.push([from, potentials_v.length]);
  return bounds;
}

/** One line for each expected value that the outcome does not have. */
function differences(entry: Entry, outcome: HullOutcome): string[] {
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
