import { z } from "zod";
import { type AnalysisParams, StoredParams } from "../../shared/protocol/analysis-params.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { SessionId } from "../../shared/protocol/session.ts";
import type { AnalysisPool } from "../analysis/analysis-pool.ts";
import { type LogPages, PAGE_ROWS } from "../sessions/log-pages.ts";
import {
  isNextOpen,
  logKey,
  type SessionBook,
  type SessionRecord,
  type StoredSession,
} from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { LogHead, LogKey, LogRow, Store } from "../store/port.ts";
import type { RunContext, RunnableTask, TaskRunner } from "../tasks/task-runner.ts";
import { firstChoice } from "./first-choice.ts";
import { isRawGone, reanalyseRows } from "./reanalysis-batch.ts";

/** What the task of a re-analysis carries. */
export const ReanalysisPayload = z.object({ params: StoredParams });
export type ReanalysisPayload = z.infer<typeof ReanalysisPayload>;

/** Files at once: about 50 ms of a thread, a few ms of the event loop to read them. Divides a page. */
const BATCH_ROWS = 25;
/** Changes of a session while one batch is written; more than a few are a fault, not people. */
const MAX_CHANGES = 8;

interface ReanalysisDependencies {
  readonly store: Store;
  readonly book: SessionBook;
  readonly pages: LogPages;
  readonly pool: AnalysisPool;
  /** A version became current. */
  readonly onSwap: (tag: UserTag, record: SessionRecord) => void;
}

/**
 * Makes another version of a session's results, from the files themselves.
 *
 * 1. The session says that a version is being made.
 * 2. Choices that are left to the program are made on the log's first file that allows them. From the commit on that
 *    leaves none open every file that arrives gets results in both versions: an append is held against the session's
 *    record, so one that knew of one version alone is refused.
 * 3. The files before it are analysed anew, batch by batch. What is done stays done: a run that a hub's death ended
 *    goes on where results are missing.
 * 4. One compare-and-set makes the version the current one, and what was current the previous one.
 * 5. Versions that are neither are removed.
 *
 * Where no file allows a choice, files that arrive meanwhile are logged without results of the version, and the step
 * that logs them says so in the session's record (`reanalysis_owes`). Then step 4 does not succeed, and 2 and 3 go on
 * with those files. So no file waits for a re-analysis, and none is missing in it.
 *
 * A run that is cancelled or fails takes its version back; until step 4 nobody has read any of it.
 */
export class Reanalysis {
  readonly #deps: ReanalysisDependencies;

  constructor(dependencies: ReanalysisDependencies) {
    this.#deps = dependencies;
  }

  readonly run: TaskRunner = async (task, context) => {
    const run = new Run(this.#deps, task, context);
    try {
      await run.begin();
      do {
        await run.choose();
        await run.fill();
      } while (!(await run.swap()));
    } catch (error) {
      await run.giveUp(error);
      throw error;
    }
    return null;
  };
}

class Run {
  readonly #deps: ReanalysisDependencies;
  readonly #task: RunnableTask;
  readonly #context: RunContext;
  readonly #tag: UserTag;
  readonly #sessionId: SessionId;
  readonly #key: LogKey;
  readonly #params: AnalysisParams;
  /** Files that are nowhere. */
  #gone = 0;
  #epoch: string | null = null;
  /** Files from the log's beginning on that allow no choice. */
  #looked = 0;
  /** Files from the log's beginning on that have results. */
  #filled = 0;
  /** Whether results may have been made before the choices, here or by an earlier attempt. */
  #hasMade = false;
  #isDone = false;

  constructor(dependencies: ReanalysisDependencies, task: RunnableTask, context: RunContext) {
    this.#deps = dependencies;
    this.#task = task;
    this.#context = context;
    this.#tag = task.tag;
    this.#sessionId = task.session_id ?? "";
    this.#key = logKey(task.tag, this.#sessionId);
    this.#params = ReanalysisPayload.parse(task.payload).params;
  }

  /** Has the session say that a version is being made. Goes on with the version of an earlier attempt. */
  async begin(): Promise<void> {
    const { task_id } = this.#task;
    const record = await this.#update((session) => {
      this.#hasMade = session.reanalysis?.task_id === task_id;
      if (session.made_by === task_id || this.#hasMade) return session;
      const version = session.last_version + 1;
      const reanalysis = { version, params: this.#params, task_id };
      return { ...session, last_version: version, reanalysis, reanalysis_owes: false };
    });
    this.#isDone = record.made_by === task_id;
    await this.#clean(record);
  }

  /** Makes the choices that are open, on the first file of the log that allows them; none may. */
  async choose(): Promise<void> {
    if (this.#isDone || !isNextOpen((await this.#own()).record)) return;
    // Before the head is read: what is logged from here on says so again.
    const record = await this.#change({ reanalysis_owes: false });
    const { head, epoch } = await this.#position();
    const { pool, store } = this.#deps;
    while (this.#looked < head) {
      const page = await this.#page({ epoch, head, since: this.#looked, version: record.version });
      const params = await firstChoice({ pool, store, key: this.#key }, record, page);
      if (params !== null) return this.#settle(params);
      this.#looked += page.length;
    }
  }

  /** Results of the new version for every file that has none. */
  async fill(): Promise<void> {
    if (this.#isDone) return;
    const { record } = await this.#own();
    const version = record.reanalysis?.version ?? record.version;
    const { head, epoch } = await this.#position();
    while (this.#filled < head) {
      const rows = await this.#page({ epoch, head, since: this.#filled, version });
      // Of an earlier attempt.
      this.#gone += rows.filter(({ result }) => result !== null && isRawGone(result)).length;
      await this.#batch(
        epoch,
        rows.filter(({ result }) => result === null),
      );
      this.#filled += rows.length;
      this.#hasMade = true;
      if (!isNextOpen(record)) await this.#prepare(epoch, record, version);
      this.#context.progress(this.#filled, head);
    }
  }

  /**
   * The new version becomes the current one, in one step.
   *
   * @returns false where files were logged meanwhile that have no results of it
   */
  async swap(): Promise<boolean> {
    if (this.#isDone) return true;
    const { task_id } = this.#task;
    const raw_gone = this.#gone;
    const record = await this.#update((session) => {
      const { reanalysis, version, params } = session;
      if (reanalysis?.task_id !== task_id) throw new RequestError("cancelled");
      if (session.reanalysis_owes) return session;
      return {
        ...session,
        version: reanalysis.version,
        params: reanalysis.params,
        previous: { version, params },
        reanalysis: null,
        made_by: task_id,
        raw_gone,
      };
    });
    if (record.made_by !== task_id) return false;
    this.#isDone = true;
    this.#deps.onSwap(this.#tag, record);
    await this.#clean(record);
    return true;
  }

  /**
   * Takes the version back, unless another attempt goes on with it: this hub ends, or another one has the task now.
   */
  async giveUp(error: unknown): Promise<void> {
    const { store, book } = this.#deps;
    const { signal, fence } = this.#context;
    const { task_id } = this.#task;
    if (this.#isDone) return;
    const isOver =
      !signal.aborted || (await store.getRecord(fence.collection, fence.key).catch(() => "")) === null;
    if (!isOver || !(signal.aborted || error instanceof RequestError)) return;
    const record = await book
      .update(this.#tag, this.#sessionId, (session) =>
        session.reanalysis?.task_id === task_id
          ? { ...session, reanalysis: null, reanalysis_owes: false }
          : session,
      )
      .catch(() => null);
    if (record !== null) await this.#clean(record).catch(() => undefined);
  }

  async #batch(epoch: string, rows: readonly LogRow[]): Promise<void> {
    for (let again = 0; rows.length > 0 && again < MAX_CHANGES; again++) {
      const stored = await this.#own();
      const made = await reanalyseRows({ ...this.#deps, key: this.#key }, stored.record, rows);
      this.#context.signal.throwIfAborted();
      const version = stored.record.reanalysis?.version ?? 0;
      const batch = { epoch, version, results: made.results };
      const reply = await this.#deps.store.putResults(this.#key, stored.fence, batch);
      if (reply === "done") {
        this.#gone += made.gone;
        return;
      }
      if (reply === "no-log") throw new RequestError("session_not_found");
      if (reply === "other-epoch") throw new RequestError("epoch_changed");
    }
    if (rows.length > 0) throw new Error("The session changed at every attempt to write results.");
  }

  /** Writes the choices; what was made without them is made anew. */
  async #settle(params: AnalysisParams): Promise<void> {
    if (this.#hasMade) {
      const { version, previous } = (await this.#own()).record;
      await this.#keep([version, previous?.version]);
    }
    await this.#change({ params, reanalysis_owes: false });
    this.#filled = 0;
    this.#gone = 0;
  }

  /** Changes what the session says of this task's version. */
  async #change({ params, reanalysis_owes }: { params?: AnalysisParams; reanalysis_owes: boolean }) {
    return this.#update((session) => {
      const { reanalysis } = session;
      if (reanalysis?.task_id !== this.#task.task_id) throw new RequestError("cancelled");
      if (params === undefined && session.reanalysis_owes === reanalysis_owes) return session;
      return {
        ...session,
        reanalysis: { ...reanalysis, params: params ?? reanalysis.params },
        reanalysis_owes,
      };
    });
  }

  async #position(): Promise<LogHead> {
    const [position] = await this.#deps.store.heads([this.#key]);
    if (!position) throw new RequestError("session_not_found");
    this.#epoch ??= position.epoch;
    // What was looked at and filled was of another life of the log.
    if (position.epoch !== this.#epoch) throw new RequestError("epoch_changed");
    return position;
  }

  /** Some files from `since` on, at least one. Files that have come meanwhile, a few, are seen to at once. */
  async #page({ epoch, head, since, version }: LogHead & { since: number; version: number }) {
    const limit = Math.min(BATCH_ROWS - (since % BATCH_ROWS), head - since);
    if (since % BATCH_ROWS === 0) await this.#context.breathe();
    const page = await this.#deps.store.readLog(this.#key, { since, limit, version });
    if (page === null || page.epoch !== epoch || page.rows.length === 0)
      throw new RequestError("epoch_changed");
    return page.rows;
  }

  /** Ready before anybody asks: at the swap everybody asks at once. */
  async #prepare(epoch: string, { technique }: SessionRecord, version: number): Promise<void> {
    if (this.#filled % PAGE_ROWS !== 0) return;
    const place = { epoch, version, technique, offset: this.#filled - 1 };
    await this.#deps.pages.prepare(this.#key, place);
  }

  /** The session as it is stored, as long as this task's version is the one that is being made. */
  async #own(): Promise<StoredSession> {
    const stored = await this.#deps.book.read(this.#tag, this.#sessionId);
    if (stored === null) throw new RequestError("session_not_found");
    if (stored.record.reanalysis?.task_id !== this.#task.task_id) throw new RequestError("cancelled");
    return stored;
  }

  #update(change: (session: SessionRecord) => SessionRecord): Promise<SessionRecord> {
    return this.#deps.book.update(this.#tag, this.#sessionId, change, this.#context.fence);
  }

  #clean({ version, previous, reanalysis }: SessionRecord): Promise<void> {
    return this.#keep([version, previous?.version, reanalysis?.version]);
  }

  async #keep(versions: readonly (number | undefined)[]): Promise<void> {
    const kept = versions.flatMap((one) => one ?? []);
    await this.#deps.store.keepVersions(this.#key, kept);
  }
}
