/** Which columns of an unknown table are potential and currents, by their names and by what their numbers do. */

import type { Block } from "./guess-table.ts";
import { unitDivisor } from "./si-unit.ts";
import { cellNumber } from "./table-cells.ts";
import { CURRENT_UNITS, type ElectrodeColumns, type TableDescription, X_UNITS } from "./table-description.ts";

export interface ColumnGuess {
  readonly description: Pick<TableDescription, "x" | "currents" | "current_unit" | "scan_column">;
  /** The x column in base units. */
  readonly x: Float64Array;
  readonly isTime: boolean;
  readonly unclear: readonly string[];
}

const MOST_ELECTRODES = 32;
const POTENTIAL_NAME = /potential|voltage|\bE(?:we|cell)?\b|\bVf\b|^\s*m?V\s*$/i;
const TIME_NAME = /\btime\b|^t\b/i;
const OTHER_NAME = /cycle|index|scan\b|charge|temp|ohm|power|^#$|^pt$|\bQ[+-]/i;
const SCAN_NAME = /^(?:cycle|scan)(?:[ _]?(?:number|no\.?|nr\.?|#))?$/i;
const FORWARD_NAME = /\b(?:for|fwd|forward)\b|i\d*f\b|ifwd/i;
const REVERSE_NAME = /\b(?:rev|reverse|bwd|backward)\b|i\d*r\b|irev/i;
/** No voltammetry in water goes further, so larger numbers are mV. */
const MOST_VOLTS = 15;
/** Currents of microelectrodes to large plates stay below this in A; larger numbers have a prefix. */
const MOST_AMPERES = 0.02;

interface Column {
  /** Counted from 0. */
  readonly at: number;
  readonly name: string;
  readonly values: Float64Array;
  readonly unit: string;
}

/** Null when there are no two columns that could be potential and current. */
export function guessColumns(block: Block, names: readonly string[]): ColumnGuess | null {
  const columns = block.numeric.map((at): Column => {
    const name = names[at] ?? "";
    const values = Float64Array.from(block.rows, (row) => cellNumber(row[at]!, block.mark) ?? Number.NaN);
    return { at, name, values, unit: unitIn(name) };
  });
  const x = xColumn(columns);
  if (x === null) return null;
  const isTime = isTimeColumn(x);
  const others = columns.filter((column) => column !== x && mayBeCurrent(column));
  const named = others.filter((column) => isCurrentUnit(column.unit));
  const currents = named.length > 0 ? named : others;
  if (currents.length === 0) return null;
  const unclear: string[] = [];
  const x_unit = xUnit(x, isTime);
  if (x.name === "") unclear.push(`Column ${x.at + 1} was taken as the ${isTime ? "time" : "potential"}.`);
  const unit = currentUnit(currents);
  if (unit.isGuess) unclear.push(`No unit of the currents is named; ${unit.unit} was taken.`);
  const divisor = unitDivisor(x_unit, isTime ? "s" : "V") ?? 1;
  return {
    description: {
      x: { column: x.at + 1, unit: x_unit },
      currents: electrodesOf(currents).slice(0, MOST_ELECTRODES),
      current_unit: unit.unit,
      scan_column: scanColumn(columns),
    },
    x: x.values.map((value) => value / divisor),
    isTime,
    unclear,
  };
}

/** The unit that a name ends with or holds in brackets: `E /V`, `I (µA)`, `Current/A`. */
function unitIn(name: string): string {
  const [, unit] = /[/([\s]\s*((?:Âµ|[µμumnpf])?[AVs])(?:[)\]\s]|$)/.exec(` ${name}`) ?? [];
  return unit ?? "";
}

function isCurrentUnit(unit: string): boolean {
  return unit !== "" && unitDivisor(unit, "A") !== null;
}

function isTimeColumn({ name, unit }: Column): boolean {
  return TIME_NAME.test(name) || (unit !== "" && unitDivisor(unit, "s") !== null);
}

function isPotentialColumn({ name, unit }: Column): boolean {
  return (unit !== "" && unitDivisor(unit, "V") !== null) || POTENTIAL_NAME.test(name);
}

/** Potential by its name, else by a sweep's even steps, else time by its name. */
function xColumn(columns: readonly Column[]): Column | null {
  const named = columns.find((column) => isPotentialColumn(column) && !isCurrentUnit(column.unit));
  if (named !== undefined) return named;
  const open = columns.filter(
    (column) => !isCurrentUnit(column.unit) && !OTHER_NAME.test(column.name) && !isTimeColumn(column),
  );
  const swept = open.filter(({ values }) => hasEvenSteps(values));
  const sweep = swept.find(({ values }) => !isCounter(values)) ?? (swept.length > 1 ? swept[1] : swept[0]);
  return sweep ?? columns.find(isTimeColumn) ?? open[0] ?? null;
}

function mayBeCurrent({ name, values, unit }: Column): boolean {
  if (isCurrentUnit(unit)) return true;
  return unit === "" && !OTHER_NAME.test(name) && !TIME_NAME.test(name) && !isCounter(values);
}

/** 0, 1, 2, … or 1, 2, 3, …: the number of the row. */
function isCounter(values: Float64Array): boolean {
  const [first = Number.NaN] = values;
  return (first === 0 || first === 1) && values.every((value, row) => value === first + row);
}

/** Nearly all steps of one size, one way or the other: what a potentiostat's program does, and a current does not. */
function hasEvenSteps(values: Float64Array): boolean {
  if (values.length < 3) return false;
  const steps = Array.from(values.subarray(1), (value, row) => Math.abs(value - values[row]!));
  const usual = steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0;
  if (!(usual > 0)) return false;
  const even = steps.filter((step) => Math.abs(step - usual) <= 0.25 * usual).length;
  return even >= 0.9 * steps.length;
}

/** Numbers of cycles by their name, where they count. */
function scanColumn(columns: readonly Column[]): number | null {
  const found = columns.find(
    ({ name, values }) =>
      SCAN_NAME.test(name.trim()) &&
      values.every((value, row) => Number.isInteger(value) && value >= (values[row - 1] ?? 0)),
  );
  return found === undefined ? null : found.at + 1;
}

function xUnit({ unit, values }: Column, isTime: boolean): TableDescription["x"]["unit"] {
  const known = X_UNITS.find((one) => one === unit && one.endsWith("s") === isTime);
  if (known !== undefined) return known;
  if (isTime) return "s";
  return values.some((value) => Math.abs(value) > MOST_VOLTS) ? "mV" : "V";
}

function currentUnit(currents: readonly Column[]): {
  readonly unit: TableDescription["current_unit"];
  readonly isGuess: boolean;
} {
  const [first] = currents;
  const divisor = unitDivisor(first?.unit ?? "", "A");
  const named = CURRENT_UNITS.find((unit) => divisor !== null && unitDivisor(unit, "A") === divisor);
  if (named !== undefined) return { unit: named, isGuess: false };
  const small = currents.every(({ values }) => values.every((value) => Math.abs(value) < MOST_AMPERES));
  return { unit: small ? "A" : "µA", isGuess: true };
}

/** One electrode for each current; difference, forward and reverse of one electrode belong together. */
function electrodesOf(currents: readonly Column[]): ElectrodeColumns[] {
  const found: ElectrodeColumns[] = [];
  for (let index = 0; index < currents.length; ) {
    const [net, second, third] = currents.slice(index, index + 3);
    const pulses =
      net !== undefined && second !== undefined && third !== undefined
        ? pulseColumns(net, second, third)
        : null;
    found.push({
      electrode: found.length + 1,
      current: (pulses?.net ?? net)!.at + 1,
      forward: pulses === null ? null : pulses.forward.at + 1,
      reverse: pulses === null ? null : pulses.reverse.at + 1,
    });
    index += pulses === null ? 1 : 3;
  }
  return found;
}

/** Which of three columns is the difference of the other two, by their names or by their numbers. */
function pulseColumns(a: Column, b: Column, c: Column) {
  const three = [a, b, c];
  const forward = three.find(({ name }) => FORWARD_NAME.test(name));
  const reverse = three.find(({ name }) => REVERSE_NAME.test(name));
  const net = three.find((column) => column !== forward && column !== reverse);
  if (forward && reverse && net) return { net, forward, reverse };
  const isNet = (n: Column, f: Column, r: Column) =>
    n.values.filter((value, row) => {
      const [one, other] = [f.values[row]!, r.values[row]!];
      return Math.abs(value - (one - other)) <= 2e-3 * Math.max(Math.abs(one), Math.abs(other));
    }).length >=
    0.95 * n.values.length;
  if (isNet(a, b, c)) return { net: a, forward: b, reverse: c };
  if (isNet(c, a, b)) return { net: c, forward: a, reverse: b };
  return null;
}
