import { describe, expect, it } from "vitest";
import { isComplete, parseFile } from "../../../shared/formats/registry.ts";
import type { Encoding, Scan } from "../../../shared/formats/scan.ts";
import { hasRealData, listRealFiles, readRealFile } from "../../support/data.ts";
import { curveOf } from "./format-sample.ts";

/** What a file must give: its scans as `technique×points`, with the cycle's number where there is one. */
interface Expected {
  readonly files: number;
  readonly format: string;
  readonly encoding?: Encoding;
  /** Any of these; every file must have one of them. */
  readonly scans: readonly (readonly string[])[];
  readonly electrodes?: readonly number[];
  /** Of every file, or by a part of its path that no other file has; absent: none is told. */
  readonly frequency_hz?: number | Readonly<Record<string, number>>;
  readonly halves?: boolean;
  readonly clock?: boolean;
  readonly complete?: boolean;
  readonly warning?: RegExp;
}

const points = (technique: string, ...counts: number[]) => counts.map((count) => [`${technique}×${count}`]);
const TWO = [1, 2];
const SWV_600 = {
  format: "chi-text",
  scans: points("swv", 600),
  electrodes: TWO,
  clock: true,
  complete: true,
};
const CHI_CV = { files: 1, format: "chi-text", clock: true, complete: true };
const NEITHER_WAY = /may mean day\/month or month\/day/;
const LEFT_OVER = /1 left-over row was left out/;
const gamryCv = { format: "gamry-dta", clock: true, warning: LEFT_OVER } as const;
const eclab = { files: 1, format: "eclab-text", encoding: "windows-1252", warning: NEITHER_WAY } as const;

/** Path by path: what a file's path begins with. */
const FILES: Readonly<Record<string, Expected>> = {
  "chi-swv-series-2electrode/": { ...SWV_600, files: 100, frequency_hz: 300 },
  "chi-swv-cv-interleaved/swv": { ...SWV_600, files: 20, frequency_hz: 300 },
  "chi-swv-cv-interleaved/gc": { ...SWV_600, files: 20, scans: points("cv", 400) },
  "chi-swv-frequency-scan/": {
    ...SWV_600,
    files: 80,
    scans: points("swv", 175),
    frequency_hz: Object.fromEntries([30, 40, 50, 60, 70, 80, 90, 100].map((hz) => [`/${hz}Hz/`, hz])),
    halves: true,
  },
  "chi-swv-two-frequency/": { ...SWV_600, files: 6, frequency_hz: { "SWVfast.": 300, "SWV.": 15 } },
  "chi-swv-single-electrode/": {
    ...SWV_600,
    files: 6,
    scans: points("swv", 100, 125),
    electrodes: [1],
    frequency_hz: { Apt: 10, "Pbp1.": 250, "Pbp3.": 200, "Pbp4.": 200, "Pbp7.": 30 },
    halves: true,
  },
  "chi-dpv/": { ...CHI_CV, files: 10, scans: points("dpv", 40, 125) },
  "chi-cv/DKN": { ...CHI_CV, files: 2, scans: points("cv", 2800) },
  "chi-cv/Sammys": { ...CHI_CV, scans: points("cv", 16_000) },
  "chi-cv/eancedeg": { ...CHI_CV, scans: points("cv", 17_304) },
  "chi-cv/wsyxbcl": { ...CHI_CV, scans: points("cv", 22_860), clock: false },
  "chi-other-technique/": { ...CHI_CV, scans: points("eis", 0), complete: false },
  "palmsens-csv-cv/gcarras": {
    files: 12,
    format: "pstrace-csv",
    encoding: "utf-16le",
    scans: [1, 2, 3, 4].map((scan) => [`cv${scan}×806`]),
    clock: true,
  },
  "palmsens-csv-cv/HOLL95": {
    files: 2,
    format: "pstrace-csv",
    encoding: "windows-1252",
    scans: [["cv1×138", "cv2×138", "cv3×138"]],
  },
  "palmsens-csv-ca/": { files: 1, format: "pstrace-csv", scans: points("ca", 60_001), clock: true },
  "palmsens-pssession/stephan": {
    files: 1,
    format: "pssession",
    encoding: "utf-16le",
    scans: [["swv×70", "swv×70", "swv×70"]],
    frequency_hz: 10,
    clock: true,
    complete: true,
  },
  "palmsens-pssession/PalmSens": {
    files: 1,
    format: "pssession",
    encoding: "utf-16le",
    scans: [["cv1×40", "cv2×40", "cv3×41"]],
    clock: true,
    complete: true,
  },
  "palmsens-pssession/Moonshine": {
    files: 1,
    format: "pssession",
    encoding: "utf-16le",
    scans: [["dpv×219", "cv1×437", "cv2×436", "cv3×436", "eis×0"]],
    clock: true,
    complete: true,
  },
  "gamry-dta-swv/": {
    files: 1,
    format: "gamry-dta",
    scans: points("swv", 10),
    frequency_hz: 100,
    halves: true,
    clock: true,
    complete: true,
  },
  "gamry-dta-cv/bcliang": {
    files: 1,
    format: "gamry-dta",
    scans: [["cv1×10", "cv2×10", "cv3×10", "cv4×10", "cv5×10"]],
    warning: NEITHER_WAY,
  },
  "gamry-dta-cv/kirk": { ...gamryCv, files: 2, scans: [["cv1×2401"]] },
  "gamry-dta-cv/milosz": { ...gamryCv, files: 10, scans: [["cv1×201", "cv2×200", "cv3×200"]] },
  "gamry-dta-ca/bcliang": { files: 1, format: "gamry-dta", scans: points("ca", 10), warning: NEITHER_WAY },
  "gamry-dta-ca/milosz": {
    files: 16,
    format: "gamry-dta",
    scans: points("ca", 20, 106),
    clock: true,
    complete: true,
  },
  "biologic-mpt/dgbowl--yadg/cv": { ...eclab, scans: [["cv1×3778", "cv2×1325"]] },
  "biologic-mpt/dgbowl--yadg/lsv": { ...eclab, scans: points("lsv", 1186) },
  "biologic-mpt/dgbowl--yadg/ca": { ...eclab, scans: points("ca", 80) },
  "biologic-mpt/echemdb--echemdb-converters/eclab_cv": { ...eclab, encoding: "utf-8", scans: [["cv1×38"]] },
  "biologic-mpt/echemdb--echemdb-converters/eclab_ca": {
    ...eclab,
    encoding: "utf-8",
    scans: points("ca", 38),
  },
  "biologic-mpt/ixdat": {
    files: 1,
    format: "eclab-text",
    encoding: "windows-1252",
    scans: [["cv1×48", "cv2×52", "cv3×52", "cv4×52", "cv5×19"]],
    clock: true,
  },
  "autolab-nova/echemdb": { files: 1, format: "nova-ascii", scans: [["cv1×8995", "cv2×1002"]] },
  "autolab-nova/truejulos": { files: 3, format: "nova-ascii", scans: [["cv1×102"]] },
};

const names = hasRealData() ? listRealFiles().filter((name) => !name.endsWith(".md")) : [];
const rowOf = (name: string) => Object.keys(FILES).find((path) => name.startsWith(path));
const isRefused = (name: string) => name.endsWith(".bin") || name.startsWith("other-text/");

const shapeOf = ({ technique, cycle, potentials_v, times_s }: Scan) =>
  `${technique}${cycle ?? ""}×${(times_s ?? potentials_v).length}`;

function frequencyOf(name: string, { frequency_hz }: Expected): number | undefined {
  if (typeof frequency_hz !== "object") return frequency_hz;
  const [found, ...others] = Object.entries(frequency_hz).filter(([part]) => name.includes(part));
  if (found === undefined || others.length > 0) throw new Error(`${name}: which frequency is expected?`);
  return found[1];
}

function check(name: string, wanted: Expected): void {
  const content = readRealFile(name);
  const outcome = parseFile(content);
  if (!outcome.ok) throw new Error(`${name}: ${outcome.message}`);
  const { scans } = outcome;
  const curves = scans.filter((scan) => scan.electrodes.length > 0);
  const facts = {
    format: outcome.format,
    encoding: outcome.encoding,
    scans: scans.map(shapeOf),
    electrodes: curves.every(
      (scan) => `${scan.electrodes.map((one) => one.electrode)}` === `${wanted.electrodes ?? [1]}`,
    ),
    frequency: scans.every(({ frequency_hz }) => frequency_hz === frequencyOf(name, wanted)),
    halves: curves.every((scan) =>
      scan.electrodes.every((one) => Boolean(one.forward_a && one.reverse_a) === Boolean(wanted.halves)),
    ),
    clock: scans.every(({ started_at }) => (started_at !== undefined) === Boolean(wanted.clock)),
    complete: isComplete(content),
    finite: curves.every((scan) => [...scan.potentials_v, ...curveOf(scan).a].every(Number.isFinite)),
  };
  expect(facts, name).toEqual({
    format: wanted.format,
    encoding: wanted.encoding ?? "utf-8",
    scans: wanted.scans.find((one) => `${one}` === `${facts.scans}`) ?? wanted.scans,
    electrodes: true,
    frequency: true,
    halves: true,
    clock: true,
    complete: wanted.complete ?? false,
    finite: true,
  });
  const warnings = scans.flatMap((scan) => scan.warnings).join(" ");
  expect(warnings, name).toMatch(wanted.warning ?? /^$/);
}

describe.runIf(hasRealData())("every real instrument file is read as what it is", () => {
  it.each(Object.entries(FILES))("%s", (path, wanted) => {
    const files = names.filter((name) => rowOf(name) === path && !isRefused(name));
    expect(files).toHaveLength(wanted.files);
    for (const name of files) check(name, wanted);
  });

  it("or refused with the reason and what to do", () => {
    for (const name of names.filter(isRefused)) {
      const isBinary = name.endsWith(".bin");
      expect(parseFile(readRealFile(name)), name).toMatchObject({
        ok: false,
        code: isBinary ? "unsupported_format" : "not_a_measurement",
        message: expect.stringMatching(isBinary ? /\.txt file of the same run/ : /begins like this: "E \/V/),
      });
    }
  });

  it("and none of the 318 is outside this table", () => {
    expect(names).toHaveLength(318);
    expect(names.filter((name) => rowOf(name) === undefined && !isRefused(name))).toEqual([]);
  });
});

/** Numbers copied by hand from the files: the first, one in the middle, the last. V and A, as printed × the unit. */
const GOLDEN: readonly (readonly [string, number, readonly (readonly [number, number, number])[]])[] = [
  [
    "gamry-dta-cv/miloszewiczek--gamry_post_processing_/CV_ECSA_#1_#3.DTA",
    0,
    [
      [0, 1.00266e-1, -6.55728e-6],
      [100, 2.00304e-1, -4.01938e-6],
      [200, 1.00273e-1, -8.0491e-6],
    ],
  ],
  [
    "gamry-dta-cv/miloszewiczek--gamry_post_processing_/CV_ECSA_#1_#3.DTA",
    2,
    [
      [0, 1.0126e-1, -5.37694e-6],
      [1, 1.0226e-1, -5.22807e-6],
    ],
  ],
  [
    "gamry-dta-swv/squarewave_data.dta",
    0,
    [
      [0, 6.02416e-3, 1.92826e-6],
      [9, -1.86758e-2, -4.02055e-7],
    ],
  ],
  [
    "biologic-mpt/dgbowl--yadg/cv.mpt",
    0,
    [
      [0, 2.4807117, -1.235983972946997e-6 / 1e3],
      [3777, 2.4812329, 4.67411277605154e-1 / 1e3],
    ],
  ],
  [
    "biologic-mpt/dgbowl--yadg/cv.mpt",
    1,
    [
      [0, 2.4802871, 4.663806160112252e-1 / 1e3],
      [1324, 3.1632588, 6.838552079206513e-4 / 1e3],
    ],
  ],
  [
    "biologic-mpt/dgbowl--yadg/lsv.mpt",
    0,
    [
      [0, -2.4618463e-1, -6.556889057159424 / 1e3],
      [933, -3.1643467, -8.380252266767206e1 / 1e3],
      [1185, -4.0008063, -1.195750350952148e2 / 1e3],
    ],
  ],
  ["biologic-mpt/ixdat--ixdat/Pt_poly_cv_CUT.mpt", 1, [[0, 9.3099779e-1, -3.58002206392951e-3 / 1e3]]],
  [
    "autolab-nova/echemdb--electrochemistry-data/hermann_2021_effect_138279_f5a_black.csv",
    0,
    [
      [0, -0.60028076171875, -2.50244140625e-8],
      [8994, -0.5999755859375, -2.3590087890625e-8],
    ],
  ],
  [
    "autolab-nova/echemdb--electrochemistry-data/hermann_2021_effect_138279_f5a_black.csv",
    1,
    [
      [0, -0.60028076171875, -2.0965576171875e-8],
      [1001, -0.59722900390625, 1.995849609375e-8],
    ],
  ],
  [
    "autolab-nova/truejulosdu13--Electrochemistry/Che207 Ni(BinapSQ) 5V s.txt",
    0,
    [
      [0, 0.379180908203125, 1.0955810546875e-7],
      [48, 0.499114990234375, -1.55242919921875e-6],
    ],
  ],
  [
    "palmsens-csv-cv/gcarrascohuertas--electrochemical_ECSA_processing_palmsens/ECSA_0020mV/scan2-SWV.csv",
    0,
    [
      [0, 6.89963e-1, 2.75732 / 1e6],
      [393, -8.9571e-2, -14.2167 / 1e6],
      [805, 6.91916e-1, 2.63334 / 1e6],
    ],
  ],
  [
    "palmsens-csv-cv/HOLL95--General_electrochemistry/4_7_22/DCV_CJX183_WT_pre_eis.csv",
    2,
    [
      [0, -0.389962, -0.669124 / 1e6],
      [67, 0.27965, 0.661781 / 1e6],
      [137, -0.379962, -0.634124 / 1e6],
    ],
  ],
  [
    "palmsens-pssession/stephanschoeman--PSData-in-python/A.pssession",
    2,
    [
      [0, 0.389962, -2961.72 / 1e6],
      [1, 0.379962, -2799.4 / 1e6],
    ],
  ],
  [
    "palmsens-pssession/PalmSens--palmsens-sdk/cv_3scan.pssession",
    1,
    [
      [1, -0.599966, -56.770412 / 1e6],
      [39, -0.39997699999999997, Number.NaN],
    ],
  ],
];

describe.runIf(hasRealData())("numbers are those that stand in the file", () => {
  it.each(GOLDEN)("%s, scan %i", (name, index, rows) => {
    const outcome = parseFile(readRealFile(name));
    const scan = outcome.ok ? outcome.scans[index] : undefined;
    const { v, a } = scan ? curveOf(scan) : { v: [], a: [] };
    for (const [row, potential, current] of rows) {
      expect(v[row], `row ${row}`).toBe(potential);
      if (!Number.isNaN(current)) expect(a[row], `row ${row}`).toBe(current);
    }
  });

  it("every number of every session is the one that JSON.parse reads", () => {
    type Data = { v: number }[];
    for (const name of names.filter((name) => name.startsWith("palmsens-pssession"))) {
      const text = new TextDecoder("utf-16le").decode(readRealFile(name)).replaceAll("\uFEFF", "");
      const plain: unknown = JSON.parse(
        text.replaceAll(/"(\w+)":/g, (_, key: string) => `"${key.toLowerCase()}":`),
      );
      // Read through the known path only; a wrong shape fails the comparison below.
      const { measurements } = plain as {
        measurements: {
          curves: { xaxisdataarray: { datavalues: Data }; yaxisdataarray: { datavalues: Data } }[];
        }[];
      };
      const wanted = measurements
        .flatMap(({ curves }) => curves)
        .map((curve) => ({
          v: curve.xaxisdataarray.datavalues.map(({ v }) => v),
          a: curve.yaxisdataarray.datavalues.map(({ v }) => v / 1e6),
        }));
      const outcome = parseFile(readRealFile(name));
      const found = outcome.ok ? outcome.scans.filter(({ electrodes }) => electrodes.length > 0) : [];
      expect(found.map(curveOf), name).toEqual(wanted);
    }
  });
});
