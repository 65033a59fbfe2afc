import type {
  AppendItem,
  AppendOutcome,
  AppendReply,
  Fence,
  Fences,
  LogKey,
  RecordChange,
  ResultBatch,
  ResultsReply,
} from "../../server/store/port.ts";

interface ModelRow {
  item: AppendItem;
  readonly revision: number;
  readonly same_content_as: number | null;
}

interface ModelLog {
  epoch: string;
  readonly rows: ModelRow[];
  readonly raw: Map<string, Uint8Array>;
}

/** What the port promises, in the plainest words: arrays, searched from the end. */
export class StoreModel {
  readonly #records = new Map<string, Map<string, string>>();
  readonly #logs = new Map<LogKey, ModelLog>();

  getRecords(collection: string, keys: readonly string[]): (string | null)[] {
    return keys.map((key) => this.getRecord(collection, key));
  }

  getRecord(collection: string, key: string): string | null {
    return this.#records.get(collection)?.get(key) ?? null;
  }

  listRecords(collection: string): Map<string, string> {
    return new Map(this.#records.get(collection));
  }

  compareAndSet(changes: readonly RecordChange[]): boolean {
    if (changes.some(({ collection, key, expected }) => this.getRecord(collection, key) !== expected))
      return false;
    for (const { collection, key, next } of changes) {
      const records = this.#records.get(collection) ?? new Map<string, string>();
      this.#records.set(collection, records);
      if (next === null) records.delete(key);
      else records.set(key, next);
    }
    return true;
  }

  createLog(key: LogKey, epoch: string): void {
    if (!this.#logs.has(key)) this.#logs.set(key, { epoch, rows: [], raw: new Map() });
  }

  rotateEpoch(key: LogKey, expected: string, next: string): boolean {
    const log = this.#logs.get(key);
    if (log?.epoch !== expected) return false;
    log.epoch = next;
    return true;
  }

  deleteLog(key: LogKey): void {
    this.#logs.delete(key);
  }

  append(key: LogKey, fences: Fences, items: readonly AppendItem[]): AppendReply {
    const log = this.#logs.get(key);
    if (log === undefined) return { kind: "no-log" };
    const fence = this.#fallen(fences);
    if (fence !== -1) return { kind: "fenced", fence };
    const outcomes = items.map((item) => appendOne(log, item));
    if (outcomes.some(({ kind }) => kind === "stored")) this.#moveOn(fences);
    return { kind: "done", epoch: log.epoch, outcomes };
  }

  putResults(key: LogKey, fences: Fences, { epoch, version, results }: ResultBatch): ResultsReply {
    const log = this.#logs.get(key);
    if (log === undefined) return "no-log";
    if (this.#fallen(fences) !== -1) return "fenced";
    if (log.epoch !== epoch) return "other-epoch";
    for (const { offset, body } of results) {
      const row = log.rows[offset];
      if (row === undefined) continue;
      const others = row.item.results.filter((result) => result.version !== version);
      row.item = { ...row.item, results: [...others, { version, body }] };
    }
    return "done";
  }

  keepVersions(key: LogKey, versions: readonly number[]): void {
    for (const row of this.#logs.get(key)?.rows ?? []) {
      const results = row.item.results.filter(({ version }) => versions.includes(version));
      row.item = { ...row.item, results };
    }
  }

  #moveOn(fences: Fences): void {
    for (const { collection, key, next } of fencesOf(fences))
      if (next !== undefined) this.#records.get(collection)?.set(key, next);
  }

  #fallen(fences: Fences): number {
    return fencesOf(fences).findIndex(
      ({ collection, key, value }) => this.getRecord(collection, key) !== value,
    );
  }

  readLog(key: LogKey, { since, limit, version }: { since: number; limit: number; version: number }) {
    const log = this.#logs.get(key);
    if (log === undefined) return null;
    const rows = log.rows
      .map(({ item, revision, same_content_as }, offset) => ({
        offset,
        name: item.name,
        sha256: item.sha256,
        revision,
        same_content_as,
        entry: item.entry,
        result: item.results.find((result) => result.version === version)?.body ?? null,
      }))
      .slice(since, since + limit);
    return { epoch: log.epoch, head: log.rows.length, rows };
  }

  heads(keys: readonly LogKey[]) {
    return keys.map((key) => {
      const log = this.#logs.get(key);
      return log === undefined ? null : { epoch: log.epoch, head: log.rows.length };
    });
  }

  latestOf(key: LogKey, names: readonly string[]) {
    const rows = this.#logs.get(key)?.rows ?? [];
    return names.map((name) => {
      const offset = rows.findLastIndex(({ item }) => item.name === name);
      const row = rows[offset];
      return row === undefined ? null : { sha256: row.item.sha256, offset };
    });
  }

  readRaw(key: LogKey, offset: number): Uint8Array | null {
    const log = this.#logs.get(key);
    const row = log?.rows[offset];
    return (row && log?.raw.get(row.item.sha256)) ?? null;
  }
}

function fencesOf(fences: Fences): readonly Fence[] {
  return fences === null ? [] : "value" in fences ? [fences] : fences;
}

function appendOne(log: ModelLog, item: AppendItem): AppendOutcome {
  const { rows, raw } = log;
  const latestOffset = rows.findLastIndex((row) => row.item.name === item.name);
  const latest = rows[latestOffset];
  if (latest?.item.sha256 === item.sha256) {
    return { kind: "duplicate", offset: latestOffset, revision: latest.revision };
  }
  const twin = rows.findLastIndex((row) => row.item.sha256 === item.sha256 && row.item.name !== item.name);
  const same_content_as = twin === -1 ? null : twin;
  const revision = (latest?.revision ?? 0) + 1;
  rows.push({ item, revision, same_content_as });
  if (item.raw !== null) raw.set(item.sha256, item.raw);
  return { kind: "stored", offset: rows.length - 1, revision, same_content_as };
}
