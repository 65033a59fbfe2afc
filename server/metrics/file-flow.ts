import { Counter, Histogram, type Registry } from "prom-client";
import type { StreamReply } from "../../shared/protocol/agent-events.ts";
import { RateHistory } from "./rate-history.ts";

/** From a hundredth of the usual time for one file (1 ms) to a disk that stands still, s. */
const RESULT_BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** What became of a file; `received` is counted for each, beside its outcome. */
type FileOutcome = Exclude<StreamReply["outcome"], "partial">;

/** Files on their way from agents to the log. */
export class FileFlow {
  /** Files whose last byte came in each of the latest minutes. */
  readonly perMinute: RateHistory;
  readonly #received: Counter;
  readonly #outcomes: Counter<"outcome">;
  readonly #bytes: Counter;
  readonly #seconds: Histogram;

  constructor(registry: Registry, now: () => number) {
    const registers = [registry];
    this.perMinute = new RateHistory(now);
    this.#received = new Counter({
      name: "benchcast_files_received_total",
      help: "Instrument files whose last byte has arrived.",
      registers,
    });
    this.#outcomes = new Counter({
      name: "benchcast_files_total",
      help: "Instrument files by what became of them.",
      labelNames: ["outcome"],
      registers,
    });
    for (const outcome of ["stored", "duplicate", "rejected", "failed"]) this.#outcomes.inc({ outcome }, 0);
    this.#bytes = new Counter({
      name: "benchcast_file_bytes_received_total",
      help: "Bytes of instrument files that arrived from agents.",
      registers,
    });
    this.#seconds = new Histogram({
      name: "benchcast_file_to_result_seconds",
      help: "From the arrival of a file's last byte to its committed result.",
      buckets: RESULT_BUCKETS_S,
      registers,
    });
  }

  /** Counts one part of a file by the answer that it gets. @param bytes of this part */
  async part<R extends { readonly reply: StreamReply }>(bytes: number, take: () => Promise<R>): Promise<R> {
    const from = performance.now();
    this.#bytes.inc(bytes);
    try {
      const receipt = await take();
      const { outcome } = receipt.reply;
      if (outcome !== "partial") this.#ended(outcome, (performance.now() - from) / 1_000);
      return receipt;
    } catch (error) {
      // Not taken now: the agent sends it again.
      this.#outcomes.inc({ outcome: "failed" });
      throw error;
    }
  }

  #ended(outcome: FileOutcome, seconds: number): void {
    this.perMinute.add(1);
    this.#received.inc();
    this.#outcomes.inc({ outcome });
    if (outcome === "stored") this.#seconds.observe(seconds);
  }
}
