import type { EntryRow, ResultRow, SweepResultRow } from "../protocol/log-tables.ts";

/** What trends are made of: a file log as columns, wherever it was read (the viewer's own log, an export's pages). */

/** The files of a log; a file's place is its offset. */
export interface TrendFiles {
  /** Files there are: offsets run from 0 to before it. */
  readonly next: number;
  readonly names: readonly string[];
  /** Whether this is the newest revision of its name; older ones do not count. */
  isCurrent(offset: number): boolean;
  isAnalysed(offset: number): boolean;
  entry(offset: number, field: FileField): number;
}

/** `status`: see ENTRY_STATUS; `content`: see `contentNumber`. */
export type FileField = "status" | "file_number" | "frequency_hz" | "mtime_ms" | "started_at_ms" | "content";

export interface TraceName {
  readonly electrode: number;
  /** Null: the files do not say. */
  readonly frequencyHz: number | null;
  /** Of CV and linear sweeps alone. */
  readonly sweep?: SweepPeak | undefined;
}

/** Which peak of a CV: of the segment, counted from 1, the one that points up (1) or down (−1). */
export interface SweepPeak {
  readonly segment: number;
  readonly direction: 1 | -1;
}

/** One text per trace. */
export function traceName({ electrode, frequencyHz, sweep }: TraceName): string {
  const peak = sweep === undefined ? "" : `#${sweep.segment}${sweep.direction > 0 ? "+" : "-"}`;
  return `${electrode}@${frequencyHz}${peak}`;
}

/** The trace that a row of results belongs to. */
export function nameOfRow({ electrode, frequency_hz, segment, direction }: RowPlace): TraceName {
  const frequencyHz = Number.isNaN(frequency_hz) ? null : frequency_hz;
  if (segment === undefined || direction === undefined) return { electrode, frequencyHz };
  return { electrode, frequencyHz, sweep: { segment, direction: direction > 0 ? 1 : -1 } };
}

type RowPlace = Pick<ResultRow, "electrode" | "frequency_hz"> &
  Partial<Pick<SweepResultRow, "segment" | "direction">>;

export type TrendColumn =
  | "offset"
  | "scan"
  | "kind"
  | "peak_height_a"
  | "peak_area_av"
  | "peak_potential_v"
  | "half_width_v"
  | "charge_c"
  | "lifetime_s"
  | "half_life_s";

/** The results of one electrode at one frequency, in the order of the log. */
export interface TrendResults {
  readonly id: TraceName;
  column(field: TrendColumn): { view(): Float64Array };
}

export interface TrendLog {
  readonly files: TrendFiles;
  readonly traces: Iterable<TrendResults>;
}

type OwnColumn = "charge_c" | "lifetime_s" | "half_life_s";
type Results = RowPlace &
  Pick<ResultRow, Exclude<TrendColumn, OwnColumn>> &
  Partial<Record<OwnColumn, number>>;

/** A log collected from rows: for whoever reads it page by page and keeps nothing else. */
export class CollectedLog implements TrendLog, TrendFiles {
  readonly names: string[] = [];
  private readonly entries: EntryRow[] = [];
  private readonly newest = new Map<string, number>();
  private readonly rows = new Map<string, { readonly id: TraceName; readonly rows: Results[] }>();

  get next(): number {
    return this.names.length;
  }

  get files(): TrendFiles {
    return this;
  }

  /** Takes the next entries, with the results of their files. */
  add(names: readonly string[], entries: readonly EntryRow[], results: readonly Results[]): void {
    entries.forEach((entry, index) => {
      const name = names[index] ?? "";
      this.newest.set(name, this.next);
      this.names.push(name);
      this.entries.push(entry);
    });
    for (const row of results) this.trace(row).push(row);
  }

  isCurrent(offset: number): boolean {
    return this.newest.get(this.names[offset] ?? "") === offset;
  }

  isAnalysed(offset: number): boolean {
    return this.entries[offset]?.status === 0;
  }

  entry(offset: number, field: keyof EntryRow): number {
    return this.entries[offset]?.[field] ?? Number.NaN;
  }

  get traces(): TrendResults[] {
    return [...this.rows.values()].map(({ id, rows }) => ({
      id,
      column: (field) => ({ view: () => Float64Array.from(rows, (row) => row[field] ?? Number.NaN) }),
    }));
  }

  private trace(row: Results): Results[] {
    const id = nameOfRow(row);
    const key = traceName(id);
    const found = this.rows.get(key) ?? { id, rows: [] };
    this.rows.set(key, found);
    return found.rows;
  }
}
