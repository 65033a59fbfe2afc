import type Database from "libsql";
import { assertStorableText } from "./arguments.ts";

/** What may be handed to libsql. Anything else aborts the whole process inside its native code. */
export type SqlValue = number | bigint | string | Buffer | null;

export interface RunResult {
  /** Rows inserted, changed or removed. */
  readonly changes: number;
  readonly lastInsertRowid: number;
}

/**
 * Checks every value before libsql sees it: a boolean, an `undefined` or a typed array that is not a Buffer
 * does not fail there, it ends Node.
 * @throws TypeError naming the position and what was found.
 */
export function bindable(values: readonly unknown[]): SqlValue[] {
  return values.map((value, position) => {
    if (value === null || typeof value === "bigint" || Buffer.isBuffer(value)) return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value === "string") return assertStorableText(value);
    throw new TypeError(`Value ${position + 1} cannot be stored in SQLite: ${describe(value)}`);
  });
}

/** One prepared statement whose rows are tuples in the order of its SELECT list. */
export class Statement<Row extends readonly SqlValue[] = []> {
  readonly #statement: Database.Statement;

  constructor(database: Database.Database, sql: string) {
    this.#statement = database.prepare(sql);
    // libsql ignores pluck() in get() and gives BLOBs as ArrayBuffer unless rows are raw.
    if (this.#statement.columns().length > 0) this.#statement.raw();
  }

  run(...values: readonly SqlValue[]): RunResult {
    const { changes, lastInsertRowid } = this.#statement.run(bindable(values));
    return { changes, lastInsertRowid: Number(lastInsertRowid) };
  }

  first(...values: readonly SqlValue[]): Row | undefined {
    // The SELECT list of the statement, written beside its Row type, decides the shape.
    return this.#statement.get(bindable(values)) as Row | undefined;
  }

  all(...values: readonly SqlValue[]): Row[] {
    // As in first().
    return this.#statement.all(bindable(values)) as Row[];
  }
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return value.constructor?.name ?? "an object";
  return typeof value === "number" ? String(value) : typeof value;
}
