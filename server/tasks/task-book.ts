import { z } from "zod";
import type { TaskId } from "../../shared/protocol/task.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { RecordChange, Store } from "../store/port.ts";
import type { Queue, Step } from "./task-queue.ts";
import { ActiveTask, EndedTask, TaskProgress } from "./task-record.ts";

/** Task ID → a task that is not over. */
const TASKS = "tasks";
/** Task ID → how far its attempt is. Apart, so that the task's own text is a fence that does not move. */
const PROGRESS = "task-progress";
/** User tag → the tasks that ended lately. */
const ENDED = "ended-tasks";
/** Kind → measured ms for one unit. */
const RATES = "task-rates";
/** One record: whose turn it is. Every step of the queue is made together with it, and so in one order. */
const TURNS = "task-turns";
const TURNS_KEY = "queue";

/** Ended tasks of one user that are kept, and for how long: what somebody asks about on the next morning. */
const MAX_ENDED = 10;
const ENDED_KEPT_MS = 24 * 3_600_000;
/** Share of the latest task in a rate: one odd task does not spoil it, and ten change it for good. */
const LATEST_SHARE = 0.3;

const User = z.object({ next: z.int(), since: z.int(), weight: z.int().min(1), waiting: z.int().min(0) });
const StoredTurns = z.object({ virtual: z.int(), seq: z.int(), users: z.record(z.string(), User) });
const EndedTasks = z.array(EndedTask);

/** The queue as the store has it, with the texts that a step is held against. */
interface Snapshot {
  readonly queue: Queue;
  readonly texts: {
    readonly turns: string | null;
    readonly tasks: ReadonlyMap<string, string>;
    readonly progress: ReadonlyMap<string, string>;
  };
}

/** The queue of all hubs, on the store: each step of task-queue.ts in one atomic step. */
export class TaskBook {
  readonly #store: Store;
  readonly #now: () => number;

  constructor({ store, now }: { readonly store: Store; readonly now: () => number }) {
    this.#store = store;
    this.#now = now;
  }

  async read(): Promise<Queue> {
    return (await this.#snapshot()).queue;
  }

  /** Makes one step of the queue, decided anew until nobody was faster. `decide` gives null to change nothing. */
  async change<Task extends ActiveTask | EndedTask>(
    decide: (queue: Queue) => Step<Task> | null,
  ): Promise<Task | null> {
    for (;;) {
      const snapshot = await this.#snapshot();
      const step = decide(snapshot.queue);
      if (step === null) return null;
      if (await this.#store.compareAndSet(await this.#changes(snapshot, step))) return step.task;
    }
  }

  /** What holds only while this very attempt is in force. */
  fence(task: ActiveTask): RecordChange {
    const text = JSON.stringify(task);
    return { collection: TASKS, key: task.task_id, expected: text, next: text };
  }

  /** Says how far an attempt is. @returns false when it is no longer the one in force */
  async beat(task: ActiveTask, progress: TaskProgress): Promise<boolean> {
    const key = task.task_id;
    for (;;) {
      const expected = await this.#store.getRecord(PROGRESS, key);
      const next = JSON.stringify(progress);
      const fence = this.fence(task);
      if (await this.#store.compareAndSet([fence, { collection: PROGRESS, key, expected, next }]))
        return true;
      if ((await this.#store.getRecord(TASKS, key)) !== fence.expected) return false;
    }
  }

  /** Newest first. */
  async ended(tag: UserTag): Promise<EndedTask[]> {
    return this.#readEnded(await this.#store.getRecord(ENDED, tag));
  }

  /** Removes what nobody asks about any more. */
  async forgetOld(): Promise<void> {
    for (const [key, expected] of await this.#store.listRecords(ENDED)) {
      const kept = this.#readEnded(expected);
      const next = kept.length === 0 ? null : JSON.stringify(kept);
      if (next !== expected) await this.#store.compareAndSet([{ collection: ENDED, key, expected, next }]);
    }
  }

  /** Removes what is kept of the ended tasks of a session that is being deleted: they carry its name. */
  async forgetSession(tag: UserTag, session_id: string): Promise<void> {
    for (;;) {
      const expected = await this.#store.getRecord(ENDED, tag);
      if (expected === null) return;
      const kept = this.#readEnded(expected).filter((task) => task.session_id !== session_id);
      const next = kept.length === 0 ? null : JSON.stringify(kept);
      if (next === expected) return;
      if (await this.#store.compareAndSet([{ collection: ENDED, key: tag, expected, next }])) return;
    }
  }

  async rates(): Promise<Map<string, number>> {
    const records = await this.#store.listRecords(RATES);
    return new Map([...records].map(([name, text]) => [name, Number(text)]));
  }

  /** A rate is an estimate: when somebody was faster, theirs is as good. */
  async noteRate(name: string, msPerUnit: number): Promise<void> {
    const expected = await this.#store.getRecord(RATES, name);
    const mixed =
      expected === null ? msPerUnit : Number(expected) * (1 - LATEST_SHARE) + msPerUnit * LATEST_SHARE;
    await this.#store.compareAndSet([{ collection: RATES, key: name, expected, next: String(mixed) }]);
  }

  async #snapshot(): Promise<Snapshot> {
    // The turns are read first: a step that was made since then changes them, and this one is decided anew.
    const turns = await this.#store.getRecord(TURNS, TURNS_KEY);
    const [tasks, progress] = await Promise.all([
      this.#store.listRecords(TASKS),
      this.#store.listRecords(PROGRESS),
    ]);
    const stored = turns === null ? null : StoredTurns.parse(JSON.parse(turns));
    const queue: Queue = {
      turns: { virtual: stored?.virtual ?? 0, users: new Map(Object.entries(stored?.users ?? {})) },
      seq: stored?.seq ?? 0,
      tasks: parseAll(tasks, ActiveTask),
      progress: parseAll(progress, TaskProgress),
    };
    return { queue, texts: { turns, tasks, progress } };
  }

  async #changes(
    { texts }: Snapshot,
    { queue, task }: Step<ActiveTask | EndedTask>,
  ): Promise<RecordChange[]> {
    const { task_id: key, tag } = task;
    const { turns, seq } = queue;
    const next = JSON.stringify({ virtual: turns.virtual, seq, users: Object.fromEntries(turns.users) });
    const before = texts.tasks.get(key) ?? null;
    const changes: RecordChange[] = [{ collection: TURNS, key: TURNS_KEY, expected: texts.turns, next }];
    if (!("outcome" in task))
      return [...changes, { collection: TASKS, key, expected: before, next: JSON.stringify(task) }];
    const progress = texts.progress.get(key);
    if (progress !== undefined) changes.push({ collection: PROGRESS, key, expected: progress, next: null });
    const expected = await this.#store.getRecord(ENDED, tag);
    const ended = [task, ...this.#readEnded(expected)].slice(0, MAX_ENDED);
    changes.push({ collection: ENDED, key: tag, expected, next: JSON.stringify(ended) });
    return [...changes, { collection: TASKS, key, expected: before, next: null }];
  }

  #readEnded(text: string | null): EndedTask[] {
    if (text === null) return [];
    const since = this.#now() - ENDED_KEPT_MS;
    return EndedTasks.parse(JSON.parse(text)).filter(({ ended_at_ms }) => ended_at_ms > since);
  }
}

/** What a newer hub has written, and this one cannot read, is left to that one. */
function parseAll<Value>(records: ReadonlyMap<string, string>, schema: z.ZodType<Value>): Map<TaskId, Value> {
  return new Map(
    [...records].flatMap(([key, text]) => {
      const parsed = schema.safeParse(JSON.parse(text));
      return parsed.success ? [[key, parsed.data]] : [];
    }),
  );
}
