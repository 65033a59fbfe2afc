import { z } from "zod";
import { DEFAULT_LIFETIME_PARAMS } from "../electrochem/ca-lifetime.ts";
import { TableWish } from "./potential-window.ts";

/** s after the start of the pulse. */
const TimeWindow = z
  .tuple([z.number().min(0).max(1e9), z.number().min(0).max(1e9)])
  .refine(([from, to]) => from < to, "The earlier time must come first.") as z.ZodType<
  readonly [number, number],
  readonly [number, number]
>; // as in potential-window.ts: `.readonly()` would throw on bytes

/** Parameters of a chronoamperometric lifetime: an exponential decay is fitted to the current. */
export const CaParams = z.strictObject({
  method: z.literal("lifetime").default("lifetime"),
  /** One exponential or two. */
  model: z.enum(["mono", "bi"]).default(DEFAULT_LIFETIME_PARAMS.model),
  /** s; which samples are fitted; null: all after time zero. */
  fit_window_s: TimeWindow.nullable().default(null),
  /** Two exponentials only: the current that stays, fitted with the rest, or held as the SACMES program does. */
  background: z.enum(["fitted", "sacmes"]).default(DEFAULT_LIFETIME_PARAMS.background),
  table: TableWish,
});
export type CaParams = z.infer<typeof CaParams>;
