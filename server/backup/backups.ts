import type { Config } from "../config.ts";
import type { HubLog } from "../log/hub-log.ts";
import type { BackupCounts } from "../metrics/backup-counts.ts";
import type { Readiness } from "../operations/readiness.ts";
import { listBackups } from "./backup-files.ts";
import { type MadeBackup, makeBackup } from "./make-backup.ts";

const HOUR_MS = 3_600_000;
/** After a failure: long enough to free a disk, short enough not to lose a day. */
const RETRY_MS = HOUR_MS / 4;

interface BackupsDependencies {
  readonly dataDir: string;
  readonly directory: string;
  readonly everyHours: number;
  readonly keep: number;
  readonly now: () => number;
  readonly log: HubLog;
  readonly readiness: Pick<Readiness, "warn">;
  readonly counts: Pick<BackupCounts, "made" | "failed" | "found">;
}

/** Backups of the embedded store, by the clock and on request; one at a time. */
export class Backups {
  readonly #given: BackupsDependencies;
  readonly #stopping = new AbortController();
  #dueAtMs: number;
  #running: Promise<MadeBackup> | null = null;

  /** The clock goes on from the newest backup in the folder, so that a restart does not make another. */
  constructor(given: BackupsDependencies) {
    this.#given = given;
    const newest = newestIn(given.directory);
    if (newest !== null) given.counts.found(newest);
    this.#dueAtMs = newest === null ? given.now() : newest + given.everyHours * HOUR_MS;
  }

  /** Once a second: makes the backup that is due. What fails is logged, shown in /ready and tried again. */
  async tick(): Promise<void> {
    if (this.#given.now() < this.#dueAtMs) return;
    await this.make().catch(() => undefined);
  }

  /** Makes a backup now, or waits for the one under way. @throws Error in words for an operator */
  make(): Promise<MadeBackup> {
    this.#running ??= this.#make().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Ends the one under way; what it has written so far is removed by the next. */
  stop(): void {
    this.#stopping.abort();
  }

  async #make(): Promise<MadeBackup> {
    const { dataDir, directory, keep, now, log, readiness, counts } = this.#given;
    const atMs = now();
    try {
      const made = await makeBackup({ dataDir, directory, keep, atMs, signal: this.#stopping.signal });
      this.#dueAtMs = atMs + this.#given.everyHours * HOUR_MS;
      readiness.warn("backup", null);
      counts.made(atMs);
      log.info({ path: made.path, bytes: made.bytes, files: made.files }, "backup made");
      return made;
    } catch (error) {
      this.#dueAtMs = now() + RETRY_MS;
      readiness.warn("backup", `The last backup failed: ${String(error)}`);
      counts.failed();
      log.error({ err: error }, "backup failed");
      throw error;
    }
  }
}

type Settings = Pick<Config, "DATA_DIR" | "REDIS_URL" | "BACKUP_DIR" | "BACKUP_EVERY_HOURS" | "BACKUP_KEEP">;

/** The backups that the settings ask for; null: none. */
export function openBackups({
  config,
  ...parts
}: Pick<BackupsDependencies, "now" | "log" | "readiness" | "counts"> & { config: Settings }): Backups | null {
  const { DATA_DIR: dataDir, BACKUP_DIR: directory, BACKUP_KEEP: keep } = config;
  if (directory === undefined) return null;
  if (config.REDIS_URL !== undefined) {
    parts.readiness.warn("backup", "BACKUP_DIR has no effect with REDIS_URL: back up Redis itself.");
    return null;
  }
  return new Backups({ ...parts, dataDir, directory, everyHours: config.BACKUP_EVERY_HOURS, keep });
}

/** null: there is none, or the folder cannot be read; then the next backup makes it, or says why not. */
function newestIn(directory: string): number | null {
  try {
    return listBackups(directory)[0]?.made_at_ms ?? null;
  } catch {
    return null;
  }
}
