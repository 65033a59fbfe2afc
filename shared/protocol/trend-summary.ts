import { z } from "zod";
import { TrendQuantity, TrendSignal } from "./trend-params.ts";

/** What the viewer tells of a run in a few numbers, as exports carry it. */

/** Why a signal has no values at all. */
export const MissingSignal = z.enum(["no-reference", "one-frequency", "not-measured", "same-frequency"]);
export type MissingSignal = z.infer<typeof MissingSignal>;

/** Which line: of one electrode, or the mean of those that count (null); ratio and KDM have no frequency. */
const Line = z.object({ electrode: z.int().nullable(), frequency_hz: z.number().nullable() });

/** Theil–Sen line; `no-intervals`: how much time lies between the scans is not known. */
const Drift = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("drift"), slope: z.number(), at_zero: z.number(), points: z.int() }),
  z.object({
    kind: z.literal("no-drift"),
    reason: z.enum(["too-few-points", "no-intervals"]),
    points: z.int(),
  }),
]);

/** Files that repeat one point. */
const Replicate = Line.extend({
  x: z.number(),
  /** Null without any value. */
  mean: z.number().nullable(),
  /** Sample standard deviation; null for fewer than two values. */
  sd: z.number().nullable(),
  /** Files with a value. */
  n: z.int(),
});

/** A stretch between two injections. */
const Step = z.object({
  /** x of the injection that began it; null for the stretch before the first. */
  from_x: z.number().nullable(),
  concentration: z.number().nullable(),
  /** Median once settled; null without a value. */
  level: z.number().nullable(),
  /** From the level of the stretch before. */
  change: z.number().nullable(),
  n: z.int(),
});

/** With the limits of its 95 % confidence interval; null where a limit is beyond every number. */
const Fitted = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() });

const CalibrationFit = z.object({
  kind: z.literal("fit"),
  model: z.enum(["langmuir", "hill"]),
  formula: z.string(),
  /** Concentration of half response. */
  k: Fitted,
  amplitude: Fitted,
  offset: Fitted,
  /** Null where it is 1 by definition (`langmuir`). */
  hill_n: Fitted.nullable(),
  residual_sd: z.number(),
  degrees_of_freedom: z.int(),
});

const NoFit = z.object({
  kind: z.literal("no-fit"),
  reason: z.enum(["no-injections", "too-few-points", "not-determined", ...MissingSignal.options]),
  /** Levels of a known concentration. */
  points: z.int(),
});

/** Of the whole run up to the export's end, and of the signal that the trend settings name. */
export const TrendSummary = z.object({
  signal: TrendSignal,
  quantity: TrendQuantity,
  /** Why that signal has no values; null where it can have some. Without values the lists are empty. */
  missing: MissingSignal.nullable(),
  units: z.object({
    /** Of `x` and `from_x`: hours since the first scan, or file number. */
    x: z.enum(["h", "file"]),
    /** Of means, levels, amplitude, offset; `1` for a share. */
    signal: z.string(),
    /** Of slopes. */
    drift: z.string(),
    concentration: z.string(),
  }),
  /** Electrodes that count in means. */
  electrodes: z.array(z.int()),
  drift: z.array(Line.extend({ drift: Drift })),
  replicates: z.object({
    /** Files in a group; 1: none are repeats. */
    size: z.int(),
    /** `means`: of a long run those of the single electrodes are left out. */
    lines: z.enum(["all", "means"]),
    groups: z.array(Replicate),
  }),
  /** From the mean at this frequency: steps and calibration; null for ratio and KDM. */
  calibrated_hz: z.number().nullable(),
  steps: z.array(Step),
  calibration: z.discriminatedUnion("kind", [CalibrationFit, NoFit]),
  /** Units of marked injections that no conversion brings to that of the calibration: not in the fit. */
  unconverted_units: z.array(z.string()),
});
export type TrendSummary = z.infer<typeof TrendSummary>;
