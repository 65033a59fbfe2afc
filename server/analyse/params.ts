import { z } from "zod";
import { DEFAULT_CLASSIC_PARAMS } from "../../shared/electrochem/classic-peak.ts";
import { DEFAULT_CV_PARAMS } from "../../shared/electrochem/cv.ts";
import { DEFAULT_DESKTOP_CV_PARAMS } from "../../shared/electrochem/cv-desktop.ts";
import { DEFAULT_SACMES_WEB_PARAMS } from "../../shared/electrochem/sacmes-web-peak.ts";
import { SwvAnalysisParams } from "../../shared/protocol/session.ts";

/** Parameters of the offline analysis. Those of the `hull` method are the hub's own schema. */

const { cutoff_hz, low_window, high_window, peak_window, sg_degree, min_snr } = SwvAnalysisParams.shape;
const PotentialWindow = peak_window.unwrap();
const OddPoints = z
  .int()
  .min(3)
  .max(999)
  .refine((points) => points % 2 === 1, "The number of points must be odd.");
const Potential = z.number().min(-20).max(20);
const Hampel = z.strictObject({ points: OddPoints, threshold: z.number().min(0).max(100) });
const bands = { cutoff_hz, low_window, high_window };

const HullParams = SwvAnalysisParams.extend({ hampel: Hampel.nullable().default(null) });
export type HullParams = z.infer<typeof HullParams>;

const ClassicParams = z.strictObject({
  method: z.literal("classic"),
  sg_window_mv: z.number().positive().max(1_000).default(DEFAULT_CLASSIC_PARAMS.sg_window_mv),
  sg_degree: sg_degree.unwrap().default(DEFAULT_CLASSIC_PARAMS.sg_degree),
  poly_degree: z.int().min(1).max(30).default(DEFAULT_CLASSIC_PARAMS.poly_degree),
  legacy_zero_trim: z.boolean().default(DEFAULT_CLASSIC_PARAMS.legacy_zero_trim),
  ...bands,
});
export type ClassicParams = z.infer<typeof ClassicParams>;

const SacmesWebParams = z.strictObject({
  method: z.literal("sacmes-web"),
  sg_points: z.union([z.enum(["auto", "off"]), OddPoints]).default(DEFAULT_SACMES_WEB_PARAMS.sg_points),
  sg_degree: sg_degree.unwrap().default(DEFAULT_SACMES_WEB_PARAMS.sg_degree),
  hampel: z.union([z.enum(["auto", "off"]), Hampel]).default("off"),
  peak_window,
  ...bands,
});
export type SacmesWebParams = z.infer<typeof SacmesWebParams>;

/** Where the method is left out it is `hull`. */
function withMethod(given: unknown): unknown {
  const isOpen = typeof given === "object" && given !== null && !("method" in given);
  return isOpen ? { ...given, method: "hull" } : given;
}

const SwvParams = z.preprocess(
  withMethod,
  z.discriminatedUnion("method", [
    HullParams.extend({ method: z.literal("hull") }),
    ClassicParams,
    SacmesWebParams,
  ]),
);
export type SwvParams = z.infer<typeof SwvParams>;

const Probes = z.array(Potential).max(4).default([]);
const ScanRate = z.number().positive().max(1e6).nullable().default(null);
const Segment = z.int().min(1).max(10_000);

const BaselineCvParams = z.strictObject({
  method: z.enum(["hull", "tangent"]),
  anodic: z.enum(["up", "down", "auto"]).default(DEFAULT_CV_PARAMS.anodic),
  sg_points: z.union([z.literal(1), OddPoints]).default(DEFAULT_CV_PARAMS.sg_points),
  sg_window_v: z.number().positive().max(1).nullable().default(null),
  sg_degree,
  min_snr,
  window: PotentialWindow.default(null),
  peak_window,
  tangent_rising: PotentialWindow.default(null),
  tangent_falling: PotentialWindow.default(null),
  avoid_turning_points: z.boolean().default(DEFAULT_CV_PARAMS.avoid_turning_points),
  pairs: z.array(Segment).min(1).max(1_000).nullable().default(null),
  probes_v: Probes,
  scan_rate_v_s: ScanRate,
});
export type BaselineCvParams = z.infer<typeof BaselineCvParams>;

const DesktopCvParams = z.strictObject({
  method: z.literal("desktop"),
  sg_window_mv: z.number().positive().max(1_000).nullable().default(DEFAULT_DESKTOP_CV_PARAMS.sg_window_mv),
  sg_degree: sg_degree.unwrap().default(DEFAULT_DESKTOP_CV_PARAMS.sg_degree),
  window: PotentialWindow.default(null),
  mass_transport: z.enum(["surface", "solution"]).default(DEFAULT_DESKTOP_CV_PARAMS.mass_transport),
  forward_segment: Segment.default(DEFAULT_DESKTOP_CV_PARAMS.forward_segment),
  reverse_segment: Segment.default(DEFAULT_DESKTOP_CV_PARAMS.reverse_segment),
  forward_direction: z.enum(["up", "down", "auto"]).default(DEFAULT_DESKTOP_CV_PARAMS.forward_direction),
  probes_v: Probes,
  scan_rate_v_s: ScanRate,
});
export type DesktopCvParams = z.infer<typeof DesktopCvParams>;

const CvParams = z.preprocess(
  withMethod,
  z.discriminatedUnion("method", [BaselineCvParams, DesktopCvParams]),
);
export type CvParams = z.infer<typeof CvParams>;

export const AnalyseParams = z.strictObject({
  pattern: z.string().min(1).max(200).nullable().default(null),
  swv: SwvParams.prefault({}),
  cv: CvParams.prefault({}),
});
export type AnalyseParams = z.infer<typeof AnalyseParams>;

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
