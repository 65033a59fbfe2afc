import type { AnalysisParams } from "../../shared/protocol/analysis-params.ts";
import type { HullPulseParams } from "../../shared/protocol/pulse-params.ts";

/** What stands in the fields of "adjust": text, as a person types it. Empty: chosen by itself, or anywhere. */
export interface DraftFields {
  readonly pattern: string;
  readonly windowFromV: string;
  readonly windowToV: string;
  readonly smoothingPoints: string;
  readonly direction: HullPulseParams["direction"];
  readonly minSnr: string;
}

export type DraftProblems = Partial<Record<keyof DraftFields, string>>;

export type DraftReading =
  | { readonly ok: true; readonly pattern: string; readonly params: AnalysisParams }
  | { readonly ok: false; readonly problems: DraftProblems };

/** The parameters that these fields show; null for those of other methods and techniques. */
export function hullPulse(params: AnalysisParams): HullPulseParams | null {
  return "skip_start" in params ? params : null;
}

/** The fields that show a proposal's settings. */
export function fieldsOf(pattern: string, given: AnalysisParams): DraftFields {
  const params = hullPulse(given);
  if (params === null)
    return { pattern, windowFromV: "", windowToV: "", smoothingPoints: "", direction: "auto", minSnr: "0" };
  return {
    pattern,
    windowFromV: params.peak_window === null ? "" : String(params.peak_window[0]),
    windowToV: params.peak_window === null ? "" : String(params.peak_window[1]),
    smoothingPoints: params.sg_points === "auto" ? "" : String(params.sg_points),
    direction: params.direction,
    minSnr: String(params.min_snr),
  };
}

/** Reads the fields over the proposal's parameters; every problem names its field and what is wanted there. */
export function readDraft(fields: DraftFields, base: AnalysisParams): DraftReading {
  const problems: DraftProblems = {};
  if (fields.pattern.trim() === "") problems.pattern = "A pattern is needed, such as {*}_{n}.txt";
  const sg_points = readSmoothing(fields.smoothingPoints, problems);
  const min_snr = readSnr(fields.minSnr, problems);
  const peak_window = readWindow(fields, problems);
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  const hull = hullPulse(base);
  const params =
    hull === null ? base : { ...hull, direction: fields.direction, sg_points, min_snr, peak_window };
  return { ok: true, pattern: fields.pattern.trim(), params };
}

function readSmoothing(text: string, problems: DraftProblems): HullPulseParams["sg_points"] {
  if (text.trim() === "" || text.trim().toLowerCase() === "auto") return "auto";
  const points = readNumber(text);
  if (Number.isInteger(points) && points >= 3 && points <= 999 && points % 2 === 1) return points;
  problems.smoothingPoints = "An odd number from 3 to 999, or empty for automatic.";
  return "auto";
}

function readSnr(text: string, problems: DraftProblems): number {
  const snr = readNumber(text);
  if (snr >= 0 && snr <= 1000) return snr;
  problems.minSnr = "A number from 0 to 1000.";
  return 0;
}

function readWindow(fields: DraftFields, problems: DraftProblems): HullPulseParams["peak_window"] {
  const texts = [fields.windowFromV, fields.windowToV];
  if (texts.every((text) => text.trim() === "")) return null;
  const [from, to] = texts.map(readNumber);
  if (from === undefined || to === undefined || !(Math.abs(from) <= 20) || !(Math.abs(to) <= 20)) {
    problems.windowFromV = "Two potentials in V, or both empty for anywhere.";
    return null;
  }
  if (from === to) {
    problems.windowFromV = "The two potentials are equal.";
    return null;
  }
  return from < to ? [from, to] : [to, from];
}

/** Accepts a decimal comma and a typographic minus; NaN when it is not a number. */
function readNumber(text: string): number {
  const plain = text.trim().replace(",", ".").replace("\u2212", "-");
  return plain === "" ? Number.NaN : Number(plain);
}
