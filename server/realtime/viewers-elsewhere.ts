import type { SessionId } from "../../shared/protocol/session.ts";
import type { WatchTraces } from "../../shared/protocol/viewer-events.ts";
import type { TellAudience } from "../fleet/sister-requests.ts";

/** Every hub says again how many it has; a hub that says nothing for so long has none any more. */
const FRESH_MS = 15_000;

type Traces = WatchTraces["traces"];

interface Report {
  readonly viewers: number;
  readonly traces: TellAudience["traces"];
  readonly atMs: number;
}

/** Viewers at other hubs of the agents that are connected to this one, as those hubs report them. */
export class ViewersElsewhere {
  readonly #now: () => number;
  /** By agent and hub. */
  readonly #reports = new Map<string, Map<string, Report>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  note({ tag, hub_id, viewers, traces }: TellAudience): void {
    const reports = this.#reports.get(tag) ?? new Map<string, Report>();
    if (viewers === 0) reports.delete(hub_id);
    else reports.set(hub_id, { viewers, traces, atMs: this.#now() });
    if (reports.size === 0) this.#reports.delete(tag);
    else this.#reports.set(tag, reports);
  }

  count(tag: string): number {
    return [...(this.#reports.get(tag)?.values() ?? [])].reduce((sum, { viewers }) => sum + viewers, 0);
  }

  /** The curves that they want to see live. */
  traces(tag: string, sessionId: SessionId): Traces {
    const reports = [...(this.#reports.get(tag)?.values() ?? [])];
    return reports
      .flatMap(({ traces }) => traces.filter((one) => one.session_id === sessionId))
      .flatMap((one) => one.traces);
  }

  /** Forgets what hubs no longer say. @returns the agents that have fewer viewers now */
  expire(): string[] {
    const since = this.#now() - FRESH_MS;
    return [...this.#reports].flatMap(([tag, reports]) => {
      const silent = [...reports].filter(([, { atMs }]) => atMs < since);
      for (const [hub] of silent) reports.delete(hub);
      if (reports.size === 0) this.#reports.delete(tag);
      return silent.length > 0 ? [tag] : [];
    });
  }
}
