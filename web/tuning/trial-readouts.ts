import type { Curve } from "../log/curve.ts";
import { traceKey, traceOf } from "../log/trace.ts";
import type { Readout } from "../stores/round.ts";

/** The same traces with the results of a trial; null where the trial has none. */
export function trialReadouts(trial: readonly Curve[], own: readonly Readout[]): readonly Readout[] {
  const rows = trial.flatMap(({ results }) => results);
  return own.map(({ trace }) => ({
    trace,
    row: rows.find((row) => traceKey(traceOf(row)) === trace.key) ?? null,
  }));
}
