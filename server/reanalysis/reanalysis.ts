import { z } from "zod";
import { type AnalysisParams, StoredParams } from "../../shared/protocol/analysis-params.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { SessionId } from "../../shared/protocol/session.ts";
import type { AnalysisPool } from "../analysis/analysis-pool.ts";
import { type LogPages, PAGE_ROWS } from "../sessions/log-pages.ts";
import {
  isUnsettled,
  logKey,
  type SessionBook,
  type SessionRecord,
  type StoredSession,
} from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { LogKey, LogRow, Store } from "../store/port.ts";
import type { RunContext, RunnableTask, TaskRunner } from "../tasks/task-runner.ts";
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
 * 1. The session says that a version is being made. From that commit on every file that arrives gets results in
 *    both: an append is held against the session's record, so one that knew of one version alone is refused.
 * 2. The files before it are analysed anew, batch by batch. What is done stays done: a run that a hub's death ended
 *    goes on where results are missing.
 * 3. One compare-and-set makes the version the current one, and what was current the previous one.
 * 4. Versions that are neither are removed.
 *
 * A run that is cancelled or fails takes its version back; until step 3 nobody has read any of it.
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
      await run.fill();
      await run.swap();
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

  /** Has files from now on get results in both versions. Goes on with the version of an earlier attempt. */
  async begin(): Promise<void> {
    const { task_id } = this.#task;
    const record = await this.#update((session) => {
      if (session.made_by === task_id || session.reanalysis?.task_id === task_id) return session;
      const version = session.last_version + 1;
      const reanalysis = { version, params: this.#params, task_id };
      return { ...session, last_version: version, reanalysis };
    });
    this.#isDone = record.made_by === task_id;
    await this.#clean(record);
  }

  /** Results of the new version for every file that has none. */
  async fill(): Promise<void> {
    if (this.#isDone) return;
    const { store, pages } = this.#deps;
    const { record } = await this.#own();
    const version = record.reanalysis?.version ?? record.version;
    const [position] = await store.heads([this.#key]);
    if (!position) throw new RequestError("session_not_found");
    const { epoch, head } = position;
    // What is logged from here on has both.
    for (let since = 0; since < head; since += BATCH_ROWS) {
      await this.#context.breathe();
      const limit = Math.min(BATCH_ROWS, head - since);
      const page = await store.readLog(this.#key, { since, limit, version });
      if (page === null || page.epoch !== epoch) throw new RequestError("epoch_changed");
      // Of an earlier attempt.
      this.#gone += page.rows.filter(({ result }) => result !== null && isRawGone(result)).length;
      await this.#batch(
        epoch,
        page.rows.filter(({ result }) => result === null),
      );
      // Ready before anybody asks: at the swap everybody asks at once.
      const end = since + limit;
      const { technique } = record;
      if (end % PAGE_ROWS === 0)
        await pages.prepare(this.#key, { epoch, version, technique, offset: end - 1 });
      this.#context.progress(end, head);
    }
  }

  /** The new version becomes the current one, in one step. */
  async swap(): Promise<void> {
    if (this.#isDone) return;
    const { task_id } = this.#task;
    const raw_gone = this.#gone;
    const record = await this.#update((session) => {
      const { reanalysis, version, params } = session;
      if (reanalysis?.task_id !== task_id) throw new RequestError("cancelled");
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
    this.#isDone = true;
    this.#deps.onSwap(this.#tag, record);
    await this.#clean(record);
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
        session.reanalysis?.task_id === task_id ? { ...session, reanalysis: null } : session,
      )
      .catch(() => null);
    if (record !== null) await this.#clean(record).catch(() => undefined);
  }

  async #batch(epoch: string, rows: readonly LogRow[]): Promise<void> {
    for (let again = 0; rows.length > 0 && again < MAX_CHANGES; again++) {
      const stored = await this.#own();
      const made = await reanalyseRows({ ...this.#deps, key: this.#key }, stored.record, rows);
      if (made.chosen !== null) {
        await this.#choose(made.chosen);
        continue;
      }
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

  /** Choices that were left to the program are made on the first file that allows it, before anything is written. */
  async #choose(params: AnalysisParams): Promise<void> {
    await this.#update((session) => {
      const { reanalysis } = session;
      if (reanalysis?.task_id !== this.#task.task_id || !isUnsettled(session)) return session;
      return { ...session, reanalysis: { ...reanalysis, params } };
    });
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

  async #clean({ version, previous, reanalysis }: SessionRecord): Promise<void> {
    const kept = [version, previous?.version, reanalysis?.version].flatMap((one) => one ?? []);
    await this.#deps.store.keepVersions(this.#key, kept);
  }
}
