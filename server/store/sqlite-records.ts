import type Database from "libsql";
import { Statement } from "./bind.ts";
import type { Fence, RecordChange } from "./port.ts";

/** Records of the embedded store. `compareAndSet` belongs inside the caller's transaction. */
export class SqliteRecords {
  readonly #get: Statement<[value: string]>;
  readonly #list: Statement<[key: string, value: string]>;
  readonly #set: Statement;
  readonly #remove: Statement;

  constructor(database: Database.Database) {
    this.#get = new Statement(database, "SELECT value FROM record WHERE collection = ? AND key = ?");
    this.#list = new Statement(database, "SELECT key, value FROM record WHERE collection = ?");
    this.#set = new Statement(
      database,
      `INSERT INTO record (collection, key, value) VALUES (?, ?, ?)
       ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value`,
    );
    this.#remove = new Statement(database, "DELETE FROM record WHERE collection = ? AND key = ?");
  }

  get(collection: string, key: string): string | null {
    return this.#get.first(collection, key)?.[0] ?? null;
  }

  list(collection: string): ReadonlyMap<string, string> {
    return new Map(this.#list.all(collection));
  }

  compareAndSet(changes: readonly RecordChange[]): boolean {
    if (changes.some(({ collection, key, expected }) => this.get(collection, key) !== expected)) return false;
    for (const { collection, key, next } of changes) {
      if (next === null) this.#remove.run(collection, key);
      else this.#set.run(collection, key, next);
    }
    return true;
  }

  holds(fence: Fence): boolean {
    return this.get(fence.collection, fence.key) === fence.value;
  }

  /** Gives the records of fences that hold their next values. Belongs inside the caller's transaction. */
  moveOn(fences: readonly Fence[]): void {
    for (const { collection, key, next } of fences)
      if (next !== undefined) this.#set.run(collection, key, next);
  }
}
