import { z } from "zod";
import type { AnalysisSettings } from "../../shared/analysis/measurement.ts";
import { PulseParams, SweepParams } from "../../shared/protocol/analysis-params.ts";
import { CaParams } from "../../shared/protocol/ca-params.ts";

/** Parameters of the offline analysis: those of the hub's sessions, for each kind of technique. */
export const AnalyseParams = z
  .strictObject({
    pattern: z.string().min(1).max(200).nullable().default(null),
    swv: PulseParams.prefault({}),
    cv: SweepParams.prefault({}),
    ca: CaParams.prefault({}),
  })
  .refine(
    ({ swv, cv, ca }) => [swv, cv, ca].filter(({ table }) => table !== null).length <= 1,
    "Only one of swv, cv and ca may describe a table: all files are read by it.",
  );
export type AnalyseParams = z.infer<typeof AnalyseParams>;

/** How all files are read: as the table that is described for one kind of technique, else by their formats. */
export function readingOf({ swv, cv, ca }: AnalyseParams): AnalysisSettings {
  if (cv.table !== null) return { technique: "cv", params: cv };
  if (ca.table !== null) return { technique: "ca", params: ca };
  return { technique: "swv", params: swv };
}

/** Says what is wrong with a parameter file; all mistakes at once. */
export class ParamsError extends Error {
  override readonly name = "ParamsError";
}

/** @throws ParamsError for text that is no JSON, or not of the agreed form */
export function parseParams(text: string): AnalyseParams {
  const parsed = AnalyseParams.safeParse(readJson(text));
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map(
    ({ path, message }) => `${path.length === 0 ? "" : `${path.join(".")}: `}${message}`,
  );
  throw new ParamsError(mistakes.join("\n"));
}

function readJson(text: string): unknown {
  try {
    // Editors on Windows put a byte order mark before the text.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new ParamsError(error instanceof Error ? error.message : String(error));
  }
}
