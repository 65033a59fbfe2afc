/** Small files of every format but CH Instruments' for the tests beside this one, and how to write them otherwise. */

import { parseFile } from "../../../shared/formats/registry.ts";
import type { ParseFailure, Scan } from "../../../shared/formats/scan.ts";

export const utf8 = (text: string) => new TextEncoder().encode(text);

/** UTF-16 with or without a byte order mark. */
export function utf16(text: string, bigEndian = false): Uint8Array {
  const wide = new Uint8Array(text.length * 2);
  const view = new DataView(wide.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !bigEndian);
  return wide;
}

/** One byte per character: Windows-1252 for the letters that these files use. */
export const windows1252 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

export function scansOf(content: Uint8Array | string): readonly Scan[] {
  const outcome = parseFile(typeof content === "string" ? utf8(content) : content);
  if (!outcome.ok) throw new Error(`no scan: ${JSON.stringify(outcome)}`);
  return outcome.scans;
}

export function onlyScan(content: Uint8Array | string): Scan {
  const [scan, ...others] = scansOf(content);
  if (scan === undefined || others.length > 0) throw new Error(`${others.length + 1} scans`);
  return scan;
}

export function failureOf(content: Uint8Array | string): ParseFailure {
  const outcome = parseFile(typeof content === "string" ? utf8(content) : content);
  if (outcome.ok) throw new Error("a failure was expected");
  return outcome;
}

/** Potentials and the first electrode's currents, as plain numbers. */
export function curveOf({ potentials_v, electrodes }: Scan): { v: number[]; a: number[] } {
  return { v: [...potentials_v], a: [...(electrodes[0]?.currents_a ?? [])] };
}

export const GAMRY_SWV = [
  "EXPLAIN",
  "TAG\tSQUARE_WAVE",
  "DATE\tLABEL\t12/31/2021\tDate",
  "TIME\tLABEL\t12:00:00\tTime",
  "NOTES\tNOTES\t1\t&Notes...",
  "\tTAG\tnot a tag",
  "PSTAT\tPSTAT\tREF600-10000\tPotentiostat",
  "STEPSIZE\tQUANT\t2.00000E+000\tSt&ep Size (mV)",
  "FREQUENCY\tQUANT\t1.00000E+002\t&Frequency (Hz)",
  "PULSESIZE\tQUANT\t2.50000E+001\tPulse Size (mV)",
];
export const GAMRY_SWV_TABLE = [
  "CURVE\tTABLE\t3",
  "\tPt\tT\tVstep\tIfwd\tIrev\tIdif\tOver",
  "\t#\ts\tV\tA\tA\tA\tbits",
  "\t0\t0.01\t-0.002\t3E-007\t1E-007\t2E-007\t...........",
  "\t1\t0.02\t-0.004\t5E-007\t2E-007\t3E-007\t....ih.....",
  "\t2\t0.03\t-0.006\t7E-007\t3E-007\t4E-007\t...........",
];

export const gamryCycle = (label: string, rows: readonly string[]) => [
  `${label}\tTABLE`,
  "\tPt\tVf\tIm\tOver",
  "\t#\tV vs. Ref.\tA\tbits",
  ...rows.map((row) => `\t${row}\t...........`),
];
export const GAMRY_CV = ["EXPLAIN", "TAG\tCV", "SCANRATE\tQUANT\t5.0E+001\tRate", "STEPSIZE\tQUANT\t1\tStep"];

export const ECLAB_CV = [
  "EC-Lab ASCII FILE",
  "Nb header lines : 12                          ",
  "",
  "Cyclic Voltammetry",
  "",
  "Acquisition started on : 07/29/2020 10:31:01.000",
  "Device : SP-300 (SN 1854)",
  "Electrode surface area : 0.001 cm²",
  "dE/dt               20.000              ",
  "dE/dt unit          mV/s                ",
  "",
];
export const ECLAB_TABLE = [
  "mode\ttime/s\tEwe/V\t<I>/mA\tcycle number\tP/W\t",
  "2\t0.1\t1.0E-001\t1.000000000000000E-003\t1.0E+000\t0",
  "2\t0.2\t2.0E-001\t2.000000000000000E-003\t1.0E+000\t0",
  "2\t0.3\t1.5E-001\t3.000000000000000E-003\t2.0E+000\t0",
  "2\t0.4\t1.0E-001\t4.000000000000000E-003\t2.0E+000\t0",
];

export const NOVA = [
  "Potential applied (V);Time (s);WE(1).Current (A);Scan;Index;Current range",
  "0,1;1,0;1E-06;1;1;10 µA",
  "0,2;1,1;2E-06;1;2;10 µA",
  "0,1;1,2;-1E-06;2;3;10 µA",
  "0,2;1,3;-2E-06;2;4;10 µA",
];

export const PSTRACE = [
  "Date and time:,2020-07-10 17:21:23",
  "Notes:",
  "SWV, V, A: free text",
  "Cyclic Voltammetry: CV i vs E Scan 1,,Cyclic Voltammetry: CV i vs E Scan 2,",
  "Date and time measurement:,2020-07-10 16:59:57,Date and time measurement:,2020-07-10 16:59:57",
  "V,µA,V,µA",
  "1.0E-001,1.0E+000,1.0E-001,-1.0E+000",
  "2.0E-001,2.0E+000,2.0E-001,-2.0E+000",
  "1.0E-001,3.0E+000,,",
];

const VOLT = { type: "PalmSens.Units.Volt", s: "V" };
const MICRO = { type: "PalmSens.Units.MicroAmpere", s: "A" };

/** The arrays of one curve: µA against V, though the symbol says A. */
export const sessionCurve = (title: string, v: readonly number[], microamps: readonly number[]) => ({
  title,
  xaxisdataarray: {
    arraytype: 1,
    description: "potential",
    unit: VOLT,
    datavalues: v.map((x) => ({ v: x, s: 0 })),
  },
  yaxisdataarray: {
    arraytype: 2,
    description: "current",
    unit: MICRO,
    datavalues: microamps.map((y) => ({ v: y, c: 4, s: 0 })),
  },
});
export const sessionMeasurement = (
  method: readonly string[],
  curves: readonly object[],
  more: object = {},
) => ({
  title: "Free text [3]",
  timestamp: 637487411222570000,
  deviceserial: "PS4A19N001043",
  dataset: { values: [] },
  method: ["#PSTrace", ...method].join("\r\n"),
  curves,
  eisdatalist: [],
  ...more,
});
export const session = (...measurements: readonly object[]) =>
  JSON.stringify({ type: "PalmSens.DataFiles.SessionFile", coreversion: "5.7", measurements });
export const SWV_METHOD = ["METHOD_ID=swv", "E_STEP=1.000E-002", "FREQ=1.000E+001", "E_AMP=1.000E-001"];

export const lines = (all: readonly string[], lineEnd = "\r\n") => all.map((line) => line + lineEnd).join("");
