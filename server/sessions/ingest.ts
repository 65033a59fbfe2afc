import type { ParseOutcome } from "../../shared/formats/scan.ts";
import type { StreamInstrumentData, StreamReply } from "../../shared/protocol/agent-events.ts";
import { ERRORS, type ErrorCode, RequestError } from "../../shared/protocol/errors.ts";
import { CREDIT } from "../../shared/protocol/limits.ts";
import { matchName, type NameFields } from "../../shared/protocol/name-pattern.ts";
import type { SessionId } from "../../shared/protocol/session.ts";
import { analyseParsed, type FileFacts } from "../analysis/analyse-file.ts";
import { analyseScans } from "../analysis/analysis-job.ts";
import { type AnalysisPool, INLINE_BYTES } from "../analysis/analysis-pool.ts";
import { entryToBytes } from "../analysis/entry.ts";
import type { AppendItem, AppendReply, Fence, LogHead, LogKey, LogRow, Store } from "../store/port.ts";
import type { Registration } from "./agent-registry.ts";
import { afterLogging, type FileOutcomes, resultsOf } from "./file-outcomes.ts";
import type { LiveSession } from "./live-session.ts";
import type { LogPages } from "./log-pages.ts";
import {
  isNextOpen,
  logKey,
  type SessionBook,
  type SessionRecord,
  type StoredSession,
} from "./session-book.ts";
import type { StoreIdentity } from "./store-identity.ts";
import type { Uploads } from "./uploads.ts";

/** One connected agent, as far as its files are concerned. */
export interface FileSource {
  readonly registration: Registration;
  readonly sessions: ReadonlyMap<SessionId, LiveSession>;
  readonly uploads: Uploads;
}

/** What became of one part; `logged` when it completed a file that was new to the log. */
export interface Receipt {
  readonly reply: StreamReply;
  readonly logged: LoggedFile | null;
}

export interface LoggedFile {
  readonly live: LiveSession;
  /** As it was when the file was analysed: its parameters made the results. */
  readonly record: SessionRecord;
  readonly epoch: string;
  readonly row: LogRow;
  readonly parsed: ParseOutcome;
  readonly fields: NameFields;
}

/** A file to be logged, and how it is analysed with the session as it stands. */
interface Making {
  readonly raw: Uint8Array | null;
  readonly fields: NameFields;
  readonly make: (record: SessionRecord) => Promise<FileOutcomes>;
  readonly analysed: () => void;
}

/** Changes of a session while one file is logged; more than a few are a fault, not people. */
const MAX_CHANGES = 8;

interface IngestDependencies {
  readonly pool: AnalysisPool;
  readonly store: Store;
  readonly book: SessionBook;
  readonly pages: LogPages;
  readonly identity: StoreIdentity;
  readonly now: () => number;
  readonly maxFileBytes: number;
}

/** From bytes to a durable entry with its results. No byte of an entry leaves this place before its commit. */
export class Ingest {
  readonly #store: Store;
  readonly #book: SessionBook;
  readonly #pages: LogPages;
  readonly #pool: AnalysisPool;
  readonly #identity: StoreIdentity;
  readonly #now: () => number;
  readonly #maxFileBytes: number;

  constructor({ store, book, pages, pool, identity, now, maxFileBytes }: IngestDependencies) {
    this.#store = store;
    this.#book = book;
    this.#pages = pages;
    this.#pool = pool;
    this.#identity = identity;
    this.#now = now;
    this.#maxFileBytes = maxFileBytes;
  }

  /**
   * @param analysed called when nothing but the commit is left
   * @throws RequestError when the part cannot be taken now, or not from this agent
   */
  async receive(source: FileSource, part: StreamInstrumentData, analysed: () => void): Promise<Receipt> {
    try {
      return await this.#take(source, part, analysed);
    } catch (error) {
      // A session that another store does not have was not deleted: it is restored in a moment.
      const missing = error instanceof RequestError && error.code === "session_not_found";
      throw missing && (await this.#identity.isLost()) ? new RequestError("store_unavailable") : error;
    }
  }

  async #take(source: FileSource, part: StreamInstrumentData, analysed: () => void): Promise<Receipt> {
    const live = source.sessions.get(part.session_id);
    if (live === undefined) throw new RequestError("session_not_running");
    const fields = matchName(live.pattern, part.filename);
    if (fields === null)
      return rejected(
        "file_not_listed",
        `The name does not fit the session's pattern ${live.record.filters.pattern}.`,
      );
    if (part.size > this.#maxFileBytes) return this.#refuseLarge(source, live, part, fields, analysed);
    const step = source.uploads.take(part);
    if (step.kind === "partial")
      return { reply: { outcome: "partial", from: step.from, credit: CREDIT }, logged: null };
    const { bytes } = step;
    const facts = this.#facts(part, fields);
    const make = (record: SessionRecord) => this.#outcomes(record, bytes, facts);
    return this.#append(source, live, part, { raw: bytes, fields, make, analysed });
  }

  /** What the current version says of a file, and what a version says that is being made. */
  async #outcomes(record: SessionRecord, bytes: Uint8Array, facts: FileFacts): Promise<FileOutcomes> {
    const { technique, params, reanalysis } = record;
    const current = await this.#pool.analyse({ bytes, facts, settings: { technique, params } });
    if (reanalysis === null || isNextOpen(record)) return { current, next: null };
    const settings = { technique, params: reanalysis.params };
    const readsAlike = JSON.stringify(reanalysis.params.table) === JSON.stringify(params.table);
    const isSmall = bytes.length <= INLINE_BYTES;
    const next =
      readsAlike && isSmall
        ? analyseScans(current.parsed, settings, facts)
        : await this.#pool.analyse({ bytes, facts, settings });
    return { current, next };
  }

  async #append(
    source: FileSource,
    live: LiveSession,
    part: StreamInstrumentData,
    file: Making,
  ): Promise<Receipt> {
    const { registration } = source;
    const { filename: name, sha256 } = part;
    const key = logKey(registration.tag, live.record.session_id);
    for (let again = 0; again < MAX_CHANGES; again++) {
      const stored = await live.standing(() => this.#book.read(registration.tag, live.record.session_id));
      const outcomes = await file.make(stored.record);
      const results = resultsOf(stored.record, outcomes);
      const { parsed, analysed } = outcomes.current;
      const entry = entryToBytes(analysed.entry);
      const item = { name, sha256, entry, results, raw: file.raw };
      file.analysed();
      const record = afterLogging(stored.record, outcomes);
      const fence = changing(stored, record);
      const before = live.position;
      const reply = await this.#store.append(key, [registration.fence, fence], [item]);
      if (reply.kind === "no-log") throw new RequestError("session_not_found");
      if (reply.kind === "done") {
        const row = { name, sha256, entry, result: results[0]?.body ?? null };
        return this.#receipt(live, reply, { key, before, record, row, parsed, results, fields: file.fields });
      }
      if (reply.fence === 0) throw new RequestError("replaced");
      // The session was changed meanwhile: stopped, given other parameters, or another file has made its choices.
      live.outdated();
    }
    throw new Error("The session changed at every attempt to log a file.");
  }

  #receipt(
    live: LiveSession,
    reply: Extract<AppendReply, { kind: "done" }>,
    file: {
      key: LogKey;
      /** Where the log stood when the file was sent to the store. */
      before: LogHead;
      row: Pick<LogRow, "name" | "sha256" | "entry" | "result">;
      results: AppendItem["results"];
    } & Pick<LoggedFile, "record" | "parsed" | "fields">,
  ): Receipt {
    const [outcome] = reply.outcomes;
    if (outcome === undefined) throw new Error("The store answered an append of one file with no outcome.");
    const { epoch } = reply;
    const { offset, revision } = outcome;
    const position = { epoch, offset, revision, credit: CREDIT };
    if (outcome.kind === "duplicate") return { reply: { outcome: "duplicate", ...position }, logged: null };
    live.noteStored(file.before, { epoch, offset });
    const { key, record, parsed, fields } = file;
    if (record !== live.record) {
      // Choices that it made, for the agent to carry; the stored record is read before the next file.
      live.record = record;
      live.outdated();
    }
    const { technique } = record;
    for (const { version } of file.results)
      this.#pages.noteStored(key, { epoch, version, technique, offset });
    const row = { ...file.row, offset, revision, same_content_as: outcome.same_content_as };
    return {
      reply: { outcome: "stored", ...position },
      logged: { live, record, epoch, row, parsed, fields },
    };
  }

  /** A file over the limit is never taken, and never forgotten: its entry says why it has no result. */
  async #refuseLarge(
    source: FileSource,
    live: LiveSession,
    part: StreamInstrumentData,
    fields: NameFields,
    analysed: () => void,
  ): Promise<Receipt> {
    const message = `The file has ${part.size} bytes; this hub takes at most ${this.#maxFileBytes} (MAX_FILE_BYTES).`;
    const parsed: ParseOutcome = { ok: false, code: "not_a_measurement", message };
    const make = async (record: SessionRecord): Promise<FileOutcomes> => {
      const { technique, params, reanalysis } = record;
      const { entry, results } = analyseParsed(parsed, { technique, params }, this.#facts(part, fields));
      const notes = [{ code: "file_too_large", message, line: null }];
      const current = { parsed, params, analysed: { entry: { ...entry, notes }, results } };
      const isNext = reanalysis !== null && !isNextOpen(record);
      return { current, next: isNext ? { ...current, params: reanalysis.params } : null };
    };
    const { logged } = await this.#append(source, live, part, { raw: null, fields, make, analysed });
    return { ...rejected("file_too_large", message), logged };
  }

  #facts(part: StreamInstrumentData, fields: NameFields): FileFacts {
    return { size_bytes: part.size, mtime_ms: part.mtime_ms, received_at_ms: this.#now(), fields };
  }
}

/**
 * What the append is held against, and changes. Choices are written in the step that logs their file, so of several
 * files at once they are always those of the one that stands first in the log.
 */
function changing({ record, fence }: StoredSession, next: SessionRecord): Fence {
  return next === record ? fence : { ...fence, next: JSON.stringify(next) };
}

function rejected(code: ErrorCode, message: string = ERRORS[code].message): Receipt {
  return { reply: { outcome: "rejected", code, message, credit: CREDIT }, logged: null };
}
