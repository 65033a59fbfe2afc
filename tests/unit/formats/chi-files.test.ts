import { describe, expect, it } from "vitest";
import { chiText } from "../../../shared/formats/chi-text.ts";
import type { Scan } from "../../../shared/formats/scan.ts";
import { hasRealData, listRealFiles, readRealFile } from "../../support/data.ts";

interface Expected {
  readonly files: number;
  readonly technique: string;
  readonly electrodes: readonly number[];
  readonly halves?: boolean;
  readonly points: readonly number[];
  /** Hz; null where the technique has none; a function where the name tells. */
  readonly frequency: null | readonly number[] | ((name: string) => number);
  readonly clock?: boolean;
  readonly complete?: boolean;
}

/** Folder by folder, as the README beside the files describes them. */
const FOLDERS: Readonly<Record<string, Expected>> = {
  "chi-swv-series-2electrode": {
    files: 100,
    technique: "swv",
    electrodes: [1, 2],
    points: [600],
    frequency: [300],
  },
  "chi-swv-cv-interleaved/swv": {
    files: 20,
    technique: "swv",
    electrodes: [1, 2],
    points: [600],
    frequency: [300],
  },
  "chi-swv-cv-interleaved/gc": {
    files: 20,
    technique: "cv",
    electrodes: [1, 2],
    points: [400],
    frequency: null,
  },
  "chi-swv-frequency-scan": {
    files: 80,
    technique: "swv",
    electrodes: [1, 2],
    halves: true,
    points: [175],
    frequency: (name) => Number(/(\d+)Hz\//.exec(name)?.[1]),
  },
  "chi-swv-two-frequency": {
    files: 6,
    technique: "swv",
    electrodes: [1, 2],
    points: [600],
    frequency: (name) => (name.includes("fast") ? 300 : 15),
  },
  "chi-swv-single-electrode": {
    files: 6,
    technique: "swv",
    electrodes: [1],
    halves: true,
    points: [100, 125],
    frequency: [10, 30, 200, 250],
  },
  "chi-dpv": { files: 10, technique: "dpv", electrodes: [1], points: [40, 125], frequency: null },
  "chi-cv/DKN": { files: 2, technique: "cv", electrodes: [1], points: [2800], frequency: null },
  "chi-cv/Sammys": { files: 1, technique: "cv", electrodes: [1], points: [16_000], frequency: null },
  "chi-cv/eancedeg": { files: 1, technique: "cv", electrodes: [1], points: [17_304], frequency: null },
  "chi-cv/wsyxbcl": {
    files: 1,
    technique: "cv",
    electrodes: [1],
    points: [22_860],
    frequency: null,
    clock: false,
  },
  "chi-other-technique": {
    files: 1,
    technique: "eis",
    electrodes: [],
    points: [0],
    frequency: null,
    complete: false,
  },
};

const names = hasRealData() ? listRealFiles().filter((name) => /^chi-.*\.(txt|csv)$/.test(name)) : [];

function scanOf(name: string): Scan {
  const outcome = chiText.parse(readRealFile(name));
  const scan = outcome.ok ? outcome.scans[0] : undefined;
  if (scan === undefined) throw new Error(`${name}: ${JSON.stringify(outcome)}`);
  return scan;
}

/** The table read in the plainest way: split into lines and cells, `Number` on each. */
function readPlainly(name: string): number[][] {
  const lines = new TextDecoder().decode(readRealFile(name)).split(/\r?\n/);
  const header = lines.findIndex((line) => line.startsWith("Potential/V"));
  const rows = lines.slice(header + 1).filter((line) => line.trim() !== "");
  const cells = rows.map((line) => line.split(line.includes("\t") ? "\t" : ",").map(Number));
  return (cells[0] ?? []).map((_, column) => cells.map((row) => row[column] ?? Number.NaN));
}

/** Index of the first difference, bit for bit; -1 when there is none. Plain, because `toEqual` is slow on long arrays. */
function firstDifference(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  const length = Math.max(found.length, wanted.length);
  for (let i = 0; i < length; i++) if (!Object.is(found[i], wanted[i])) return i;
  return -1;
}

describe.runIf(hasRealData())("every real CH Instruments file is read as what it is", () => {
  it.each(Object.entries(FOLDERS))("%s", (folder, expected) => {
    const files = names.filter((name) => name.startsWith(folder));
    expect(files).toHaveLength(expected.files);
    for (const name of files) {
      const content = readRealFile(name);
      const scan = scanOf(name);
      expect(chiText.sniff(content), name).toBe(true);
      expect(scan.technique, name).toBe(expected.technique);
      expect(
        scan.electrodes.map(({ electrode }) => electrode),
        name,
      ).toEqual(expected.electrodes);
      expect(expected.points, name).toContain(scan.potentials_v.length);
      for (const electrode of scan.electrodes) {
        expect("forward_a" in electrode && "reverse_a" in electrode, name).toBe(expected.halves ?? false);
      }
      const { frequency } = expected;
      if (frequency === null) expect(scan, name).not.toHaveProperty("frequency_hz");
      else if (typeof frequency === "function") expect(scan.frequency_hz, name).toBe(frequency(name));
      else expect(frequency, name).toContain(scan.frequency_hz);
      expect(scan.started_at !== undefined, name).toBe(expected.clock ?? true);
      expect(chiText.isComplete(content), name).toBe(expected.complete ?? true);
      expect(scan.warnings, name).toEqual([]);
    }
  });

  it("and no file is outside this table", () => {
    const counted = Object.values(FOLDERS).reduce((sum, { files }) => sum + files, 0);
    expect(names).toHaveLength(counted);
  });

  it("every number is the one that Number() reads from the split text", () => {
    for (const name of names.filter((name) => !name.startsWith("chi-other"))) {
      const scan = scanOf(name);
      const plain = readPlainly(name);
      expect(firstDifference(scan.potentials_v, plain[0] ?? []), name).toBe(-1);
      let column = 1;
      for (const electrode of scan.electrodes) {
        for (const part of ["currents_a", "forward_a", "reverse_a"] as const) {
          const values = electrode[part];
          if (values === undefined) continue;
          expect(firstDifference(values, plain[column++] ?? []), `${name} ${part}`).toBe(-1);
        }
      }
    }
  });

  it("difference is forward minus reverse to the printed digits: no column is taken for another", () => {
    for (const name of names.filter((name) => /frequency-scan|single-electrode/.test(name))) {
      for (const { currents_a, forward_a, reverse_a } of scanOf(name).electrodes) {
        const worst = currents_a.reduce((most, current, i) => {
          const [forward, reverse] = [forward_a?.[i] ?? 0, reverse_a?.[i] ?? 0];
          const size = Math.max(Math.abs(current), Math.abs(forward), Math.abs(reverse));
          return Math.max(most, Math.abs(current - (forward - reverse)) / size);
        }, 0);
        expect(worst, name).toBeLessThan(3e-3);
      }
    }
  });

  it("the instrument found a peak in 21 of the 80 files of the frequency scan, never in channel 2", () => {
    const scans = names.filter((name) => name.startsWith("chi-swv-frequency-scan")).map(scanOf);
    const found = scans.flatMap((scan) =>
      scan.instrument_peaks === undefined ? [] : [scan.instrument_peaks],
    );
    expect(found).toHaveLength(21);
    expect(found.flat().map(({ electrode }) => electrode)).not.toContain(2);
  });

  it("header numbers are those that stand in the file", () => {
    expect(scanOf("chi-swv-frequency-scan/100Hz/100_0_5.txt")).toMatchObject({
      technique_name: "Square Wave Voltammetry",
      frequency_hz: 100,
      amplitude_v: 0.05,
      step_v: 0.004,
      started_at: "2023-09-28T14:43:27",
      instrument: "CHI1040C",
      instrument_peaks: [{ electrode: 1, potential_v: -0.312, height_a: 4.677e-7 }],
    });
    expect(scanOf("chi-cv/DKN-lab--phz_eDNA_2019/10uM_PCN_noDNA.txt")).toMatchObject({
      scan_rate_v_s: 0.1,
      step_v: 0.001,
      instrument: "CHI760B",
    });
    expect(scanOf("chi-other-technique/exampleDataCHInstruments.txt")).toMatchObject({
      technique_name: "A.C. Impedance",
      instrument: "CHI660E",
    });
  });
});

/** A small generator with a seed (mulberry32), so that a failing cut can be repeated. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe.runIf(hasRealData())(
  "a file that is cut anywhere is not complete, and what is read of it is the whole file's",
  () => {
    it.each([
      "chi-swv-series-2electrode/25uM_PYO_transfer_SWV_1.txt",
      "chi-swv-frequency-scan/40Hz/40_10_3.txt",
      "chi-swv-single-electrode/Apt1.csv",
      "chi-swv-cv-interleaved/gc_1.txt",
      "chi-dpv/DPV-2-Trp-0min.txt",
      "chi-cv/wsyxbcl--pyCV/cv_sample.txt",
    ])("%s", (name) => {
      const whole = readRealFile(name);
      const full = scanOf(name);
      const random = randomFrom(whole.length);
      const lastRowEnd = new TextDecoder().decode(whole).trimEnd().length;
      const cuts = Array.from({ length: whole.length > 100_000 ? 15 : 60 }, () =>
        Math.floor(random() * lastRowEnd),
      );
      for (const end of [...cuts, lastRowEnd - 1, lastRowEnd]) {
        const part = whole.slice(0, end);
        expect(chiText.isComplete(part), `cut at ${end}`).toBe(false);
        const outcome = chiText.parse(part);
        if (!outcome.ok) {
          expect(["incomplete_file", "empty_file"], `cut at ${end}`).toContain(outcome.code);
          continue;
        }
        const scan = outcome.scans[0];
        const rows = scan?.potentials_v.length ?? 0;
        expect(
          firstDifference(scan?.potentials_v ?? [], full.potentials_v.subarray(0, rows)),
          `cut at ${end}`,
        ).toBe(-1);
        for (const [index, { currents_a }] of full.electrodes.entries()) {
          const found = scan?.electrodes[index]?.currents_a ?? [];
          expect(firstDifference(found, currents_a.subarray(0, rows)), `cut at ${end}`).toBe(-1);
        }
      }
      expect(chiText.parse(whole.slice(0, lastRowEnd))).toMatchObject({ scans: [{ warnings: [] }] });
      expect(chiText.isComplete(whole.slice(0, lastRowEnd + 1)), "only white space cut").toBe(true);
    });
  },
);
