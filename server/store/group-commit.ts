import type Database from "libsql";
import type { Checkpoints } from "./checkpoints.ts";
import { StoreUnavailable } from "./port.ts";
import type { SqliteHealth } from "./sqlite-health.ts";

/** Bounds one transaction, and so how long the event loop stands still: about 40 ms of writing. */
const MAX_TRANSACTION_BYTES = 8 * 1024 * 1024;

interface Change {
  readonly weight: number;
  /** Runs inside the transaction, and once more alone when the whole batch failed. */
  apply(): () => void;
  reject(reason: unknown): void;
}

/**
 * Puts the changes that arrive in one turn of the event loop into one transaction: one flush to disk for all
 * of them. Nobody is told before the commit. A change that fails costs nobody else anything: the transaction
 * is rolled back and each of its changes runs again alone, so a change must do nothing but SQL.
 *
 * The queue holds what callers await at this moment; their own limits bound it.
 */
export class GroupCommit {
  readonly #database: Database.Database;
  readonly #health: SqliteHealth;
  readonly #checkpoints: Pick<Checkpoints, "wrote">;
  #waiting: Change[] = [];
  #scheduled: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(database: Database.Database, health: SqliteHealth, checkpoints: Pick<Checkpoints, "wrote">) {
    this.#database = database;
    this.#health = health;
    this.#checkpoints = checkpoints;
  }

  /**
   * Resolves with what `apply` returned, once it is on disk.
   * @param weight bytes that it will write, roughly
   */
  run<Result>(weight: number, apply: () => Result): Promise<Result> {
    if (this.#closed) return Promise.reject(new StoreUnavailable("the store is closed"));
    return new Promise((resolve, reject) => {
      const applied = () => {
        const result = apply();
        return () => resolve(result);
      };
      this.#waiting.push({ weight, apply: applied, reject });
      // After the I/O callbacks of this turn, so that files which arrived together are written together.
      this.#scheduled ??= setImmediate(() => this.#flush());
    });
  }

  /** Writes what still waits; refuses what comes later. */
  close(): void {
    this.#closed = true;
    clearImmediate(this.#scheduled);
    while (this.#waiting.length > 0) this.#flush();
    clearImmediate(this.#scheduled);
  }

  #flush(): void {
    this.#scheduled = undefined;
    const batch = this.#nextBatch();
    if (this.#waiting.length > 0) this.#scheduled = setImmediate(() => this.#flush());
    const [only, ...others] = batch;
    if (only !== undefined && others.length === 0) {
      this.#commitAlone(only);
      return;
    }
    try {
      this.#commit(batch);
    } catch {
      for (const change of batch) this.#commitAlone(change);
    }
  }

  #nextBatch(): Change[] {
    let weight = 0;
    const end = this.#waiting.findIndex((change, index) => {
      weight += change.weight;
      return index > 0 && weight > MAX_TRANSACTION_BYTES;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  #commitAlone(change: Change): void {
    try {
      this.#commit([change]);
    } catch (error) {
      change.reject(this.#health.explain(error));
    }
  }

  #commit(batch: readonly Change[]): void {
    let settle: (() => void)[];
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      settle = batch.map((change) => change.apply());
      this.#database.exec("COMMIT");
    } catch (error) {
      // SQLite has rolled back by itself after some disk errors.
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
    for (const tell of settle) tell();
    this.#checkpoints.wrote(batch.reduce((bytes, { weight }) => bytes + weight, 0));
  }
}
