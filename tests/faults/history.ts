import type { Shown } from "../support/following-viewer.ts";
import type { WrittenContent } from "../support/instrument.ts";

/** What happened in one run, as everybody saw it. Times are `performance.now()` of the one test process. */
export interface History {
  /** What stood in the folder: per name, all contents in order. */
  readonly written: ReadonlyMap<string, readonly WrittenContent[]>;
  /** Every `stored` and `duplicate` that the hub sent, whether or not it reached the agent. */
  readonly acks: readonly AckSeen[];
  /** What the store holds at the end. */
  readonly log: StoredLog;
  readonly viewers: readonly ViewSeen[];
}

export interface AckSeen {
  readonly name: string;
  readonly sha256: string;
  readonly epoch: string;
  readonly offset: number;
  readonly revision: number;
}

export interface StoredLog {
  readonly epoch: string;
  readonly rows: readonly StoredRow[];
}

export interface StoredRow {
  readonly offset: number;
  readonly name: string;
  readonly sha256: string;
  readonly revision: number;
  /** SHA-256 of the file's bytes as they are kept; null: they are not kept. */
  readonly rawSha256: string | null;
}

export interface ViewSeen {
  readonly viewer: string;
  /** In the order of the log, since the viewer last began anew. */
  readonly shown: readonly Shown[];
  readonly faults: readonly string[];
  readonly restarts: number;
}
