import { Counter, Gauge, type Registry } from "prom-client";

/** Backups of the embedded store. */
export class BackupCounts {
  readonly #outcomes: Counter<"outcome">;
  readonly #latest: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#outcomes = new Counter({
      name: "benchcast_backups_total",
      help: "Backups by outcome.",
      labelNames: ["outcome"],
      registers,
    });
    for (const outcome of ["made", "failed"]) this.#outcomes.inc({ outcome }, 0);
    this.#latest = new Gauge({
      name: "benchcast_backup_last_success_timestamp_seconds",
      help: "When the newest whole backup was begun, s since 1970; 0: there is none.",
      registers,
    });
  }

  made(atMs: number): void {
    this.#outcomes.inc({ outcome: "made" });
    this.found(atMs);
  }

  /** The newest one that was there already. */
  found(atMs: number): void {
    this.#latest.set(atMs / 1_000);
  }

  failed(): void {
    this.#outcomes.inc({ outcome: "failed" });
  }
}
