/** Sessions of PalmSens PSTrace and of its SDK (`.pssession`): JSON with all measurements of an experiment. */

import { readTicks, startedAt } from "./clock.ts";
import { tooManyScans } from "./cycles.ts";
import { decodeHead, decodeText, decodeToBytes } from "./decode.ts";
import { JsonCursor } from "./json-cursor.ts";
import { type PalmSensCurve, readLabels, scansOfCurves } from "./palmsens-curves.ts";
import { emptyFile, failure, unfinished } from "./parse-failure.ts";
import { readMethod } from "./pssession-method.ts";
import {
  readSession,
  type SessionArray,
  type SessionCurve,
  type SessionMeasurement,
} from "./pssession-reader.ts";
import type { InstrumentFormat, ParseFailure, ParseOutcome, Scan } from "./scan.ts";
import { unitDivisor } from "./si-unit.ts";
import { isAnalysed } from "./technique-words.ts";

const NAME = "pssession";
const SNIFF_BYTES = 2048;
const MARK = /^\s*\{\s*"type"\s*:\s*"PalmSens\.DataFiles\.SessionFile"/i;
const REVERSE_CURRENT = 26;
/** Unit types by their last word, as the unit that it stands for. */
const UNITS: Readonly<Record<string, string>> = {
  Volt: "V",
  MilliVolt: "mV",
  Ampere: "A",
  MilliAmpere: "mA",
  MicroAmpere: "µA",
  NanoAmpere: "nA",
  PicoAmpere: "pA",
  Time: "s",
};

/**
 * The format of PSTrace sessions. Every measurement counts by its method; each curve of current against potential
 * (of chronoamperometry against time) is a scan. Complete when the outermost brace is closed.
 */
export const pssession: InstrumentFormat = {
  name: NAME,
  title: "PalmSens session",
  sniff: (bytes) => MARK.test(decodeHead(bytes, SNIFF_BYTES)),
  isComplete,
  parse,
};

function isComplete(bytes: Uint8Array): boolean {
  const decoded = decodeToBytes(bytes);
  if (!decoded.ok) return false;
  const json = new JsonCursor(decoded.bytes);
  json.skip();
  return !json.isBroken && json.isAtEnd;
}

function parse(bytes: Uint8Array): ParseOutcome {
  const decoded = decodeToBytes(bytes);
  if (!decoded.ok) return decoded;
  const head = decodeText(decoded.bytes.subarray(0, SNIFF_BYTES));
  if (!head.ok) return head;
  if (head.text.trim() === "") return emptyFile();
  const session = readSession(decoded.bytes);
  switch (session.kind) {
    case "too-many":
      return failure("unsupported_format", tooManyScans("curves"));
    case "broken":
      return brokenSession(decoded.bytes, session.position);
    case "session": {
      const scans = scansOfSession(session.measurements);
      return "ok" in scans
        ? scans
        : { ok: true, format: NAME, encoding: decoded.wide ?? head.encoding, scans };
    }
  }
}

/** A cut file is broken at its end; one that is broken elsewhere was changed by something. */
function brokenSession(bytes: Uint8Array, position: number): ParseFailure {
  const line = bytes.subarray(0, position).filter((byte) => byte === 0x0a).length + 1;
  if (position >= bytes.length) return unfinished("The session ends before its last brace is closed", line);
  const message = `The session is no JSON from position ${position} on. Save it again from PSTrace.`;
  return failure("unsupported_format", message, line);
}

function scansOfSession(measurements: readonly SessionMeasurement[]): Scan[] | ParseFailure {
  const problems: string[] = [];
  const scans = measurements.flatMap((measurement, index) =>
    scansOfMeasurement(measurement, index, problems),
  );
  const [first, ...others] = scans;
  if (first !== undefined) return [{ ...first, warnings: [...first.warnings, ...problems] }, ...others];
  if (measurements.length === 0) return unfinished("The session holds no measurement");
  return failure("missing_column", problems.join(" ") || "No curve of the session has a point.");
}

function scansOfMeasurement(measurement: SessionMeasurement, index: number, problems: string[]): Scan[] {
  const about = {
    ...readMethod(measurement.method, measurement.title),
    ...startedAt(readTicks(measurement.ticks)),
    ...(measurement.device !== "" && { instrument: measurement.device }),
  };
  if (!isAnalysed(about.technique)) {
    return [{ ...about, potentials_v: new Float64Array(0), electrodes: [], warnings: [] }];
  }
  const found = measurement.curves.map((curve) => readCurve(curve, `${index}`, about));
  const curves = found.filter((curve) => typeof curve !== "string");
  if (curves.length === 0) {
    problems.push(
      `The measurement "${measurement.title}" has no curve of current (A) against ${about.technique === "ca" ? "time (s)" : "potential (V)"}.`,
    );
  } else problems.push(...found.filter((curve) => typeof curve === "string"));
  return scansOfCurves([...curves, ...halvesOf(measurement.halves, curves)]);
}

/** Points where both axes have a number; a sentence where the curve is of other quantities. */
function readCurve(
  { title, x, y }: SessionCurve,
  measurement: string,
  about: PalmSensCurve["about"],
): PalmSensCurve | string {
  const isDecay = about.technique === "ca";
  const [xDivisor, yDivisor] = [divisorOf(x, isDecay ? "s" : "V"), divisorOf(y, "A")];
  if (x === null || y === null || xDivisor === null || yDivisor === null) {
    return `The curve "${title}" is not current against ${isDecay ? "time" : "potential"} and was not read.`;
  }
  const length = Math.min(x.values.length, y.values.length);
  const isWhole = (row: number) => Number.isFinite(x.values[row]) && Number.isFinite(y.values[row]);
  const rows = Array.from({ length }, (_, row) => row).filter(isWhole);
  if (rows.length === 0) return `The curve "${title}" has no points.`;
  const missing = Math.max(x.values.length, y.values.length) - rows.length;
  return {
    title,
    measurement,
    about,
    ...readLabels(title, y.description),
    xs: Float64Array.from(rows, (row) => x.values[row]! / xDivisor),
    currents_a: Float64Array.from(rows, (row) => y.values[row]! / yDivisor),
    warnings: missing === 0 ? [] : [`${missing} points of "${title}" lack a number and were left out.`],
  };
}

/** Forward and reverse currents stand among the raw arrays; with one net curve there is no doubt whose they are. */
function halvesOf(arrays: readonly SessionArray[], curves: readonly PalmSensCurve[]): PalmSensCurve[] {
  const [net, ...others] = curves.filter(({ part }) => part === "net");
  if (net === undefined || others.length > 0) return [];
  return arrays.flatMap((array): PalmSensCurve[] => {
    const divisor = divisorOf(array, "A");
    const fits = array.values.length === net.xs.length && array.values.every(Number.isFinite);
    if (divisor === null || !fits) return [];
    const part = array.kind === REVERSE_CURRENT ? "reverse" : "forward";
    return [{ ...net, part, currents_a: array.values.map((value) => value / divisor), warnings: [] }];
  });
}

function divisorOf(array: SessionArray | null, base: "V" | "A" | "s"): number | null {
  const type = array?.unit.split(".").at(-1) ?? "";
  return Object.hasOwn(UNITS, type) ? unitDivisor(UNITS[type]!, base) : null;
}
