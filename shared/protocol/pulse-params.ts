import { z } from "zod";
import { DEFAULT_CLASSIC_PARAMS } from "../electrochem/classic-peak.ts";
import { DEFAULT_SACMES_WEB_PARAMS } from "../electrochem/sacmes-web-peak.ts";
import { DEFAULT_SWV_PARAMS } from "../electrochem/swv.ts";
import { LeastSnr, OddPoints, PotentialWindow, SmoothingDegree, TableWish } from "./potential-window.ts";

/** Parameters of pulse techniques (SWV, DPV, frequency maps) by method. Potentials in V, frequencies in Hz. */

/** Analysis windows by frequency. */
const bands = {
  /** Frequencies up to this use `low_window`, higher ones `high_window`. */
  cutoff_hz: z.number().min(0).max(1e6).default(DEFAULT_SWV_PARAMS.cutoff_hz),
  low_window: PotentialWindow.nullable().default(null),
  high_window: PotentialWindow.nullable().default(null),
};

/** Takes out single wild samples; `points` in samples, odd. */
const Hampel = z.strictObject({ points: OddPoints, threshold: z.number().min(0).max(100) });

/**
 * `auto` is resolved once, on the session's first scan, and the choice is written here: a smoothing window that
 * changes from scan to scan bends the trend.
 */
export const HullPulseParams = z.strictObject({
  method: z.literal("hull").default("hull"),
  direction: z.enum(["up", "down", "auto"]).default(DEFAULT_SWV_PARAMS.direction),
  /** Savitzky–Golay window in samples, odd. */
  sg_points: z.union([z.literal("auto"), OddPoints]).default(DEFAULT_SWV_PARAMS.sg_points),
  sg_degree: SmoothingDegree.default(DEFAULT_SWV_PARAMS.sg_degree),
  skip_start: z.int().min(0).max(50).default(DEFAULT_SWV_PARAMS.skip_start),
  min_snr: LeastSnr.default(DEFAULT_SWV_PARAMS.min_snr),
  ...bands,
  /** Where the peak may be; null: anywhere. */
  peak_window: PotentialWindow.nullable().default(null),
  hampel: Hampel.nullable().default(null),
  table: TableWish,
});
export type HullPulseParams = z.infer<typeof HullPulseParams>;

/** The SACMES desktop program's number. */
export const ClassicPulseParams = z.strictObject({
  method: z.literal("classic"),
  sg_window_mv: z.number().positive().max(1_000).default(DEFAULT_CLASSIC_PARAMS.sg_window_mv),
  sg_degree: SmoothingDegree.default(DEFAULT_CLASSIC_PARAMS.sg_degree),
  poly_degree: z.int().min(1).max(30).default(DEFAULT_CLASSIC_PARAMS.poly_degree),
  /** `legacy` for labs whose series must meet the desktop program's own digits. */
  fit: z.enum(["stable", "legacy"]).default(DEFAULT_CLASSIC_PARAMS.fit),
  legacy_zero_trim: z.boolean().default(DEFAULT_CLASSIC_PARAMS.legacy_zero_trim),
  ...bands,
  table: TableWish,
});
export type ClassicPulseParams = z.infer<typeof ClassicPulseParams>;

/** The SACMES web program's number. Its `auto` windows are set from every scan anew: that is its definition. */
export const SacmesWebPulseParams = z.strictObject({
  method: z.literal("sacmes-web"),
  sg_points: z.union([z.enum(["auto", "off"]), OddPoints]).default(DEFAULT_SACMES_WEB_PARAMS.sg_points),
  sg_degree: SmoothingDegree.default(DEFAULT_SACMES_WEB_PARAMS.sg_degree),
  hampel: z.union([z.enum(["auto", "off"]), Hampel]).default("off"),
  ...bands,
  peak_window: PotentialWindow.nullable().default(null),
  table: TableWish,
});
export type SacmesWebPulseParams = z.infer<typeof SacmesWebPulseParams>;
