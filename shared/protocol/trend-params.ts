import { z } from "zod";

/**
 * How trends are derived from a session's results. Shared by all viewers and used by exports; a change makes no new
 * results, only a new `notes_rev`.
 */

const Key = z.number().min(-1e9).max(1e9);
const FrequencyHz = z.number().positive().max(1e9).nullable();

/**
 * What is followed. Of a peak: `charge` is height / f for pulse techniques, area / scan rate for sweeps. Of a decay:
 * `lifetime` and `half_life`.
 */
export const TrendQuantity = z.enum([
  "height",
  "area",
  "charge",
  "potential",
  "half_width",
  "lifetime",
  "half_life",
]);
export type TrendQuantity = z.infer<typeof TrendQuantity>;

/** From which series drift, replicates, steps and calibration are taken. */
export const TrendSignal = z.enum(["value", "normalised", "ratio", "kdm"]);
export type TrendSignal = z.infer<typeof TrendSignal>;

export const TrendParams = z.strictObject({
  quantity: TrendQuantity.default("height"),
  /** Files whose mean is 1, by number or rank (`pairing`), both included; null: none chosen, nothing normalised. */
  reference: z
    .strictObject({ from: Key, to: Key })
    .refine(({ from, to }) => from <= to, "The first file of the reference must come first.")
    .nullable()
    .default(null),
  /** Correction of the normalised signal-off value: + slope · x + offset, x in units of `axis`. */
  low: z
    .strictObject({ slope: z.number().min(-1e6).max(1e6), offset: z.number().min(-1e6).max(1e6) })
    .default({ slope: 0, offset: 0 }),
  kdm: z.enum(["sacmes", "difference-over-mean"]).default("sacmes"),
  /** Signal-on and signal-off frequency; null: the highest and the lowest there is. */
  on_hz: FrequencyHz.default(null),
  off_hz: FrequencyHz.default(null),
  /** Unit of x in the correction, in `settle` and in drift. */
  axis: z.enum(["file-number", "hours"]).default("hours"),
  /** Gives hours by file number where clocks cannot be trusted; null: the scans' own times. */
  seconds_per_file: z.number().positive().max(1e7).nullable().default(null),
  /** `rank`: frequencies that alternate in one numbering; the k-th file of each is a pair. */
  pairing: z.enum(["number", "rank"]).default("number"),
  /** Files that repeat one point; 1: none. */
  replicates: z.int().min(1).max(1_000).default(1),
  /** Electrodes that count in means; null: all. */
  electrodes: z.array(z.int()).max(256).nullable().default(null),
  signal: TrendSignal.default("value"),
  /** After an injection the signal does not count for so long, in units of `axis`. */
  settle: z.number().min(0).max(1e6).default(0),
  /** Before the first injection; null: not known. */
  initial_concentration: z.number().min(0).max(1e15).nullable().default(0),
  /** Of concentrations, as the user names it. */
  unit: z.string().trim().max(20).default("µM"),
  model: z.enum(["langmuir", "hill"]).default("langmuir"),
});
export type TrendParams = z.infer<typeof TrendParams>;

export const DEFAULT_TREND_PARAMS: TrendParams = TrendParams.parse({});
