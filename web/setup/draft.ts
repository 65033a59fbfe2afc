import type { SwvAnalysisParams } from "../../shared/protocol/session.ts";

/** What stands in the fields of "adjust": text, as a person types it. Empty: chosen by itself, or anywhere. */
export interface DraftFields {
  readonly pattern: string;
  readonly windowFromV: string;
  readonly windowToV: string;
  readonly smoothingPoints: string;
  readonly direction: SwvAnalysisParams["direction"];
  readonly minSnr: string;
}

export type DraftProblems = Partial<Record<keyof DraftFields, string>>;

export type DraftReading =
  | { readonly ok: true; readonly pattern: string; readonly params: SwvAnalysisParams }
  | { readonly ok: false; readonly problems: DraftProblems };

/** The fields that show a proposal's settings. */
export function fieldsOf(pattern: string, params: SwvAnalysisParams): DraftFields {
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
export function readDraft(fields: DraftFields, base: SwvAnalysisParams): DraftReading {
  const problems: DraftProblems = {};
  if (fields.pattern.trim() === "") problems.pattern = "A pattern is needed, such as {*}_{n}.txt";
  const sg_points = readSmoothing(fields.smoothingPoints, problems);
  const min_snr = readSnr(fields.minSnr, problems);
  const peak_window = readWindow(fields, problems);
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  const params = { ...base, direction: fields.direction, sg_points, min_snr, peak_window };
  return { ok: true, pattern: fields.pattern.trim(), params };
}

function readSmoothing(text: string, problems: DraftProblems): SwvAnalysisParams["sg_points"] {
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

function readWindow(fields: DraftFields, problems: DraftProblems): SwvAnalysisParams["peak_window"] {
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
