import { type Drift, theilSenDrift } from "../electrochem/drift.ts";
import type { TrendSeries } from "../electrochem/trend-series.ts";
import type { DerivedTrends } from "./derived-trends.ts";
import { tellsIntervals } from "./scan-clock.ts";

/** `no-intervals`: files were copied and no clock helps, so nobody knows how much time lies between the scans. */
export type LineDrift =
  | Drift
  | { readonly kind: "no-drift"; readonly reason: "no-intervals"; readonly points: number };

/** Robust slope of a line, per hour or file as the settings' axis says, where the axis tells distances at all. */
export function lineDrift(series: TrendSeries, { params, placed }: DerivedTrends): LineDrift {
  const { axis, seconds_per_file } = params;
  if (axis === "hours" && seconds_per_file === null && !tellsIntervals(placed.clock)) {
    const points = series.values.filter((value) => !Number.isNaN(value)).length;
    return { kind: "no-drift", reason: "no-intervals", points };
  }
  return theilSenDrift(series);
}
