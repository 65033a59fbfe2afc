import { RequestError } from "../../shared/protocol/errors.ts";
import { StoreFull, StoreUnavailable } from "../store/port.ts";
import { Pace } from "./pace.ts";
import type { EstimateCheck } from "./task-metrics.ts";
import type { ActiveTask, Attempt, Outcome, TaskProgress } from "./task-record.ts";
import type { RunContext, TaskRunner } from "./task-runner.ts";

/** How often progress is written while it changes, and while it does not. The lease is three of the latter. */
const PROGRESS_EVERY_MS = 1_000;
const BEAT_EVERY_MS = 5_000;

/** `interrupted`: the store went away, or this hub ends; somebody goes on with it. */
export type AttemptEnd = Outcome | { readonly is: "interrupted" };

interface AttemptDependencies extends Pick<RunContext, "fence" | "breathe"> {
  readonly now: () => number;
  /** Told of what nobody foresaw. */
  readonly onFailure: (error: unknown) => void;
}

/** One try of this hub at one task. */
export class TaskAttempt {
  readonly task: ActiveTask & { readonly attempt: Attempt };
  /** Null while it runs. */
  end: AttemptEnd | null = null;
  readonly #deps: AttemptDependencies;
  readonly #controller = new AbortController();
  readonly #pace = new Pace();
  readonly #beganAt: number;
  #done = 0;
  #firstDone: number | null = null;
  #total: number | null;
  #beats = 0;
  #written = { text: "", at_ms: 0 };
  #firstEstimate: { readonly at_ms: number; readonly eta_ms: number } | null = null;

  constructor(task: ActiveTask & { readonly attempt: Attempt }, dependencies: AttemptDependencies) {
    this.task = task;
    this.#deps = dependencies;
    this.#total = task.units;
    this.#beganAt = dependencies.now();
    this.#written.at_ms = this.#beganAt;
  }

  /** Resolves when the runner is through, whatever came of it; then `end` says what. */
  async run(runner: TaskRunner | undefined): Promise<void> {
    const { task_id, tag, kind, session_id, label, payload, link } = this.task;
    const { fence, breathe } = this.#deps;
    const { signal } = this.#controller;
    const context: RunContext = {
      signal,
      fence,
      progress: (done, total) => this.#note(done, total),
      breathe: async () => {
        await breathe();
        signal.throwIfAborted();
      },
    };
    try {
      if (runner === undefined) throw new Error(`No runner for tasks of kind ${kind}.`);
      const result = await runner({ task_id, tag, kind, session_id, label, payload, link }, context);
      this.end = signal.aborted ? { is: "interrupted" } : { is: "done", result };
    } catch (error) {
      this.end = signal.aborted ? { is: "interrupted" } : this.#explain(error);
    }
  }

  /** Tells the runner that what it does counts no more. */
  abort(reason: string): void {
    this.#controller.abort(new Error(reason));
  }

  /** What is to be written now; null when nothing is due. */
  dueBeat(): TaskProgress | null {
    const now = this.#deps.now();
    const eta_ms = this.#pace.etaMs(this.#total, now);
    if (eta_ms !== null) this.#firstEstimate ??= { at_ms: now, eta_ms };
    const text = `${this.#done} ${this.#total} ${eta_ms}`;
    const age = now - this.#written.at_ms;
    if (age < (text === this.#written.text ? BEAT_EVERY_MS : PROGRESS_EVERY_MS)) return null;
    this.#written = { text, at_ms: now };
    this.#beats += 1;
    const { token } = this.task.attempt;
    return { token, beat: this.#beats, done: this.#done, total: this.#total, eta_ms };
  }

  /** What this attempt has shown: ms for one unit, and what came of its first estimate; null without a basis. */
  measured(): { msPerUnit: number | null; estimate: EstimateCheck | null } {
    const now = this.#deps.now();
    const units = this.#done - (this.#firstDone ?? this.#done);
    const first = this.#firstEstimate;
    return {
      msPerUnit: units > 0 ? (now - this.#beganAt) / units : null,
      estimate: first && { foretoldMs: first.eta_ms, tookMs: now - first.at_ms },
    };
  }

  /** What is done before the first word of a second attempt was done by the first. */
  #note(done: number, total: number | null): void {
    this.#firstDone ??= this.task.attempt.tries > 1 || this.task.attempt.from > 0 ? done : 0;
    this.#done = done;
    this.#total = total ?? this.#total;
    this.#pace.note(done, this.#deps.now());
  }

  #explain(error: unknown): AttemptEnd {
    if (error instanceof StoreUnavailable && !(error instanceof StoreFull)) return { is: "interrupted" };
    const told = error instanceof StoreFull ? new RequestError("store_full") : error;
    if (told instanceof RequestError) {
      return { is: "failed", error: { code: told.code, message: told.message } };
    }
    this.#deps.onFailure(error);
    const { code, message } = new RequestError("task_failed");
    return { is: "failed", error: { code, message } };
  }
}
