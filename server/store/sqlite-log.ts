import type Database from "libsql";
import { Statement } from "./bind.ts";
import { asBuffer, ownBytes } from "./bytes.ts";
import type { AppendItem, AppendOutcome, LogHead, LogKey, LogPage, LogRow, ResultBatch } from "./port.ts";
import type { RawScans } from "./raw-scans.ts";

/** Rows that one sweep of a deleted log removes: a few milliseconds of the event loop. */
const SWEEP_ROWS = 256;

type RowTuple = [
  offset: number,
  name: string,
  sha256: string,
  revision: number,
  sameContentAs: number | null,
  entry: Buffer,
  result: Buffer | null,
];

/** An existing log inside one transaction. */
export interface OpenLog extends LogHead {
  readonly id: number;
}

/** File logs of the embedded store. Every method that writes belongs inside the caller's transaction. */
export class SqliteLog {
  readonly #raw: RawScans;
  readonly #find: Statement<[id: number, epoch: string, head: number]>;
  readonly #create: Statement;
  readonly #rotate: Statement;
  readonly #orphan: Statement;
  readonly #latest: Statement<[offset: number, revision: number, sha256: string]>;
  readonly #newestTwin: Statement<[offset: number]>;
  readonly #addRow: Statement;
  readonly #addResult: Statement;
  readonly #setHead: Statement;
  readonly #rows: Statement<RowTuple>;
  readonly #content: Statement<[sha256: string]>;
  readonly #orphans: Statement<[log: number, offset: number]>;
  readonly #dropResults: Statement;
  readonly #replaceResult: Statement;
  readonly #versions: Statement<[offset: number, version: number]>;
  readonly #dropResult: Statement;
  readonly #dropRow: Statement;
  readonly #dropLogs: Statement;

  constructor(database: Database.Database, raw: RawScans) {
    this.#raw = raw;
    this.#find = new Statement(database, "SELECT id, epoch, head FROM file_log WHERE key = ?");
    this.#create = new Statement(
      database,
      "INSERT INTO file_log (key, epoch, head) VALUES (?, ?, 0) ON CONFLICT (key) DO NOTHING",
    );
    this.#rotate = new Statement(database, "UPDATE file_log SET epoch = ? WHERE key = ? AND epoch = ?");
    this.#orphan = new Statement(database, "UPDATE file_log SET key = NULL WHERE key = ?");
    this.#latest = new Statement(
      database,
      "SELECT offset, revision, sha256 FROM log_row WHERE log = ? AND name = ? ORDER BY offset DESC LIMIT 1",
    );
    this.#newestTwin = new Statement(
      database,
      `SELECT offset FROM log_row WHERE log = ? AND sha256 = ? AND name <> ? ORDER BY offset DESC LIMIT 1`,
    );
    this.#addRow = new Statement(database, "INSERT INTO log_row VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#addResult = new Statement(database, "INSERT INTO log_result VALUES (?, ?, ?, ?)");
    this.#setHead = new Statement(database, "UPDATE file_log SET head = ? WHERE id = ?");
    this.#rows = new Statement(
      database,
      `SELECT r.offset, r.name, r.sha256, r.revision, r.same_content_as, r.entry, v.body
       FROM log_row r LEFT JOIN log_result v ON v.log = r.log AND v.offset = r.offset AND v.version = ?
       WHERE r.log = ? AND r.offset >= ? AND r.offset < ? ORDER BY r.offset`,
    );
    this.#content = new Statement(database, "SELECT sha256 FROM log_row WHERE log = ? AND offset = ?");
    this.#orphans = new Statement(
      database,
      `SELECT r.log, r.offset FROM file_log l JOIN log_row r ON r.log = l.id
       WHERE l.key IS NULL LIMIT ${SWEEP_ROWS}`,
    );
    this.#dropResults = new Statement(database, "DELETE FROM log_result WHERE log = ? AND offset = ?");
    this.#replaceResult = new Statement(
      database,
      `INSERT INTO log_result VALUES (?, ?, ?, ?)
       ON CONFLICT (log, offset, version) DO UPDATE SET body = excluded.body`,
    );
    this.#versions = new Statement(
      database,
      `SELECT offset, version FROM log_result WHERE log = ? AND offset >= ? ORDER BY offset LIMIT ${SWEEP_ROWS}`,
    );
    this.#dropResult = new Statement(
      database,
      "DELETE FROM log_result WHERE log = ? AND offset = ? AND version = ?",
    );
    this.#dropRow = new Statement(database, "DELETE FROM log_row WHERE log = ? AND offset = ?");
    this.#dropLogs = new Statement(database, "DELETE FROM file_log WHERE key IS NULL");
  }

  find(key: LogKey): OpenLog | null {
    const found = this.#find.first(key);
    if (found === undefined) return null;
    const [id, epoch, head] = found;
    return { id, epoch, head };
  }

  create(key: LogKey, epoch: string): void {
    this.#create.run(key, epoch);
  }

  /** @returns whether the epoch was `expected` and is `next` now */
  rotate(key: LogKey, expected: string, next: string): boolean {
    return this.#rotate.run(next, key, expected).changes > 0;
  }

  /** Gone at once for every reader and writer; `sweep` gives the space back. */
  remove(key: LogKey): void {
    this.#orphan.run(key);
    this.#raw.forget(key);
  }

  append(key: LogKey, log: OpenLog, items: readonly AppendItem[]): AppendOutcome[] {
    let head = log.head;
    const outcomes = items.map((item) => {
      const outcome = this.#appendOne(key, log.id, head, item);
      if (outcome.kind === "stored") head += 1;
      return outcome;
    });
    if (head > log.head) this.#setHead.run(head, log.id);
    return outcomes;
  }

  putResults(log: OpenLog, { version, results }: ResultBatch): void {
    for (const { offset, body } of results)
      if (offset < log.head) this.#replaceResult.run(log.id, offset, version, asBuffer(body));
  }

  /** Removes some results of other versions, from an offset on. @returns where to go on, null when all was seen */
  keepVersions(key: LogKey, versions: readonly number[], from: number): number | null {
    const log = this.find(key);
    const found = log === null ? [] : this.#versions.all(log.id, from);
    for (const [offset, version] of found)
      if (log !== null && !versions.includes(version)) this.#dropResult.run(log.id, offset, version);
    const last = found.at(-1);
    if (last === undefined || found.length < SWEEP_ROWS) return null;
    // The last offset may have more versions than were seen: it is looked at again, unless it filled the page alone.
    return last[0] > from ? last[0] : from + 1;
  }

  read(key: LogKey, range: { since: number; limit: number; version: number }): LogPage | null {
    const log = this.find(key);
    if (log === null) return null;
    const { since, limit, version } = range;
    const rows = this.#rows.all(version, log.id, since, since + limit).map(toLogRow);
    return { epoch: log.epoch, head: log.head, rows };
  }

  latestOf(log: OpenLog, name: string): { sha256: string; offset: number } | null {
    const latest = this.#latest.first(log.id, name);
    return latest === undefined ? null : { sha256: latest[2], offset: latest[0] };
  }

  readRaw(key: LogKey, offset: number): Uint8Array | null {
    const log = this.find(key);
    const content = log === null ? undefined : this.#content.first(log.id, offset);
    return content === undefined ? null : this.#raw.get(key, content[0]);
  }

  /** Removes some rows of deleted logs. @returns whether there are more */
  sweep(): boolean {
    const orphans = this.#orphans.all();
    for (const [log, offset] of orphans) {
      this.#dropResults.run(log, offset);
      this.#dropRow.run(log, offset);
    }
    if (orphans.length === SWEEP_ROWS) return true;
    this.#dropLogs.run();
    return false;
  }

  #appendOne(key: LogKey, log: number, offset: number, item: AppendItem): AppendOutcome {
    const { name, sha256, entry, results, raw } = item;
    const [latestOffset, latestRevision, latestSha256] = this.#latest.first(log, name) ?? [0, 0, null];
    if (latestSha256 === sha256) {
      return { kind: "duplicate", offset: latestOffset, revision: latestRevision };
    }
    const revision = latestRevision + 1;
    const twin = this.#newestTwin.first(log, sha256, name)?.[0] ?? null;
    this.#addRow.run(log, offset, name, sha256, revision, twin, asBuffer(entry));
    for (const { version, body } of results) this.#addResult.run(log, offset, version, asBuffer(body));
    if (raw !== null) this.#raw.put(key, sha256, raw);
    return { kind: "stored", offset, revision, same_content_as: twin };
  }
}

function toLogRow([offset, name, sha256, revision, same_content_as, entry, result]: RowTuple): LogRow {
  const body = result === null ? null : ownBytes(result);
  return { offset, name, sha256, revision, same_content_as, entry: ownBytes(entry), result: body };
}
