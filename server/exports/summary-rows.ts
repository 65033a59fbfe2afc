import type { TrendSummary } from "../../shared/protocol/trend-summary.ts";
import type { Cell, Column } from "./columns.ts";

/** The summary of trends as a table: a row per number that was derived, with its limits and its unit. */
export const SUMMARY_COLUMNS: readonly Pick<Column, "name" | "kind">[] = [
  { name: "of", kind: "text" },
  { name: "electrode", kind: "text" },
  { name: "frequency_hz", kind: "number" },
  { name: "x", kind: "number" },
  { name: "x_unit", kind: "text" },
  { name: "concentration", kind: "number" },
  { name: "value", kind: "number" },
  { name: "unit", kind: "text" },
  { name: "low_95", kind: "number" },
  { name: "high_95", kind: "number" },
  { name: "sd", kind: "number" },
  { name: "change", kind: "number" },
  { name: "n", kind: "integer" },
  { name: "why_none", kind: "text" },
];

type Row = Readonly<Record<string, Cell>>;

export function summaryRows(summary: TrendSummary): Cell[][] {
  const rows = [
    ...driftRows(summary),
    ...replicateRows(summary),
    ...stepRows(summary),
    ...calibrationRows(summary),
  ];
  return rows.map((row) => SUMMARY_COLUMNS.map(({ name }) => row[name] ?? null));
}

function driftRows({ drift, missing, units }: TrendSummary): Row[] {
  if (missing !== null) return [{ of: "drift", why_none: missing }];
  return drift.map(({ electrode, frequency_hz, drift: one }) => {
    const line = { of: "drift", electrode: electrode ?? "mean", frequency_hz, n: one.points };
    return one.kind === "drift"
      ? { ...line, value: one.slope, unit: units.drift }
      : { ...line, why_none: one.reason };
  });
}

function replicateRows({ replicates, units }: TrendSummary): Row[] {
  return replicates.groups.map(({ electrode, mean, ...group }) => ({
    ...group,
    of: "replicates",
    electrode: electrode ?? "mean",
    x_unit: units.x,
    value: mean,
    unit: units.signal,
  }));
}

function stepRows({ steps, calibrated_hz, units }: TrendSummary): Row[] {
  return steps.map(({ from_x, concentration, level, change, n }) => ({
    of: "step",
    electrode: "mean",
    frequency_hz: calibrated_hz,
    x: from_x,
    x_unit: units.x,
    concentration,
    value: level,
    unit: units.signal,
    change,
    n,
  }));
}

function calibrationRows({ calibration, calibrated_hz, units }: TrendSummary): Row[] {
  const line = { electrode: "mean", frequency_hz: calibrated_hz };
  if (calibration.kind === "no-fit")
    return [{ ...line, of: "calibration", n: calibration.points, why_none: calibration.reason }];
  const { model, k, amplitude, offset, hill_n, residual_sd } = calibration;
  const row = (
    name: string,
    fitted: { value: number; low?: number | null; high?: number | null },
    unit: string,
  ) => ({
    ...line,
    of: `${model} ${name}`,
    value: fitted.value,
    unit,
    low_95: fitted.low ?? null,
    high_95: fitted.high ?? null,
  });
  return [
    row("k", k, units.concentration),
    row("amplitude", amplitude, units.signal),
    row("offset", offset, units.signal),
    ...(hill_n === null ? [] : [row("hill_n", hill_n, "1")]),
    row("residual_sd", { value: residual_sd }, units.signal),
  ];
}
