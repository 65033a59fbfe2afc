import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { LogPart } from "../../shared/protocol/viewer-events.ts";
import { type LogKey, type PreparedPage, type Store, StoreUnavailable } from "../store/port.ts";
import { joinContents, type PageContent, pageContent, partOf, sliceContent } from "./log-page.ts";
import { PageMemory } from "./page-memory.ts";
import { pageFromBytes, pageToBytes } from "./prepared-page.ts";
import { logKey, type SessionRecord } from "./session-book.ts";
import type { UserTag } from "./user-tag.ts";

/** Preparing one page holds the event loop for about 4 ms (15 µs a row); four of them make the largest reply. */
export const PAGE_ROWS = 250;

/** `epoch`: that of the position `since`, where the reader has one. */
interface PageRequest {
  readonly since: number;
  readonly limit: number;
  readonly epoch?: string | undefined;
}

/** One version of the results of one life of a log. */
interface OneVersion {
  readonly key: LogKey;
  readonly epoch: string;
  readonly version: number;
  readonly technique: SessionTechnique;
}

/**
 * Reads logs in parts. Rows never change, so 250 of them that are all there are encoded once, as soon as the log is
 * past them, and kept on the hub's own disk and for a while in memory: opening a long session is copying, not
 * encoding. A prepared page belongs to an epoch and a version, and is made again wherever it is missing.
 */
export class LogPages {
  readonly #store: Store;
  readonly #warn: (error: unknown) => void;
  readonly #memory = new PageMemory();

  /** @param warn is told why a page could not be prepared; its readers make it themselves */
  constructor(store: Store, warn: (error: unknown) => void) {
    this.#store = store;
    this.#warn = warn;
  }

  /**
   * The entries from `since` on, at most `limit`.
   *
   * @throws RequestError session_not_found; epoch_changed also for a position beyond the head, which only a log
   *   that was longer can have given
   */
  async read(
    tag: UserTag,
    { session_id, version, technique }: Pick<SessionRecord, "session_id" | "version" | "technique">,
    { since, limit, epoch }: PageRequest,
  ): Promise<LogPart> {
    const key = logKey(tag, session_id);
    const [position] = await this.#store.heads([key]);
    if (!position) throw new RequestError("session_not_found");
    const lost = epoch !== undefined && (epoch !== position.epoch || since > position.head);
    if (lost) throw epochChanged(position.epoch);
    const log = { key, version, technique, ...position };
    const contents: PageContent[] = [];
    const end = Math.min(since + limit, position.head);
    for (let at = since; at < end; ) {
      const content = await this.#content(log, at, end);
      contents.push(content);
      at += content.names.length;
    }
    return partOf({ session_id, technique, version, since, ...position }, joinContents(contents));
  }

  /** The log has one entry more, at `offset`. Prepares the page that it completes; nobody waits for that. */
  noteStored(key: LogKey, entry: Omit<OneVersion, "key"> & { readonly offset: number }): void {
    this.prepare(key, entry).catch((error: unknown) => this.#noteFailure(error));
  }

  /** Prepares the page that the entry at `offset` completes, if it does. */
  async prepare(
    key: LogKey,
    { offset, ...log }: Omit<OneVersion, "key"> & { readonly offset: number },
  ): Promise<void> {
    if ((offset + 1) % PAGE_ROWS === 0) await this.#make({ key, ...log }, Math.floor(offset / PAGE_ROWS));
  }

  /** Some entries from `at` on, at least one, as far as one page or the unfinished end of the log goes. */
  async #content(log: OneVersion & { readonly head: number }, at: number, end: number): Promise<PageContent> {
    const number = Math.floor(at / PAGE_ROWS);
    const first = number * PAGE_ROWS;
    if (first + PAGE_ROWS > log.head) return this.#rows(log, { since: at, limit: end - at });
    const content = await this.#whole(log, number);
    const range = { since: at, end: Math.min(end, first + PAGE_ROWS) };
    return sliceContent(log.technique, content, first, range);
  }

  async #whole(log: OneVersion, number: number): Promise<PageContent> {
    const { key, epoch, version } = log;
    const page = { epoch, version, number };
    const remembered = this.#memory.get(memoryKey(key, page));
    if (remembered !== undefined) return remembered;
    const kept = await this.#store.readPrepared(key, page);
    const content = kept && pageFromBytes(kept);
    if (content === null) return this.#make(log, number);
    this.#memory.put(memoryKey(key, page), content);
    return content;
  }

  async #make(log: OneVersion, number: number): Promise<PageContent> {
    const { key, epoch, version } = log;
    const page = { epoch, version, number };
    return this.#rows(log, { since: number * PAGE_ROWS, limit: PAGE_ROWS }, (content) => {
      this.#memory.put(memoryKey(key, page), content);
      this.#store
        .keepPrepared(key, page, pageToBytes(content))
        .catch((error: unknown) => this.#noteFailure(error));
    });
  }

  /** @param whole is given the content when all rows are there with their results, so that it can never change */
  async #rows(
    { key, epoch, version, technique }: OneVersion,
    range: { since: number; limit: number },
    whole: (content: PageContent) => void = () => {},
  ): Promise<PageContent> {
    const page = await this.#store.readLog(key, { ...range, version });
    if (page === null) throw new RequestError("session_not_found");
    // The log changed under the reader: what it has read so far is of another life.
    if (page.epoch !== epoch || page.rows.length === 0) throw epochChanged(page.epoch);
    const content = pageContent(technique, page.rows);
    if (page.rows.length === range.limit && page.rows.every(({ result }) => result !== null)) whole(content);
    return content;
  }

  /** A store that is away says so itself, and a log that is gone needs no page. */
  #noteFailure(error: unknown): void {
    if (!(error instanceof StoreUnavailable || error instanceof RequestError)) this.#warn(error);
  }
}

function memoryKey(key: LogKey, { epoch, version, number }: PreparedPage): string {
  return `${key} ${epoch} ${version} ${number}`;
}

function epochChanged(epoch: string): RequestError {
  return new RequestError("epoch_changed", undefined, { epoch });
}
