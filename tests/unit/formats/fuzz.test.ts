import { describe, expect, it } from "vitest";
import { parseDescribedTable } from "../../../shared/formats/described-table.ts";
import { guessTable } from "../../../shared/formats/guess-table.ts";
import { detectFormat, isComplete, parseFile } from "../../../shared/formats/registry.ts";
import type { ParseOutcome } from "../../../shared/formats/scan.ts";
import type { TableDescription } from "../../../shared/formats/table-description.ts";
import { tableProblems } from "../../../shared/protocol/table-description.ts";
import { hasRealData, readRealFile } from "../../support/data.ts";
import { chiDecay, novaDecay, pstraceDecay, someDecay } from "../../support/decay-files.ts";
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

/** `npm run fuzz:formats` is the long form (`FUZZ_SECONDS`, 10 min); `FUZZ_SEED` repeats a run. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 20);
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const CHI_RESULTS = ["Results:", "Channel 1:", "Difference:", "Ep = -0.3V", "ip = 4e-7A", "E2 Scan On"];

const SMALL: readonly Uint8Array[] = [
  new Uint8Array(),
  file("Potential/V, i1d/A, i1f/A, i1r/A", ["-0.004, 1e-6, 2e-6, 1e-6", "-0.008, 1e-6, 2e-6, 1e-6"]),
  file("Potential/V, i1/A", ROWS, [...SWV, ...CHI_RESULTS]),
  file("Potential/V\tCurrent/A\tTime/s", ["0,1\t1e-6\t2", "0,2\t2e-6\t3"]),
  file("Freq/Hz, Z'/ohm", ROWS),
  Uint8Array.from([0x80, 0xf2, 0, 0, 3, 0, 0, 0, ...utf8("SWV"), 3, 0, 0, 0, ...utf8("SWV")]),
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
const CORPUS = [...SMALL, ...(hasRealData() ? REAL.map((name) => readRealFile(name).slice(0, 12_000)) : [])];

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

function mutate(content: Uint8Array, random: (below: number) => number): Uint8Array {
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
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Throws unless the outcome is a sound one: finite numbers, equal lengths, a reason for every refusal. */
function expectSound(content: Uint8Array): void {
  if (typeof isComplete(content) !== "boolean") throw new Error("isComplete gave no answer");
  expectSoundOutcome(parseFile(content));
}

function expectSoundOutcome(outcome: ParseOutcome): void {
  if (!outcome.ok) {
    if (outcome.message.length < 20 || outcome.message.length > 1500)
      throw new Error(`message: ${outcome.message}`);
    if (outcome.line !== undefined && !(outcome.line >= 1)) throw new Error(`line ${outcome.line}`);
    return;
  }
  if (outcome.scans.length === 0) throw new Error("neither a scan nor a failure");
  for (const { potentials_v, times_s, electrodes, ...scan } of outcome.scans) {
    const numbers = [scan.frequency_hz, scan.amplitude_v, scan.step_v, scan.scan_rate_v_s].map(
      (value) => value ?? 1,
    );
    if (!numbers.every((value) => Number.isFinite(value) && value > 0))
      throw new Error(`parameters: ${numbers}`);
    if (scan.cycle !== undefined && !Number.isFinite(scan.cycle)) throw new Error(`cycle ${scan.cycle}`);
    const x = times_s ?? potentials_v;
    const columns = electrodes.flatMap((one) => [
      one.currents_a,
      one.forward_a ?? one.currents_a,
      one.reverse_a ?? one.currents_a,
    ]);
    for (const values of [x, ...columns]) {
      if (values.length !== x.length) throw new Error("lengths differ");
      if (!values.every(Number.isFinite)) throw new Error("a number that is not finite");
    }
  }
}

/** The same file as a table: guessed, and described at random. @returns 1 when a description gave a scan */
function expectSoundAsDescribed(content: Uint8Array, random: (below: number) => number): number {
  const guess = guessTable(content);
  if (guess !== null && tableProblems(guess.table).length > 0)
    throw new Error(`guess: ${JSON.stringify(guess)}`);
  const description = someDescription(random);
  if (tableProblems(description).length > 0) return 0;
  const time = description.x.unit.endsWith("s") && random(10) > 0;
  const outcomes = [
    parseDescribedTable(content, description, time ? "ca" : "swv"),
    ...(guess === null ? [] : [parseDescribedTable(content, guess.table, guess.technique)]),
  ];
  for (const outcome of outcomes) expectSoundOutcome(outcome);
  return outcomes.some(({ ok }) => ok) ? 1 : 0;
}

/** As a person may describe it, rightly or not. */
function someDescription(random: (below: number) => number): TableDescription {
  const any = <T>(...values: T[]): T => values[random(values.length)] as T; // an index below the length
  const pulses = random(3) === 0;
  const columns = (electrode: number) => ({
    electrode,
    current: 1 + random(4),
    forward: pulses ? 1 + random(5) : null,
    reverse: pulses ? 1 + random(6) : null,
  });
  return {
    skip_lines: random(2) === 0 ? 0 : random(40),
    delimiter: any(",", ";", "\t", " "),
    decimal_mark: any(".", ","),
    x: { column: 1 + random(3), unit: any("V", "mV", "s", "ms") },
    currents:
      random(4) === 0
        ? { electrodes: 1 + random(30), spacing: 1 + random(4), ...columns(1) }
        : [columns(1), columns(2)].slice(random(2)),
    current_unit: any("A", "mA", "µA", "nA", "pA"),
    scan_column: random(3) === 0 ? 1 + random(6) : null,
    missing: any([], ["OVL", "-9999"], ["NaN"], ["0"]),
  };
}

describe("no bytes make a parser throw or let a number through that is none", () => {
  it(`however files are damaged (seed ${SEED}, ${SECONDS} s)`, { timeout: SECONDS * 1000 + 30_000 }, () => {
    const random = randomFrom(SEED);
    const end = performance.now() + SECONDS * 1000;
    const formats = new Set<string>();
    let runs = 0;
    let described = 0;
    while (performance.now() < end || runs < 300) {
      let content = CORPUS[random(CORPUS.length)] ?? new Uint8Array();
      for (let blows = 1 + random(5); blows > 0; blows--) content = mutate(content, random);
      const before = process.cpuUsage();
      try {
        formats.add(detectFormat(content)?.name ?? "none");
        expectSound(content);
        described += expectSoundAsDescribed(content, random);
        const { user, system } = process.cpuUsage(before);
        // Of the processor, so that a busy machine counts for nothing; the damaged files have some KB.
        expect((user + system) / 1e6, "seconds for one small file").toBeLessThan(1);
      } catch (error) {
        const shown = Buffer.from(content).toString("base64").slice(0, 4000);
        throw new Error(`seed ${SEED}, run ${runs}: ${String(error)}\n${shown}`, { cause: error });
      }
      runs++;
    }
    // Damage must not only be what no format recognises.
    expect(formats.size).toBeGreaterThan(5);
    expect(described).toBeGreaterThan(runs / 50);
    if (SECONDS > 60)
      process.stdout.write(
        `${runs} damaged files in ${SECONDS} s, ${described} of them read as described tables\n`,
      );
  });
});

const SIZE = 500_000;
const many = (text: string, size = SIZE) => text.repeat(Math.ceil(size / text.length));
const GAMRY = "EXPLAIN\nTAG\tCV\n";
const TABLE = "CURVE1\tTABLE\n\tVf\tIm\n\tV\tA\n";
const ECLAB = "EC-Lab ASCII FILE\nNb header lines : 5\n\nCyclic Voltammetry\n";
const CHI_ELECTRODES = Array.from({ length: 100 }, (_, i) => `i${i + 1}/A`).join(",");
const SESSION = '{"type":"PalmSens.DataFiles.SessionFile",';
const DATE = "Date and time:,x\n";

/** Made to cost more than their size: what is quadratic, deep, wide or endless somewhere. */
const HOSTILE: Readonly<Record<string, string>> = {
  "CHI: one endless header line": `Init E (V) = 0\n${many("a")}=${many("(")}`,
  "CHI: separators without end": `Instrument Model: CHI\n${many(',;" ')}x`,
  "CHI: wide table header": `Potential/V,${many("i1/A,")}\n1,1\n`,
  "CHI: a hundred electrodes over short rows": `Potential/V,${CHI_ELECTRODES}\n${many("1\n")}${"1,".repeat(101)}\n`,
  "CHI: endless numbers": `Potential/V, i1/A\n${many("1")}, ${many("2")}\n`,
  "CHI: bad rows": `Potential/V, i1/A\n${many("1, 2 3\n")}`,
  "CHI: only line ends": `Potential/V, i1/A\n${many("\r")}`,
  "byte order marks": `${many("\uFEFF", SIZE / 3)}x`,
  "peaks without a table": many("Ep = 1\n"),
  "Gamry: a table in every line": GAMRY + many(`${TABLE}\t1\t2\n`),
  "Gamry: the same with CR": (GAMRY + many(`${TABLE}\t1\t2\n`)).replaceAll("\n", "\r"),
  "Gamry: a cycle in every row": `${GAMRY}CURVE\tTABLE\n\tVf\tIm\tCycle\n\tV\tA\t#\n${many("\t1\t2\t3\n\t1\t2\t4\n")}`,
  "Gamry: wide header, short rows": `${GAMRY}CURVE\tTABLE\n\tVf\tIm${many("\tx", 4000)}\n\tV\tA\n${many("\t1\n")}`,
  "Gamry: only a header": GAMRY + many("A\tB\tC\n"),
  "Gamry: one endless line": GAMRY + TABLE + many("\t"),
  "EC-Lab: a cycle in every row": `${ECLAB}Ewe/V\tI/mA\tcycle number\n${many("1\t2\t1\n1\t2\t2\n")}`,
  "EC-Lab: lines of tabs": ECLAB + many("\ta\n"),
  "EC-Lab: wide header, short rows": `${ECLAB}Ewe/V\tI/mA${many("\tx", 500)}\n${many("1\n")}`,
  "EC-Lab: one endless parameter": `${ECLAB}${many("dE/dt               1 ", 60_000)}\nEwe/V\tI/mA\n${many("1\t2\n")}`,
  "NOVA: a scan in every row": `Potential applied (V);WE(1).Current (A);Scan\n${many("1;2;1\n1;2;2\n")}`,
  "NOVA: wide header, short rows": `WE(1).Current (A);Potential applied (V)${many(";x", 240)}\n${many("1\n")}`,
  "NOVA: one endless line": many("WE(1).Current (A);"),
  "PSTrace: units in every line": DATE + many("V,A\n"),
  "PSTrace: a table in every line, the last one open": `${DATE}${many("T:\nV,A\n1,2\n")}1`,
  "PSTrace: wide header, short rows": `CV x\nV,A${many(",V,A", 8000)}\n${many("1\n")}`,
  "PSTrace: words without a colon": `${DATE}CV a\nV,A\n${many("hello\n")}`,
  "PSTrace: words without end": DATE + many("hello\n"),
  "PSTrace: impedance in every line": DATE + many("freq / Hz,a\n"),
  "PSTrace: byte order marks": `CV a\nV,A\n${many("\uFEFF", SIZE / 3)}`,
  "session: deep lists": `${SESSION}"a":${many("[")}`,
  "session: deep objects": `${SESSION}"measurements":${many('[{"curves":')}`,
  "session: empty curves": `${SESSION}"measurements":[{"curves":[${many("{},")}{}]}]}`,
  "session: empty points": `${SESSION}"measurements":[{"curves":[{"xaxisdataarray":{"datavalues":[${many("{},")}{}]}}]}]}`,
  "session: measurements again and again": `${SESSION}${many('"measurements":[{"title":"x"}],')}"b":2}`,
  "session: a number without end": `${SESSION}"measurements":[{"timestamp":${many("1")}`,
  "session: a string without end": `${SESSION}"${many("\\\\")}`,
  "session: a method of many lines": `${SESSION}"measurements":[{"method":"${many("a=b\\r\\n", 190_000)}"}]}`,
  "white space": `CV a\nV,A\n${many(" \r")}`,
};

const PLAIN: TableDescription = {
  skip_lines: 0,
  delimiter: ",",
  decimal_mark: ".",
  x: { column: 1, unit: "V" },
  currents: [{ electrode: 1, current: 2, forward: null, reverse: null }],
  current_unit: "A",
  scan_column: null,
  missing: ["OVL"],
};

const HOSTILE_TABLES: Readonly<Record<string, string>> = {
  "lines of blanks": many(" \n"),
  "no row anywhere": many("x,1\n"),
  "words for no value": `1,2\n${many("1,OVL\n")}`,
  "one endless line": many("1,"),
  "one endless number": `1,2\n${many("1")}`,
  "wide rows": many(`${"1,".repeat(2000)}\n`),
  "separators without end": many(',;" \t'),
  "quotes without end": many('"'),
  "CR for CRLF": many("1,2\r"),
};

describe("what is made to cost more than its size does not, described by hand or guessed", () => {
  it.each([...Object.entries(HOSTILE_TABLES), ...Object.entries(HOSTILE)])(
    "%s",
    { timeout: 60_000 },
    (_, text) => {
      const content = utf8(text);
      const cpu = process.cpuUsage();
      expectSoundOutcome(parseDescribedTable(content, PLAIN, "swv"));
      expectSoundOutcome(
        parseDescribedTable(content, { ...PLAIN, skip_lines: 10_000, delimiter: " " }, "swv"),
      );
      const guess = guessTable(content);
      if (guess !== null) expect(tableProblems(guess.table)).toEqual([]);
      const { user, system } = process.cpuUsage(cpu);
      expect((user + system) / content.length, "µs of CPU per byte, that is s per MB").toBeLessThan(2);
    },
  );
});

describe("what is made to cost more than its size does not", () => {
  it.each(Object.entries(HOSTILE))("%s", { timeout: 60_000 }, (_, text) => {
    const content = utf8(text);
    const before = process.memoryUsage().arrayBuffers;
    const cpu = process.cpuUsage();
    expectSound(content);
    const { user, system } = process.cpuUsage(cpu);
    // CPU time, not the clock's: other processes may have the machine. Parsing and `isComplete` together.
    expect((user + system) / content.length, "µs of CPU per byte, that is s per MB").toBeLessThan(1);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * content.length);
  });
});
