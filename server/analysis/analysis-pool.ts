import { availableParallelism } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { type AnalysisJob, type AnalysisOutcome, runJob } from "./analysis-job.ts";
import { analyseBatch, type BatchOutcome } from "./worker-jobs.ts";

/** Parsing and analysing more than this holds the event loop for longer than handing it to a thread costs (≈ 1 ms). */
export const INLINE_BYTES = 100 * 1024;
/** A thread that has had nothing to do for so long ends: most hubs never see a large file. */
const IDLE_MS = 30_000;
/**
 * Where the processor is short the event loop has three quarters of what it and a batch's thread want: with equal turns
 * live files would wait. Linux alone has this for one thread; elsewhere it would slow the whole hub.
 */
const BATCH_NICENESS = process.platform === "linux" ? 5 : 0;

/**
 * Worker threads for what would hold up live files: large files, and batches. Threads begin with the first work.
 * Large live files have threads of their own, so that they never wait for a batch. Where no thread can work (out of
 * memory, say) the hub does it itself, file by file.
 */
export class AnalysisPool {
  readonly #warn: (error: unknown) => void;
  #live: Threads | null = null;
  #batch: Threads | null = null;

  /** @param warn is told why threads could not work */
  constructor(warn: (error: unknown) => void) {
    this.#warn = warn;
  }

  /** A small file at once, a large one in a thread. */
  async analyse(job: AnalysisJob): Promise<AnalysisOutcome> {
    if (job.bytes.length <= INLINE_BYTES) return runJob(job);
    this.#live ??= new Threads(this.#warn, 0);
    const run = () => runJob(job);
    return this.#live.run<AnalysisOutcome>("analyseOne", ([own]) => own, [job], run);
  }

  /** Several files in a thread. */
  async batch(jobs: readonly AnalysisJob[]): Promise<BatchOutcome[]> {
    if (jobs.length === 0) return [];
    this.#batch ??= new Threads(this.#warn, BATCH_NICENESS);
    return this.#batch.run<BatchOutcome[]>(
      "analyseBatch",
      (own) => own,
      jobs,
      () => oneByOne(jobs),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#live?.close(), this.#batch?.close()]);
  }
}

async function oneByOne(jobs: readonly AnalysisJob[]): Promise<BatchOutcome[]> {
  const outcomes: BatchOutcome[] = [];
  for (const job of jobs) {
    outcomes.push(...analyseBatch([job]));
    await nextTurn();
  }
  return outcomes;
}

/** One kind of threads, with what to do when they fail. */
class Threads {
  readonly #pool: Piscina;
  /** Rejects when a thread could not begin, or ended: its work would be waited for in vain. */
  readonly #broken: Promise<never>;
  #isBroken = false;

  constructor(warn: (error: unknown) => void, niceIncrement: number) {
    this.#pool = new Piscina({
      filename: fileURLToPath(new URL("./analysis-worker.mjs", import.meta.url)),
      minThreads: 0,
      // One core stays free for the event loop.
      maxThreads: Math.max(1, availableParallelism() - 1),
      idleTimeout: IDLE_MS,
      niceIncrement,
    });
    this.#broken = new Promise((_, reject) => {
      this.#pool.on("error", (error: unknown) => {
        if (!this.#isBroken) warn(error);
        this.#isBroken = true;
        reject(error);
      });
    });
    this.#broken.catch(() => undefined);
  }

  /**
   * The bytes are copied: those of a socket stand in a larger buffer, all of which cloning would copy, and what is
   * transferred is gone here.
   *
   * @param work of the copied jobs, for the function `name` of the worker
   * @param here does the same without a thread
   */
  async run<Result>(
    name: string,
    work: (own: readonly AnalysisJob[]) => unknown,
    jobs: readonly AnalysisJob[],
    here: () => Result | Promise<Result>,
  ): Promise<Result> {
    if (this.#isBroken) return here();
    const own = jobs.map((job) => ({ ...job, bytes: new Uint8Array(job.bytes) }));
    const transferList = own.map(({ bytes }) => bytes.buffer);
    try {
      return await Promise.race([this.#pool.run(work(own), { name, transferList }), this.#broken]);
    } catch {
      // A fault in the analysis itself fails here again, and is told from here.
      return here();
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
