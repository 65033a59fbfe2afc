/** Files of every format, small and large, and what damages them. */

import { hasRealData, readRealFile } from "../../support/data.ts";
import {
  chiDecay,
  eclabDecay,
  gamryDecay,
  novaDecay,
  plainDecay,
  pstraceDecay,
  someDecay,
} from "../../support/decay-files.ts";
import { file, ROWS, SWV } from "./chi-sample.ts";
import {
  ECLAB_CV,
  ECLAB_TABLE,
  GAMRY_CV,
  GAMRY_SWV,
  GAMRY_SWV_TABLE,
  gamryCycle,
  lines,
  NOVA,
  PSTRACE,
  SWV_METHOD,
  session,
  sessionCurve,
  sessionMeasurement,
  utf8,
  utf16,
  windows1252,
} from "./format-sample.ts";
import { type Random, randomFrom } from "./fuzz-random.ts";

const CHI_RESULTS = ["Results:", "Channel 1:", "Difference:", "Ep = -0.3V", "ip = 4e-7A", "E2 Scan On"];

const CHI_BINARY = Uint8Array.from([
  ...[0x80, 0xf2, 0, 0, 3, 0, 0, 0, ...utf8("SWV")],
  ...[3, 0, 0, 0, ...utf8("SWV")],
]);

/** With as many bytes of measurement behind its head. */
function chiBinary(length: number): Uint8Array {
  const noise = randomFrom(1);
  return joined([CHI_BINARY, Uint8Array.from({ length }, () => noise(256))]);
}

const SMALL: readonly Uint8Array[] = [
  new Uint8Array(),
  file("Potential/V, i1d/A, i1f/A, i1r/A", ["-0.004, 1e-6, 2e-6, 1e-6", "-0.008, 1e-6, 2e-6, 1e-6"]),
  file("Potential/V, i1/A", ROWS, [...SWV, ...CHI_RESULTS]),
  joined([file("Potential/V, i1/A"), file("Potential/V, i2/A", ROWS, [...SWV, ...CHI_RESULTS])]),
  file("Potential/V\tCurrent/A\tTime/s", ["0,1\t1e-6\t2", "0,2\t2e-6\t3"]),
  file("Freq/Hz, Z'/ohm", ROWS),
  CHI_BINARY,
  chiBinary(4000),
  utf8(lines([...GAMRY_SWV, ...GAMRY_SWV_TABLE])),
  utf8(
    lines([
      ...GAMRY_CV,
      ...gamryCycle("CURVE1", ["0\t0,1\t1E-6", "1\t0,2\t2E-6"]),
      ...gamryCycle("CURVE2", ["2\t0.1\t3"]),
    ]),
  ),
  windows1252(lines([...ECLAB_CV, ...ECLAB_TABLE])),
  utf8(lines(["Ewe/V\t<I>/mA\tcycle number", "0.1\t1\t1", "0.2\t2\t2"])),
  utf8(lines(NOVA)),
  ...[chiDecay, novaDecay, pstraceDecay].map((render) => utf8(render(someDecay(2, 4)))),
  utf8(lines(["E /mV;I1;I2", "100;1,5;2E-3", "101;1,6;OVL", "102;1,7;-9999"])),
  utf8(lines(["0 -0.5 1e-6", "1 -0.4 2e-6", "2 -0.3 3e-6", '"3" "-0.2" "4e-6"'])),
  utf8(lines(["Potential applied (V);WE(1).δ.Current (A);WE(2).δ.Current (A)", "0,1;1E-6;2", "0,2;1E-6;2"])),
  utf16(`\uFEFF${lines(PSTRACE)}\uFEFF\r\n`),
  windows1252(lines(["CV i vs E,,CA i vs t,", "V,µA,s,nA", "0.1,1,0,1", "0.2,2"])),
  utf8(
    session(
      sessionMeasurement(SWV_METHOD, [sessionCurve("a", [0.1, 0.2], [1, 2])]),
      sessionMeasurement([], []),
    ),
  ),
  utf16(
    `\uFEFF${session(sessionMeasurement(["METHOD_ID=cv"], [sessionCurve("Scan 1", [1, 2], [3, 4])]))}\uFEFF`,
  ),
];
/** Heads of real files: the long headers that no small sample has. */
const REAL = [
  "chi-swv-frequency-scan/100Hz/100_0_5.txt",
  "gamry-dta-cv/bcliang--gamry-parser/cv_data.dta",
  "gamry-dta-swv/squarewave_data.dta",
  "biologic-mpt/ixdat--ixdat/Pt_poly_cv_CUT.mpt",
  "autolab-nova/truejulosdu13--Electrochemistry/Che207 Ni(BinapSQ) 5V s.txt",
  "palmsens-csv-cv/HOLL95--General_electrochemistry/4_7_22/DCV_blank.csv",
  "palmsens-pssession/PalmSens--palmsens-sdk/cv_3scan.pssession",
];
export const CORPUS: readonly Uint8Array[] = [
  ...SMALL,
  ...(hasRealData() ? REAL.map((name) => readRealFile(name).slice(0, 12_000)) : []),
];

/** Whole measurements of some MB as each format writes them, made when they are asked for. */
export const LARGE: Readonly<Record<string, () => Uint8Array>> = {
  "chi-bin": () => chiBinary(2_000_000),
  "chi-text": () => utf8(chiDecay(someDecay(2, 60_000))),
  "gamry-dta": () => utf8(gamryDecay(someDecay(1, 60_000))),
  "eclab-text": () => utf8(eclabDecay(someDecay(1, 60_000))),
  "nova-ascii": () => utf8(novaDecay(someDecay(2, 60_000))),
  "pstrace-csv": () => utf16(pstraceDecay(someDecay(2, 60_000))),
  pssession: () => {
    const { times_s, currents_a } = someDecay(1, 60_000);
    return utf8(session(sessionMeasurement(SWV_METHOD, [sessionCurve("a", times_s, currents_a[0] ?? [])])));
  },
  none: () => utf8(plainDecay(someDecay(2, 60_000))),
};

const PIECES = [
  ..."\0 ,;\t\r\n=:\"'{}[]\\.-+eE09\uFEFFµδ",
  ..."1e999 -1e-999 NaN Infinity TABLE CURVE2 EXPLAIN EXPERIMENTABORTED CYCLES <I>/mA Ewe/V Scan V,µA __proto__".split(
    " ",
  ),
  ..."WE(1). Measurement: METHOD_ID=cv datavalues curves Potential/V i9d/A 99999999999999999999 0x10".split(
    " ",
  ),
  "\n\n",
  "\tTABLE\t5\n",
].map((piece) => utf8(piece));

/** One blow: bytes flipped, cut, doubled, moved, or others put in. */
export function mutate(content: Uint8Array, random: Random): Uint8Array {
  const from = random(content.length + 1);
  const length = random(random(8) === 0 ? 2000 : 30);
  const [before, hit, after] = [
    content.subarray(0, from),
    content.subarray(from, from + length),
    content.subarray(from + length),
  ];
  const other = CORPUS[random(CORPUS.length)] ?? content;
  const piece = PIECES[random(PIECES.length)] ?? hit;
  const start = random(other.length);
  const splice = other.subarray(start, start + random(400));
  const noise = Uint8Array.from({ length: random(100) }, () => random(256));
  const flipped = hit.map((byte) => (random(4) === 0 ? byte ^ (1 << random(8)) : byte));
  const parts: readonly Uint8Array[] = [
    [before, flipped, after],
    [before, after],
    [before, hit, hit, hit, after],
    [before, piece, hit, after],
    [before, piece, after],
    [before, splice, after],
    [before],
    [hit, before, after],
    [before, noise, after],
  ][random(9)] ?? [content];
  return joined(parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
