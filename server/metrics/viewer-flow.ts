import { Counter, Histogram, type Registry } from "prom-client";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { LogPart } from "../../shared/protocol/viewer-events.ts";

/** A push leaves at the end of the turn in which its file was committed: about a millisecond, unless the hub or the viewer's link is slow, s. */
const VIEWER_BUCKETS_S = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** `opening`: from the start of a log; `following`: the rest of it; `empty`: the reader had everything. */
type PageKind = "opening" | "following" | "empty" | "none";

/** Results on their way to viewers: pushed as hints, and pulled from the log. */
export class ViewerFlow {
  readonly #pushes: Counter<"outcome">;
  readonly #heads: Counter<"outcome">;
  readonly #seconds: Histogram;
  readonly #pages: Counter<"kind" | "outcome">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#pushes = new Counter({
      name: "benchcast_pushes_total",
      help: "Live hints by viewer of this hub, whichever hub made them: sent, or dropped for one that was not ready to be written to.",
      labelNames: ["outcome"],
      registers,
    });
    this.#heads = new Counter({
      name: "benchcast_heads_total",
      help: "Session states by viewer: sent, or held back while too much waited for the viewer.",
      labelNames: ["outcome"],
      registers,
    });
    this.#seconds = new Histogram({
      name: "benchcast_result_to_viewer_seconds",
      help: "From the commit of a result until the push that carries it was written to a viewer's connection, for each viewer on the agent's own hub.",
      buckets: VIEWER_BUCKETS_S,
      registers,
    });
    this.#pages = new Counter({
      name: "benchcast_log_pages_total",
      help: "Pages of logs that viewers asked for, by place in the log and by outcome (ok or the error's code).",
      labelNames: ["kind", "outcome"],
      registers,
    });
    for (const outcome of ["sent", "dropped"]) this.#pushes.inc({ outcome }, 0);
    for (const outcome of ["sent", "held"]) this.#heads.inc({ outcome }, 0);
  }

  pushed(sent: number, dropped: number): void {
    this.#pushes.inc({ outcome: "sent" }, sent);
    this.#pushes.inc({ outcome: "dropped" }, dropped);
  }

  headTold(sent: boolean): void {
    this.#heads.inc({ outcome: sent ? "sent" : "held" });
  }

  /** A push was written to one viewer's connection. @param committedAtMs on the clock of `performance.now` */
  written(committedAtMs: number): void {
    this.#seconds.observe((performance.now() - committedAtMs) / 1_000);
  }

  /** Counts one page by what became of it. */
  async page<Part extends LogPart>(since: number, read: Promise<Part>): Promise<Part> {
    try {
      const part = await read;
      this.#pages.inc({ kind: kindOf(since, part), outcome: "ok" });
      return part;
    } catch (error) {
      const outcome = error instanceof RequestError ? error.code : "internal";
      this.#pages.inc({ kind: "none" satisfies PageKind, outcome });
      throw error;
    }
  }
}

function kindOf(since: number, { next }: LogPart): PageKind {
  if (next === since) return "empty";
  return since === 0 ? "opening" : "following";
}
