import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { DecayResultTable, resultTableOf, SweepResultTable } from "../../shared/protocol/log-tables.ts";
import type { TraceRow } from "../log/trace.ts";
import { fixed, type SiScale, siNumber, siScale } from "../words/si.ts";

/** One number of a result, as it stands in the table. */
export interface ResultColumn {
  readonly name: string;
  /** SI unit, shown with one prefix for the whole column; or a unit as it is. */
  readonly unit: { readonly si: string } | { readonly plain: string };
  readonly value: (row: TraceRow) => number;
  /** Of a plain unit. */
  readonly decimals: (value: number) => number;
}

/** A column whose prefix was chosen for the rows that are shown. */
export interface ScaledColumn {
  readonly name: string;
  readonly unit: string;
  text(row: TraceRow): string;
}

const si = (name: string, unit: string, value: ResultColumn["value"]): ResultColumn => ({
  name,
  unit: { si: unit },
  value,
  decimals: () => 0,
});
const plain = (
  name: string,
  unit: string,
  value: ResultColumn["value"],
  decimals: ResultColumn["decimals"],
): ResultColumn => ({ name, unit: { plain: unit }, value, decimals });

const HEIGHT = si("Height", "A", (row) => row.peak_height_a);
const POTENTIAL = plain(
  "E",
  "V",
  (row) => row.peak_potential_v,
  () => 3,
);
const AREA = si("Area", "A·V", (row) => row.peak_area_av);
const HALF_WIDTH = plain(
  "Half width",
  "mV",
  (row) => row.half_width_v * 1000,
  () => 0,
);
const SNR = plain(
  "S/N",
  "",
  (row) => row.snr,
  (value) => (value < 100 ? 1 : 0),
);

const PULSE = [HEIGHT, POTENTIAL, AREA, HALF_WIDTH, SNR];
/** Charge of a pulse technique: height / f. */
const MAP = [
  HEIGHT,
  POTENTIAL,
  si("Charge", "C", (row) => row.peak_height_a / row.frequency_hz),
  ...PULSE.slice(2),
];
const SWEEP = [HEIGHT, POTENTIAL, AREA, si("Charge", "C", (row) => row.charge_c ?? NAN), HALF_WIDTH, SNR];
const R_SQUARED = plain(
  "R²",
  "",
  (row) => row.r_squared ?? NAN,
  () => 4,
);
const FIRST_DECAY = [
  si("Lifetime", "s", (row) => row.lifetime_s ?? NAN),
  si("Half-life", "s", (row) => row.half_life_s ?? NAN),
  si("Amplitude", "A", (row) => row.amplitude_a ?? NAN),
];
const DECAY = [
  ...FIRST_DECAY,
  si("2nd lifetime", "s", (row) => row.lifetime_2_s ?? NAN),
  si("2nd amplitude", "A", (row) => row.amplitude_2_a ?? NAN),
  si("Background", "A", (row) => row.background_a ?? NAN),
  R_SQUARED,
];
/** Of a decay, what fits beside its curve. */
export const DECAY_AT_A_GLANCE: readonly ResultColumn[] = [...FIRST_DECAY, R_SQUARED];
const NAN = Number.NaN;

/** What the results of a technique say. */
export function resultColumnsOf(technique: SessionTechnique): readonly ResultColumn[] {
  const table = resultTableOf(technique);
  if (table === SweepResultTable) return SWEEP;
  if (table === DecayResultTable) return DECAY;
  return technique === "frequency-map" ? MAP : PULSE;
}

/** Columns with a prefix for these rows; a number that a result does not have is a dash. */
export function scaledFor(
  columns: readonly ResultColumn[],
  rows: readonly TraceRow[],
): readonly ScaledColumn[] {
  return columns.map(({ name, unit, value, decimals }) => {
    const told = (row: TraceRow, words: (number: number) => string): string =>
      Number.isNaN(value(row)) ? "–" : words(value(row));
    if ("plain" in unit)
      return {
        name,
        unit: unit.plain,
        text: (row) => told(row, (number) => fixed(number, decimals(number))),
      };
    const scale: SiScale = siScale(Math.max(0, ...rows.map((row) => Math.abs(value(row)) || 0)));
    return {
      name,
      unit: `${scale.symbol}${unit.si}`,
      text: (row) => told(row, (number) => siNumber(number, scale)),
    };
  });
}
