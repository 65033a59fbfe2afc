import { Worker } from "node:worker_threads";
import type Database from "libsql";

/** Written since the last one: half of what SQLite by itself lets come together, so that it seldom has to. */
const EVERY_BYTES = 4 * 1024 * 1024;
/** Pages of the WAL past which a commit itself copies them: 32 MB, when the thread does not keep up. */
const WITH_THREAD = 4_000;
/** SQLite's own default, for where no thread can work. */
const WITHOUT_THREAD = 1_000;
/** It has one connection and a few objects. */
const RESOURCES = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 };

/**
 * Copies what is committed from the WAL into the database file, in a thread. By itself SQLite does that inside the
 * commit that finds the WAL long, and the event loop stands still for two flushes of the disk: every few hundred
 * files, when somebody catches up, one live file would wait for it. The thread begins with the first megabytes.
 */
export class Checkpoints {
  readonly #database: Database.Database;
  readonly #path: string;
  #worker: Worker | null = null;
  #state: "idle" | "busy" | "off" = "idle";
  #bytes = 0;

  constructor(database: Database.Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#letGrow(WITH_THREAD);
  }

  /** So much was committed. */
  wrote(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < EVERY_BYTES || this.#state !== "idle") return;
    this.#bytes = 0;
    this.#state = "busy";
    this.#worker ??= this.#begin();
    this.#worker.postMessage("checkpoint");
  }

  /** Resolves when the thread has let go of the file. */
  async close(): Promise<void> {
    this.#state = "off";
    const worker = this.#worker;
    this.#worker = null;
    if (worker === null) return;
    await new Promise((gone) => {
      worker.once("exit", gone);
      worker.postMessage("close");
    });
  }

  #begin(): Worker {
    const url = new URL("./checkpoint-worker.mjs", import.meta.url);
    const worker = new Worker(url, { workerData: { path: this.#path }, resourceLimits: RESOURCES });
    // The hub may end without it.
    worker.unref();
    worker.on("message", () => {
      if (this.#state === "busy") this.#state = "idle";
    });
    worker.on("error", () => undefined);
    worker.once("exit", () => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#state = "off";
      this.#letGrow(WITHOUT_THREAD);
    });
    return worker;
  }

  #letGrow(pages: number): void {
    if (this.#database.open) this.#database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
  }
}
