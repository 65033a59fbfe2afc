import { GrowableColumn } from "./growable-column.ts";

/** Columns of one length that are ascending by `keys`. */
export type KeyedColumns<Name extends string> = Readonly<Record<Name | "keys", Float64Array>>;

/** From where on something has to be made anew. */
export interface Changed {
  /** Rows with a lower key are as they were. */
  readonly key: number;
  /** No file with that key or a higher one stands before it in the log. */
  readonly offset: number;
}

export const NOTHING_CHANGED: Changed = { key: Number.POSITIVE_INFINITY, offset: Number.POSITIVE_INFINITY };
export const ALL_CHANGED: Changed = { key: Number.NEGATIVE_INFINITY, offset: 0 };

export function bothChanged(a: Changed, b: Changed): Changed {
  return { key: Math.min(a.key, b.key), offset: Math.min(a.offset, b.offset) };
}

/**
 * Columns that follow a log: of what changes only the rows from the first changed key on are made again, by the very
 * functions that make them all.
 */
export class GrownTable<Name extends string> {
  private readonly columns = new Map<Name | "keys", GrowableColumn>();
  private changed: Changed = ALL_CHANGED;
  private shown: KeyedColumns<Name> | null = null;

  mark(changed: Changed): void {
    this.changed = bothChanged(this.changed, changed);
  }

  /**
   * The columns, valid until they are asked for after the next change.
   *
   * @param make all rows whose key is at least the changed one, ascending
   */
  current(make: (changed: Changed) => KeyedColumns<Name>): KeyedColumns<Name> {
    if (this.shown !== null && this.changed.key === Number.POSITIVE_INFINITY) return this.shown;
    const tail = make(this.changed);
    const row = this.columns.get("keys")?.lowerBound(this.changed.key) ?? 0;
    const names = Object.keys(tail) as (Name | "keys")[]; // as its type says
    for (const name of names) this.column(name).replaceFrom(row, tail[name]);
    this.changed = NOTHING_CHANGED;
    const views = names.map((name) => [name, this.column(name).view()]);
    this.shown = Object.fromEntries(views) as KeyedColumns<Name>; // one view per name
    return this.shown;
  }

  private column(name: Name | "keys"): GrowableColumn {
    let column = this.columns.get(name);
    if (column === undefined) {
      column = new GrowableColumn();
      this.columns.set(name, column);
    }
    return column;
  }
}
