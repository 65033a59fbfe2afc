import { z } from "zod";
import { TableDescription } from "./table-description.ts";

/** Potentials in V; no electrolyte survives more. */
export const Potential = z.number().min(-20).max(20);

// The cast only makes the tuple readonly for the compiler: `.readonly()` freezes whatever came, and throws where
// bytes came in the place of a window.
export const PotentialWindow = z
  .tuple([Potential, Potential])
  .refine(([low, high]) => low < high, "The lower potential must come first.") as z.ZodType<
  readonly [number, number],
  readonly [number, number]
>;

/** A window in samples with a middle. */
export const OddPoints = z
  .int()
  .min(3)
  .max(999)
  .refine((points) => points % 2 === 1, "The number of points must be odd.");

/** Degree of a smoothing polynomial. */
export const SmoothingDegree = z.int().min(0).max(6);

/** Least ratio of signal to noise with which a peak counts. */
export const LeastSnr = z.number().min(0).max(1_000);

/**
 * How a person described a text table that no format recognises by its content; null: files are recognised. Part
 * of the parameters of every technique, because another description makes other numbers.
 */
export const TableWish = TableDescription.nullable().default(null);
