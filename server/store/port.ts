/**
 * The one port behind which the hub keeps everything that must survive it. Two implementations (a SQLite file,
 * Redis), one contract suite. Registry, sessions and links are built on it, never in it: the store knows
 * nothing of agents, techniques or viewers.
 */

/** Names one session's file log: `<user tag>/<session id>`. A session is never addressed without its owner. */
export type LogKey = `${string}/${string}`;

/**
 * One step of an atomic change. `expected` is the whole current value (`null`: absent); `next` the new one
 * (`null`: remove). Values are opaque text and compared for equality. Each record at most once in one step.
 */
export interface RecordChange {
  readonly collection: string;
  readonly key: string;
  readonly expected: string | null;
  readonly next: string | null;
}

/** A record that must still hold this value for an append to count: a late write of an old owner changes nothing. */
export interface Fence {
  readonly collection: string;
  readonly key: string;
  readonly value: string;
  /** What the record becomes in the very step that stores a file; left out: it stays. Of appends alone. */
  readonly next?: string;
}

/** None, one, or several that must all hold; at most 4. */
export type Fences = Fence | readonly Fence[] | null;

/** One file to be logged. */
export interface AppendItem {
  /** Label: path relative to the watched folder, `/` between parts. Identity of the file inside its log. */
  readonly name: string;
  /** Lower-case hex of the content. */
  readonly sha256: string;
  /** What the log says of the file; opaque here. */
  readonly entry: Uint8Array;
  /** Results per version of the parameters; opaque here. */
  readonly results: readonly { readonly version: number; readonly body: Uint8Array }[];
  /** The file itself, or null where only the entry is kept (a rejected file). */
  readonly raw: Uint8Array | null;
}

/**
 * `stored`: a new row at `offset`; `revision` counts from 1 per name, `same_content_as` is the offset of the
 * newest row of another name with this content, if any.
 * `duplicate`: the latest row of this name has this very content; nothing was written.
 */
export type AppendOutcome =
  | {
      readonly kind: "stored";
      readonly offset: number;
      readonly revision: number;
      readonly same_content_as: number | null;
    }
  | { readonly kind: "duplicate"; readonly offset: number; readonly revision: number };

/**
 * `fenced`: the `fence`-th record (from 0) has another value: the writer is no longer the owner, say. `no-log`: the
 * session was deleted (looked at before the fences). Nothing was written in either.
 */
export type AppendReply =
  | { readonly kind: "done"; readonly epoch: string; readonly outcomes: readonly AppendOutcome[] }
  | { readonly kind: "fenced"; readonly fence: number }
  | { readonly kind: "no-log" };

/** Results of one version for rows that are there already. */
export interface ResultBatch {
  /** Offsets mean rows of this epoch alone. */
  readonly epoch: string;
  readonly version: number;
  /** A result that is there already is replaced. At most 1,000. */
  readonly results: readonly { readonly offset: number; readonly body: Uint8Array }[];
}

/** As `AppendReply`; `other-epoch`: the log has begun anew, and its offsets mean other rows. */
export type ResultsReply = "done" | "fenced" | "other-epoch" | "no-log";

/** Where a log stands. Offsets run from 0 without holes; `head` is the offset of the next row (= rows written). */
export interface LogHead {
  readonly epoch: string;
  readonly head: number;
}

export interface LogRow {
  readonly offset: number;
  readonly name: string;
  readonly sha256: string;
  readonly revision: number;
  readonly same_content_as: number | null;
  readonly entry: Uint8Array;
  /** The result for the version asked for; null where that version has none. */
  readonly result: Uint8Array | null;
}

export interface LogPage extends LogHead {
  readonly rows: readonly LogRow[];
}

/** Names one prepared page: the `number`-th of a log, in one of its epochs, with the results of one version. */
export interface PreparedPage {
  readonly epoch: string;
  readonly version: number;
  readonly number: number;
}

/**
 * Every method rejects with `StoreUnavailable` while the backing service is away; what was resolved is durable
 * (SQLite `synchronous=FULL`; Redis as its `appendfsync` says). What was rejected may have happened all the same,
 * when only the reply was lost: repeat an `append` freely (what was written is then a `duplicate`), read before
 * repeating a `compareAndSet`.
 *
 * Text with a NUL or half a surrogate pair is refused with a TypeError, before anything is written. Arrays handed
 * in must stay as they are (not transferred, not reused) until the promise settles; arrays handed out own their
 * memory.
 */
export interface Store {
  /** Random, made once and kept with the data: another value means another (or an emptied) store. */
  storeId(): Promise<string>;

  getRecord(collection: string, key: string): Promise<string | null>;
  /** Many values of one collection in one round trip, in the order asked; null where there is none. */
  getRecords(collection: string, keys: readonly string[]): Promise<readonly (string | null)[]>;
  listRecords(collection: string): Promise<ReadonlyMap<string, string>>;
  /** All of the changes or none: true when every `expected` held. At most 16 changes. */
  compareAndSet(changes: readonly RecordChange[]): Promise<boolean>;

  /** Makes an empty log; a log that is there already is left as it is. */
  createLog(key: LogKey, epoch: string): Promise<void>;
  /** Gives a log another epoch and leaves its rows: true when the epoch was `expected`. */
  rotateEpoch(key: LogKey, expected: string, next: string): Promise<boolean>;
  deleteLog(key: LogKey): Promise<void>;
  /**
   * Writes all items in order in one atomic step. Items of one batch see each other's names. The fences' records take
   * their next values in that step, unless every item was a duplicate.
   */
  append(key: LogKey, fences: Fences, items: readonly AppendItem[]): Promise<AppendReply>;
  /** Writes results for rows that the log has; offsets beyond its head are passed over. All or none. */
  putResults(key: LogKey, fences: Fences, batch: ResultBatch): Promise<ResultsReply>;
  /** Removes the results, and what was prepared of them, of all versions but these. Resolves when they are gone. */
  keepVersions(key: LogKey, versions: readonly number[]): Promise<void>;
  /** Rows `since ≤ offset < since + limit`, with the results of `version`. Null: no such log. */
  readLog(key: LogKey, range: { since: number; limit: number; version: number }): Promise<LogPage | null>;
  /** Heads of many logs in one round trip, in the order asked; null where there is no such log. */
  heads(keys: readonly LogKey[]): Promise<readonly (LogHead | null)[]>;
  /** Latest content per name, in the order asked; null for a name that the log does not have. */
  latestOf(
    key: LogKey,
    names: readonly string[],
  ): Promise<readonly ({ sha256: string; offset: number } | null)[]>;
  /** The file behind one row, byte for byte; null when it is not (or no longer) kept here. */
  readRaw(key: LogKey, offset: number): Promise<Uint8Array | null>;

  /**
   * Keeps what was made of rows that can no longer change, so that it need not be made again. Opaque here, derived,
   * on this hub's own disk alone: it goes with its log, with the log's epoch and with its version, and may be
   * missing at any time.
   */
  keepPrepared(key: LogKey, page: PreparedPage, bytes: Uint8Array): Promise<void>;
  /** What `keepPrepared` was given for this very page; null when it is not here. */
  readPrepared(key: LogKey, page: PreparedPage): Promise<Uint8Array | null>;

  /** Null while the store works, else what is wrong, in words for an operator. From memory, never a round trip. */
  problem(): string | null;
  close(): Promise<void>;
}

/** The backing service does not answer, or refuses writes. Retryable; nothing may be acknowledged. */
export class StoreUnavailable extends Error {
  override readonly name: string = "StoreUnavailable";
}

/** It refuses writes because there is no room: on the disk, or in Redis' memory. Reads may go on. */
export class StoreFull extends StoreUnavailable {
  override readonly name = "StoreFull";
}
