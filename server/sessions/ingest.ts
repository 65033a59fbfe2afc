import { hasOpenChoices, readScans, resolveParams, scansFor } from "../../shared/analysis/measurement.ts";
import type { ParseOutcome } from "../../shared/formats/scan.ts";
import type { StreamInstrumentData, StreamReply } from "../../shared/protocol/agent-events.ts";
import { ERRORS, type ErrorCode, RequestError } from "../../shared/protocol/errors.ts";
import { CREDIT } from "../../shared/protocol/limits.ts";
import { matchName, type NameFields } from "../../shared/protocol/name-pattern.ts";
import type { SessionId } from "../../shared/protocol/session.ts";
import { type AnalysedFile, analyseParsed, type FileFacts } from "../analysis/analyse-file.ts";
import { entryToBytes } from "../analysis/entry.ts";
import type { LogRow, Store } from "../store/port.ts";
import type { Registration } from "./agent-registry.ts";
import type { LiveSession } from "./live-session.ts";
import type { LogPages } from "./log-pages.ts";
import { logKey, type SessionBook, type SessionRecord } from "./session-book.ts";
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

interface IngestDependencies {
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
  readonly #identity: StoreIdentity;
  readonly #now: () => number;
  readonly #maxFileBytes: number;

  constructor({ store, book, pages, identity, now, maxFileBytes }: IngestDependencies) {
    this.#store = store;
    this.#book = book;
    this.#pages = pages;
    this.#identity = identity;
    this.#now = now;
    this.#maxFileBytes = maxFileBytes;
  }

  /** @throws RequestError when the part cannot be taken now, or not from this agent */
  async receive(source: FileSource, part: StreamInstrumentData): Promise<Receipt> {
    try {
      return await this.#take(source, part);
    } catch (error) {
      // A session that another store does not have was not deleted: it is restored in a moment.
      const missing = error instanceof RequestError && error.code === "session_not_found";
      throw missing && (await this.#identity.isLost()) ? new RequestError("store_unavailable") : error;
    }
  }

  async #take(source: FileSource, part: StreamInstrumentData): Promise<Receipt> {
    const live = source.sessions.get(part.session_id);
    if (live === undefined) throw new RequestError("session_not_running");
    const fields = matchName(live.pattern, part.filename);
    if (fields === null)
      return rejected(
        "file_not_listed",
        `The name does not fit the session's pattern ${live.record.filters.pattern}.`,
      );
    if (part.size > this.#maxFileBytes) return this.#refuseLarge(source, live, part, fields);
    const step = source.uploads.take(part);
    if (step.kind === "partial")
      return { reply: { outcome: "partial", from: step.from, credit: CREDIT }, logged: null };
    const parsed = readScans(step.bytes, live.record);
    const record = await this.#settle(source.registration, live, parsed, fields);
    const analysed = analyseParsed(parsed, record, this.#facts(part, fields));
    return this.#append(source, live, part, { record, analysed, raw: step.bytes, parsed, fields });
  }

  /** Makes the automatic choices on the session's first scan; later scans wait for them and then keep them. */
  async #settle(
    { tag }: Registration,
    live: LiveSession,
    parsed: ParseOutcome,
    fields: NameFields,
  ): Promise<SessionRecord> {
    if (!live.isOpen()) return live.record;
    await live.settleOnce(async () => {
      const scans = parsed.ok ? scansFor(parsed.scans, live.record.technique, fields) : [];
      const chosen = resolveParams(scans, live.record);
      if (chosen === null) return null;
      // Another connection of this agent may have chosen already.
      return this.#book.update(tag, live.record.session_id, (record) =>
        hasOpenChoices(record) ? { ...record, params: chosen } : record,
      );
    });
    return live.record;
  }

  async #append(
    source: FileSource,
    live: LiveSession,
    part: StreamInstrumentData,
    file: Omit<LoggedFile, "live" | "epoch" | "row"> & { analysed: AnalysedFile; raw: Uint8Array | null },
  ): Promise<Receipt> {
    const { registration } = source;
    const { record, parsed, fields } = file;
    const { filename: name, sha256 } = part;
    const entry = entryToBytes(file.analysed.entry);
    const body = file.analysed.results;
    const item = { name, sha256, entry, results: [{ version: record.version, body }], raw: file.raw };
    const key = logKey(registration.tag, record.session_id);
    const reply = await this.#store.append(key, registration.fence, [item]);
    if (reply.kind === "fenced") throw new RequestError("replaced");
    if (reply.kind === "no-log") throw new RequestError("session_not_found");
    const [outcome] = reply.outcomes;
    if (outcome === undefined) throw new Error("The store answered an append of one file with no outcome.");
    const { offset, revision } = outcome;
    live.noteStored(reply.epoch, offset);
    const position = { epoch: reply.epoch, offset, revision, credit: CREDIT };
    if (outcome.kind === "duplicate") return { reply: { outcome: "duplicate", ...position }, logged: null };
    const { version, technique } = record;
    this.#pages.noteStored(key, { epoch: reply.epoch, version, technique, offset });
    const { same_content_as } = outcome;
    const row = { offset, name, sha256, revision, same_content_as, entry, result: body };
    return {
      reply: { outcome: "stored", ...position },
      logged: { live, record, epoch: reply.epoch, row, parsed, fields },
    };
  }

  /** A file over the limit is never taken, and never forgotten: its entry says why it has no result. */
  async #refuseLarge(
    source: FileSource,
    live: LiveSession,
    part: StreamInstrumentData,
    fields: NameFields,
  ): Promise<Receipt> {
    const message = `The file has ${part.size} bytes; this hub takes at most ${this.#maxFileBytes} (MAX_FILE_BYTES).`;
    const parsed: ParseOutcome = { ok: false, code: "not_a_measurement", message };
    const { record } = live;
    const { entry, results } = analyseParsed(parsed, record, this.#facts(part, fields));
    const analysed = {
      entry: { ...entry, notes: [{ code: "file_too_large", message, line: null }] },
      results,
    };
    const { logged } = await this.#append(source, live, part, {
      record,
      analysed,
      raw: null,
      parsed,
      fields,
    });
    return { ...rejected("file_too_large", message), logged };
  }

  #facts(part: StreamInstrumentData, fields: NameFields): FileFacts {
    return { size_bytes: part.size, mtime_ms: part.mtime_ms, received_at_ms: this.#now(), fields };
  }
}

function rejected(code: ErrorCode, message: string = ERRORS[code].message): Receipt {
  return { reply: { outcome: "rejected", code, message, credit: CREDIT }, logged: null };
}
