import { z } from "zod";
import { DEFAULT_CV_PARAMS } from "../electrochem/cv.ts";
import { DEFAULT_DESKTOP_CV_PARAMS } from "../electrochem/cv-desktop.ts";
import {
  LeastSnr,
  OddPoints,
  Potential,
  PotentialWindow,
  SmoothingDegree,
  TableWish,
} from "./potential-window.ts";

/** Parameters of CV and linear sweeps by method. Potentials in V. */

const Window = PotentialWindow.nullable().default(null);
const Direction = z.enum(["up", "down", "auto"]);
/** Counted from 1 through the scan. */
const SegmentNumber = z.int().min(1).max(10_000);

const common = {
  /**
   * Electrodes whose currents have the other sign than the direction above says: the collector of a pair, say.
   * Chosen together with an `auto` direction, on the session's first scan.
   */
  inverted_electrodes: z.array(z.int()).max(64).default([]),
  window: Window,
  /** The current at these potentials is read off every segment. */
  probes_v: z.array(Potential).max(4).default([]),
  /** V/s, for files that do not tell it; null: what the file says. */
  scan_rate_v_s: z.number().positive().max(1e6).nullable().default(null),
  table: TableWish,
};

/** `hull` for species bound to the surface, `tangent` for species in solution. */
export const BaselineSweepParams = z.strictObject({
  method: z.enum(["hull", "tangent"]),
  /** Which way peaks of oxidation point. */
  anodic: Direction.default(DEFAULT_CV_PARAMS.anodic),
  /** Smoothing window in samples; 1: off. */
  sg_points: z.union([z.literal(1), OddPoints]).default(DEFAULT_CV_PARAMS.sg_points),
  /** Smoothing window as a width, which then counts instead of `sg_points`. */
  sg_window_v: z.number().positive().max(1).nullable().default(null),
  sg_degree: SmoothingDegree.default(DEFAULT_CV_PARAMS.sg_degree),
  min_snr: LeastSnr.default(DEFAULT_CV_PARAMS.min_snr),
  peak_window: Window,
  /** Flat part under which the tangent of a rising or falling sweep is laid; null: the first 15 % of samples. */
  tangent_rising: Window,
  tangent_falling: Window,
  /** Whether a peak within 5 % of a turning point yields to another wave that is not. */
  avoid_turning_points: z.boolean().default(DEFAULT_CV_PARAMS.avoid_turning_points),
  /** First segments k of the pairs (k, k + 1) that are analysed; null: 1, 3, 5, … */
  pairs: z.array(SegmentNumber).min(1).max(100).nullable().default(null),
  ...common,
});
export type BaselineSweepParams = z.infer<typeof BaselineSweepParams>;

/** The SACMES desktop program's numbers. */
export const DesktopSweepParams = z.strictObject({
  method: z.literal("desktop"),
  /** mV; null: no smoothing. */
  sg_window_mv: z.number().positive().max(1_000).nullable().default(DEFAULT_DESKTOP_CV_PARAMS.sg_window_mv),
  sg_degree: SmoothingDegree.default(DEFAULT_DESKTOP_CV_PARAMS.sg_degree),
  mass_transport: z.enum(["surface", "solution"]).default(DEFAULT_DESKTOP_CV_PARAMS.mass_transport),
  forward_segment: SegmentNumber.default(DEFAULT_DESKTOP_CV_PARAMS.forward_segment),
  reverse_segment: SegmentNumber.default(DEFAULT_DESKTOP_CV_PARAMS.reverse_segment),
  /** Which way the forward peak points. */
  forward_direction: Direction.default(DEFAULT_DESKTOP_CV_PARAMS.forward_direction),
  ...common,
});
export type DesktopSweepParams = z.infer<typeof DesktopSweepParams>;
