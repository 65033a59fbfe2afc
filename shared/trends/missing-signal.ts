import type { TrendSignal } from "../protocol/trend-params.ts";
import type { MissingSignal } from "../protocol/trend-summary.ts";
import type { DerivedTrends } from "./derived-trends.ts";

/** Why a signal has no values, whatever was measured; null where it can have some. */
export function missingSignal(
  signal: TrendSignal,
  { params, pair }: Pick<DerivedTrends, "params" | "pair">,
): MissingSignal | null {
  if (signal === "value") return null;
  if (signal !== "normalised" && pair.kind === "no-pair") return pair.reason;
  return params.reference === null ? "no-reference" : null;
}
