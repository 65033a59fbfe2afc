import type { GivenParams, SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { TrendParams } from "../../shared/protocol/trend-params.ts";
import { hasRealData, listRealFiles, readRealFile } from "../support/data.ts";
import { chiDecay, someDecay } from "../support/decay-files.ts";
import { simulatedFile, simulatedStartMs } from "../support/fixtures.ts";

/** Runs of every technique and method, as labs have them. */

export type SentFile = readonly [name: string, content: Uint8Array, mtime_ms?: number];

export interface TechniqueRun {
  readonly technique: SessionTechnique;
  readonly pattern: string;
  readonly params?: GivenParams;
  readonly files: readonly SentFile[];
  readonly trends?: TrendParams;
  /** What the manifest must remark; nothing where nothing is said. */
  readonly remark?: RegExp;
}

const NUMBERS_REPEAT = /File numbers repeat/;
const SEVERAL_CYCLES = /^Files hold several cycles/;

/** Normalised to its first two files, with a corrected signal-off frequency. */
const NORMALISED = { reference: { from: 1, to: 2 }, low: { slope: 0.03, offset: -0.01 } };

export function techniqueRuns(): Readonly<Record<string, TechniqueRun>> {
  return { ...generated(), ...(hasRealData() ? real() : {}) };
}

function generated(): Record<string, TechniqueRun> {
  return {
    "SWV, classic, by the instrument's clock": {
      technique: "swv",
      pattern: "swv_{f}Hz_{n}.txt",
      params: { method: "classic", poly_degree: 9 },
      files: pulses([15, 200], 4),
      trends: TrendParams.parse({ ...NORMALISED, kdm: "difference-over-mean", electrodes: [1, 3] }),
    },
    "SWV, sacmes-web, areas": {
      technique: "swv",
      pattern: "swv_{f}Hz_{n}.txt",
      params: { method: "sacmes-web" },
      files: pulses([15, 60, 200], 3),
      trends: TrendParams.parse({
        ...NORMALISED,
        quantity: "area",
        seconds_per_file: 30,
        on_hz: 60,
        off_hz: 200,
      }),
    },
    "SWV, three electrodes, nothing normalised": {
      technique: "swv",
      pattern: "swv_{f}Hz_{n}.txt",
      files: pulses([60], 2),
    },
    "SWV, two series that count alike": {
      technique: "swv",
      pattern: "{*}uM_{f}Hz_{n}.txt",
      files: [25, 100].flatMap((level) =>
        pulses([15, 200], 3, level).map(
          ([name, ...file]): SentFile => [`${level}uM${name.slice(3)}`, ...file],
        ),
      ),
      trends: TrendParams.parse({ ...NORMALISED, axis: "file-number" }),
      remark: NUMBERS_REPEAT,
    },
    "CV, two series that count alike": {
      technique: "cv",
      pattern: "{*}_cv_{n}.txt",
      files: ["b", "a"].flatMap((series, at) =>
        [2, 1].map((number): SentFile => [`${series}_cv_${number}.txt`, cycle(number + 5 * at, 1)]),
      ),
      remark: NUMBERS_REPEAT,
    },
    "a frequency map": {
      technique: "frequency-map",
      pattern: "map_{n}.txt",
      files: [200, 15, 50, 200].map((frequencyHz, index) => [
        `map_${index + 1}.txt`,
        simulatedFile(index + 1, { frequencyHz, electrodes: 3 }),
      ]),
    },
    "CV, tangent, two electrodes": {
      technique: "cv",
      pattern: "cv_{n}.txt",
      params: { method: "tangent", probes_v: [0.05, -0.2] },
      files: [1, 2, 3].map((number) => [`cv_${number}.txt`, cycle(number, 2)]),
    },
    "CV, desktop, two electrodes": {
      technique: "cv",
      pattern: "cv_{n}.txt",
      params: { method: "desktop", probes_v: [0.05], window: [-0.35, 0.15] },
      files: [3, 1, 2].map((number) => [`cv_${number}.txt`, cycle(number, 2)]),
    },
    "chronoamperometric lifetimes": {
      technique: "ca",
      pattern: "ca_{n}.txt",
      files: [1, 2].map((number) => [
        `ca_${number}.txt`,
        new TextEncoder().encode(chiDecay(someDecay(2, 100 + 20 * number))),
      ]),
    },
  };
}

function real(): Record<string, TechniqueRun> {
  return {
    "a lab's CV, hull": {
      technique: "cv",
      pattern: "run_{n}.{*}",
      params: { probes_v: [0] },
      files: lab("chi-cv", 1),
      remark: SEVERAL_CYCLES,
    },
    "a lab's CV, tangent": {
      technique: "cv",
      pattern: "run_{n}.{*}",
      params: { method: "tangent" },
      files: lab("chi-cv/DKN-lab--phz_eDNA_2019"),
      remark: SEVERAL_CYCLES,
    },
    "a lab's CV, desktop": {
      technique: "cv",
      pattern: "run_{n}.{*}",
      params: { method: "desktop", probes_v: [-0.1, 0.1], forward_segment: 2, reverse_segment: 3 },
      files: lab("chi-cv/DKN-lab--phz_eDNA_2019"),
    },
    "a lab's linear sweeps": {
      technique: "lsv",
      pattern: "run_{n}.{*}",
      params: { probes_v: [1.2] },
      files: lab("biologic-mpt/dgbowl--yadg/lsv.mpt"),
    },
    "a lab's DPV, whose files tell no frequency": {
      technique: "dpv",
      pattern: "run_{n}.{*}",
      files: lab("chi-dpv", 4),
      trends: TrendParams.parse({ reference: { from: 1, to: 1 } }),
    },
    "a lab's lifetimes": { technique: "ca", pattern: "run_{n}.{*}", files: lab("gamry-dta-ca", 3) },
  };
}

/** The first of the lab's files there, each under a number of its own; a lone one twice. */
const LINE_END = Buffer.from("\r\n");

function lab(place: string, most = 2): SentFile[] {
  const files = place.endsWith(".mpt") ? [place] : listRealFiles(place).slice(0, most);
  const [first = ""] = files;
  return (files.length === 1 ? [first, first] : files).map((file, index) => [
    `run_${index + 1}${file.slice(file.lastIndexOf("."))}`,
    // Measured again, to the hub: an exclusion holds for all files with the same bytes.
    files.length === 1 && index > 0 ? Buffer.concat([readRealFile(file), LINE_END]) : readRealFile(file),
  ]);
}

/** Three electrodes, the frequencies in turn. @param first number of the first measurement, which files need not count by */
function pulses(frequencies: readonly number[], count: number, first = 1): SentFile[] {
  return Array.from({ length: count }, (_, index) => index).flatMap((index) =>
    frequencies.map(
      (frequencyHz): SentFile => [
        `swv_${frequencyHz}Hz_${index + 1}.txt`,
        simulatedFile(first + index, { frequencyHz, electrodes: 3, step_v: 0.004 }),
        simulatedStartMs(first + index) + 3_000,
      ],
    ),
  );
}

/** A cycle with a peak each way over a sloping line and a little ripple; later ones fade. */
function cycle(number: number, electrodes: number): Uint8Array {
  const rows = Array.from({ length: 801 }, (_, row) => {
    const isRising = row <= 400;
    const potential_v = -0.5 + 0.002 * (isRising ? row : 800 - row);
    const [sign, centre_v] = isRising ? [1, -0.08] : [-1, -0.12];
    const currents = Array.from({ length: electrodes }, (_, index) => {
      const peak = ((index + 1) * 1e-6 * 0.9 ** number) / Math.cosh((potential_v - centre_v) / 0.04) ** 2;
      const ripple = 1e-9 * Math.sin(1.3 * row + index);
      return (sign * (peak + 2e-7) + 1e-7 * potential_v + ripple).toExponential(4);
    });
    return [potential_v.toFixed(3), ...currents].join(", ");
  });
  const lines = [
    `Nov. 3, 2023   09:${String(number).padStart(2, "0")}:00`,
    "Cyclic Voltammetry",
    "Instrument Model:  CHI1040C",
    "",
    "Init E (V) = -0.5",
    "High E (V) = 0.3",
    "Low E (V) = -0.5",
    "Init P/N = P",
    "Scan Rate (V/s) = 0.1",
    "Segment = 2",
    "",
    ["Potential/V", ...Array.from({ length: electrodes }, (_, index) => `i${index + 1}/A`)].join(", "),
    "",
    ...rows,
  ];
  return new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join(""));
}
