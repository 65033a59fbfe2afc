import { z } from "zod";
import { readReference } from "./data.ts";

/** One line of `swv-hull.json`: what an independent computation found in one electrode of a real file. */
const HullReference = z.object({
  file: z.string(),
  electrode: z.number(),
  frequency_hz: z.number().nullable(),
  params: z.object({
    sg_points: z.union([z.literal("auto"), z.number()]),
    peak_window: z.tuple([z.number(), z.number()]).nullable(),
  }),
  expected: z.looseObject({ kind: z.string(), direction: z.enum(["up", "down"]) }),
});
export type HullReference = z.infer<typeof HullReference>;

export function readHullReferences(): HullReference[] {
  return z.array(HullReference).parse(readReference("swv-hull.json"));
}
