import { setImmediate as nextTurn } from "node:timers/promises";
import { contentNumber, ENTRY_STATUS } from "../../shared/protocol/log-tables.ts";
import type { Note } from "../../shared/protocol/note.ts";
import type { NumericTable } from "../../shared/protocol/numeric-table.ts";
import type { TrendParams } from "../../shared/protocol/trend-params.ts";
import { DerivedTrends, type SignalPair } from "../../shared/trends/derived-trends.ts";
import { GrowableColumn } from "../../shared/trends/growable-column.ts";
import type { FileSeries } from "../../shared/trends/trace-series.ts";
import type {
  FileField,
  TrendColumn,
  TrendFiles,
  TrendLog,
  TrendResults,
} from "../../shared/trends/trend-log.ts";
import type { LogRow } from "../store/port.ts";
import { entryOf, valuesOf } from "./export-row.ts";
import { inLaterRows, type PairSide } from "./later-rows.ts";
import { type LogRange, readPages } from "./log-range.ts";

/**
 * A log as the trends want it, from its beginning: of every result the seven numbers that trends are made of, of every
 * file its name and times. About 70 bytes a result: 11 MB for 20,000 files of eight electrodes.
 */
class TrendRows implements TrendLog, TrendFiles {
  readonly names: string[] = [];
  readonly #newest = new Map<string, number>();
  readonly #entries = new Map<FileField, number[]>(
    [...ENTRY_FIELDS, "status" as const, "content" as const].map((field) => [field, []]),
  );
  readonly #analysed: boolean[] = [];
  readonly #traces = new Map<string, Trace>();
  readonly #fields: readonly string[];
  readonly #only: number | null;

  /** @param only the one electrode that is wanted; null: all */
  constructor(table: NumericTable<string>, only: number | null) {
    this.#fields = table.fields;
    this.#only = only;
  }

  add(row: LogRow): void {
    const entry = entryOf(row);
    this.#newest.set(row.name, row.offset);
    this.names.push(row.name);
    this.#analysed.push(entry.status === "analysed");
    for (const field of ENTRY_FIELDS) this.#entries.get(field)?.push(entry[field] ?? Number.NaN);
    this.#entries.get("status")?.push(ENTRY_STATUS[entry.status]);
    this.#entries.get("content")?.push(contentNumber(row.sha256));
    const values = valuesOf(row);
    for (let at = 0; at < values.length; at += this.#fields.length) this.#take(values, at, row.offset);
  }

  get next(): number {
    return this.names.length;
  }

  get files(): TrendFiles {
    return this;
  }

  get traces(): Iterable<TrendResults> {
    return this.#traces.values();
  }

  isCurrent(offset: number): boolean {
    return this.#newest.get(this.names[offset] ?? "") === offset;
  }

  isAnalysed(offset: number): boolean {
    return this.#analysed[offset] ?? false;
  }

  entry(offset: number, field: FileField): number {
    return this.#entries.get(field)?.[offset] ?? Number.NaN;
  }

  #take(values: Float64Array, at: number, offset: number): void {
    const cell = (field: string) => values[at + this.#fields.indexOf(field)] ?? Number.NaN;
    const electrode = cell("electrode");
    if (this.#only !== null && electrode !== this.#only) return;
    const frequencyHz = Number.isNaN(cell("frequency_hz")) ? null : cell("frequency_hz");
    const name = traceName(electrode, frequencyHz);
    const trace = this.#traces.get(name) ?? new Trace({ electrode, frequencyHz });
    this.#traces.set(name, trace);
    for (const column of TREND_COLUMNS) trace.push(column, column === "offset" ? offset : cell(column));
  }
}

const ENTRY_FIELDS = ["file_number", "frequency_hz", "mtime_ms", "started_at_ms"] as const;
const TREND_COLUMNS: readonly TrendColumn[] = [
  "offset",
  "scan",
  "kind",
  "peak_height_a",
  "peak_area_av",
  "peak_potential_v",
  "half_width_v",
];

class Trace implements TrendResults {
  readonly id: TrendResults["id"];
  readonly #columns = new Map<TrendColumn, GrowableColumn>(
    TREND_COLUMNS.map((column) => [column, new GrowableColumn()]),
  );

  constructor(id: TrendResults["id"]) {
    this.id = id;
  }

  push(column: TrendColumn, value: number): void {
    this.#columns.get(column)?.push(value);
  }

  column(column: TrendColumn): GrowableColumn {
    return this.#columns.get(column) ?? NO_COLUMN;
  }
}

const NO_COLUMN = new GrowableColumn();

/** Trends of the whole log up to the end of the stretch, by the very functions of the screen. */
export async function deriveTrends(
  range: LogRange,
  table: NumericTable<string>,
  notes: readonly Note[],
  params: TrendParams,
  only: number | null = null,
): Promise<DerivedTrends> {
  const rows = new TrendRows(table, only);
  for await (const page of readPages({ ...range, since: 0 })) for (const row of page) rows.add(row);
  return new DerivedTrends(rows, notes, params);
}

/** What the trends say of one scan of a file and trace; null: no value. */
export interface TrendCells {
  readonly normalised: number | null;
  /** With slope and offset added; of the signal-off frequency alone. */
  readonly normalised_corrected: number | null;
  /** Of the pair whose later logged scan this is: `inLaterRows`. */
  readonly ratio: number | null;
  readonly kdm: number | null;
}

export interface ScanPlace {
  readonly offset: number;
  /** Counts the scans of the file from 0. */
  readonly scan: number;
}

/** The values of a series by the scan that each comes from. */
class ValuesByScan {
  readonly #series: FileSeries;
  /** Rows that have a value, in the order of the log. */
  readonly #rows: Uint32Array;

  constructor(series: FileSeries) {
    const { offsets, scans, values } = series;
    this.#series = series;
    this.#rows = Uint32Array.from(values.keys()).filter((row) => !Number.isNaN(values[row]));
    // A series is in the order of its files' numbers: mostly, but not always, that of the log.
    this.#rows.sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0) || (scans[a] ?? 0) - (scans[b] ?? 0));
  }

  get({ offset, scan }: ScanPlace): number | null {
    const { offsets, scans, values } = this.#series;
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.#rows[middle] ?? 0;
      const isBefore = offsets[row] === offset ? (scans[row] ?? 0) < scan : (offsets[row] ?? 0) < offset;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    const row = this.#rows[low];
    if (row === undefined || offsets[row] !== offset || scans[row] !== scan) return null;
    return values[row] ?? null;
  }
}

/** Looks up the trends by the scan that a value comes from. */
export class TrendTable {
  readonly #byTrace: ReadonlyMap<string, readonly (ValuesByScan | null)[]>;

  private constructor(byTrace: ReadonlyMap<string, readonly (ValuesByScan | null)[]>) {
    this.#byTrace = byTrace;
  }

  /** Makes all series, one after the other: those of a long run take longer together than a live file may wait. */
  static async of(trends: DerivedTrends): Promise<TrendTable> {
    const byTrace = new Map<string, (ValuesByScan | null)[]>();
    if (trends.params.reference === null) return new TrendTable(byTrace); // nothing is normalised
    for (const electrode of trends.electrodes) {
      for (const frequencyHz of trends.traced) {
        const values: (ValuesByScan | null)[] = [];
        for (const series of seriesOf(trends, electrode, frequencyHz)) {
          values.push(series && new ValuesByScan(series()));
          await nextTurn();
        }
        byTrace.set(traceName(electrode, frequencyHz), values);
      }
    }
    return new TrendTable(byTrace);
  }

  cells(place: ScanPlace, electrode: number, frequencyHz: number | null): TrendCells {
    const [normalised, corrected, ratio, kdm] =
      this.#byTrace.get(traceName(electrode, frequencyHz)) ?? NO_VALUES;
    return {
      normalised: normalised?.get(place) ?? null,
      normalised_corrected: corrected?.get(place) ?? null,
      ratio: ratio?.get(place) ?? null,
      kdm: kdm?.get(place) ?? null,
    };
  }
}

const NO_VALUES: readonly (ValuesByScan | null)[] = [];

/** In the order of `TrendCells`; null: this trace has none. */
function seriesOf(
  trends: DerivedTrends,
  electrode: number,
  frequencyHz: number | null,
): readonly ((() => FileSeries) | null)[] {
  const { pair } = trends;
  const side = sideOf(pair, frequencyHz);
  const inRows = (series: (electrode: number) => FileSeries) =>
    pair.kind === "pair" && side !== null
      ? () => inLaterRows(trends, pair, electrode, series(electrode), side)
      : null;
  return [
    () => trends.normalised(electrode, frequencyHz),
    side === "off" ? () => trends.corrected(electrode, frequencyHz) : null,
    inRows((one) => trends.ratio(one)),
    inRows((one) => trends.kdm(one)),
  ];
}

function sideOf(pair: SignalPair, frequencyHz: number | null): PairSide | null {
  if (pair.kind === "no-pair" || frequencyHz === null) return null;
  if (pair.on_hz === frequencyHz) return "on";
  return pair.off_hz === frequencyHz ? "off" : null;
}

function traceName(electrode: number, frequencyHz: number | null): string {
  return `${electrode}@${frequencyHz}`;
}
