import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const NAME = /^benchcast-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.db$/;
/** While it is written it has this ending; only a whole one gets its name. */
export const UNFINISHED = ".part";
/** One that has not grown for this long was broken off; a copy that is being made grows all the time. */
const ABANDONED_AFTER_MS = 3_600_000;

export interface BackupFile {
  readonly path: string;
  readonly made_at_ms: number;
}

/** Name of a backup that was begun at this moment: sorts by time, and says it. */
export function backupName(atMs: number): string {
  return `benchcast-${new Date(atMs).toISOString().replace(/[-:.]/g, "")}.db`;
}

/** Backups in a folder, newest first; files of other names are nobody's business here. */
export function listBackups(directory: string): BackupFile[] {
  return readdirSync(directory)
    .flatMap((name) => {
      const made_at_ms = madeAt(name);
      return made_at_ms === null ? [] : [{ path: join(directory, name), made_at_ms }];
    })
    .sort((a, b) => b.made_at_ms - a.made_at_ms);
}

/** Removes all but the newest. */
export function pruneBackups(directory: string, keep: number): void {
  for (const { path } of listBackups(directory).slice(keep)) rmSync(path);
}

/** Removes what backups that were broken off have left: another one may be under way in the same folder. */
export function removeAbandoned(directory: string, nowMs: number): void {
  for (const name of readdirSync(directory)) {
    if (!name.endsWith(UNFINISHED) || madeAt(name.slice(0, -UNFINISHED.length)) === null) continue;
    const path = join(directory, name);
    if (nowMs - statSync(path).mtimeMs > ABANDONED_AFTER_MS) rmSync(path);
  }
}

function madeAt(name: string): number | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, ms] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(time) ? null : time;
}
