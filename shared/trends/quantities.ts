import type { SessionTechnique } from "../protocol/analysis-params.ts";
import type { TrendParams, TrendQuantity } from "../protocol/trend-params.ts";

const OF_PEAKS: readonly TrendQuantity[] = ["height", "area", "charge", "potential", "half_width"];
const OF_DECAYS: readonly TrendQuantity[] = ["lifetime", "half_life"];

/** What can be followed in a technique, the usual one first. */
export function quantitiesOf(technique: SessionTechnique): readonly TrendQuantity[] {
  return technique === "ca" ? OF_DECAYS : OF_PEAKS;
}

/** The settings with a quantity that the technique has. */
export function trendParamsFor(technique: SessionTechnique, params: TrendParams): TrendParams {
  const [usual, ...others] = quantitiesOf(technique);
  return usual === undefined || params.quantity === usual || others.includes(params.quantity)
    ? params
    : { ...params, quantity: usual };
}
