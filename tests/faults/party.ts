import { onTestFinished } from "vitest";
import type { Random } from "../../agent/random.ts";
import { logKey } from "../../server/sessions/session-book.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { LogKey } from "../../server/store/port.ts";
import type { SessionSummary } from "../../shared/protocol/session.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { startTestAgent } from "../support/agent.ts";
import { startAgentProcess } from "../support/agent-process.ts";
import { FollowingViewer } from "../support/following-viewer.ts";
import { Instrument } from "../support/instrument.ts";
import { type Tap, TcpProxy } from "../support/tcp-proxy.ts";
import { AckTap } from "./ack-tap.ts";
import { type CheckOptions, checkHistory, type Verdict } from "./checker.ts";
import type { StoredLog } from "./history.ts";
import { WireSpy } from "./wire-spy.ts";

/** An agent that is a process can be killed and stopped; one that shares our process is cheap. */
type PartyAgent = Pick<
  Awaited<ReturnType<typeof startAgentProcess>>,
  "userId" | "folder" | "start" | "kill9" | "sigstop" | "sigcont" | "died"
>;

export interface PartyOptions {
  readonly hubUrl: string;
  readonly random: Random;
  /** Begins the names of all files of this party: nobody else may ever receive it. */
  readonly canary: string;
  readonly agent: "process" | "here";
  readonly viewers: number;
  /** Files that lie in the folder before the session starts. */
  readonly filesAtStart?: number;
}

export interface PartyViewer {
  readonly viewer: FollowingViewer;
  readonly way: TcpProxy;
  readonly spy: WireSpy;
}

/** Whether it stood still at the end, or was slow. */
const LATEST_MS = 60_000;

/** Not the default: what comes back after a loss must be this. */
const PARAMS = { min_snr: 2.5 };

/** One laboratory: an instrument, its agent, and those who watch it, each with its own way to the hub. */
export class Party {
  readonly canary: string;
  readonly agent: PartyAgent;
  readonly instrument: Instrument;
  readonly acks: AckTap;
  readonly way: TcpProxy;
  readonly viewers: readonly PartyViewer[];
  readonly sessionId: string;

  static async start(options: PartyOptions): Promise<Party> {
    const { hubUrl, random, canary } = options;
    const acks = new AckTap();
    const way = await openWay(hubUrl, acks.tap);
    const agent = await startAgent(options.agent, way.url, canary);
    const instrument = new Instrument(agent.folder, canary, random);
    await instrument.burst(options.filesAtStart ?? 0);
    const viewers = await Promise.all(
      Array.from({ length: options.viewers }, async () => startViewer(hubUrl, agent.userId)),
    );
    const [first, ...others] = viewers;
    if (first === undefined) throw new RangeError("A party needs a viewer.");
    const { session_id } = await first.viewer.startSession(instrument.pattern, PARAMS);
    for (const { viewer } of others) viewer.follow(session_id);
    return new Party({ canary, agent, instrument, acks, way, viewers, sessionId: session_id });
  }

  private constructor(
    parts: Pick<Party, "canary" | "agent" | "instrument" | "acks" | "way" | "viewers" | "sessionId">,
  ) {
    this.canary = parts.canary;
    this.agent = parts.agent;
    this.instrument = parts.instrument;
    this.acks = parts.acks;
    this.way = parts.way;
    this.viewers = parts.viewers;
    this.sessionId = parts.sessionId;
  }

  /** Where its session's log lies in a store. */
  get logKey(): LogKey {
    return logKey(userTag(this.agent.userId as UserId), this.sessionId); // the agent's own code made the ID
  }

  /** What nobody else may receive. */
  get secrets(): readonly string[] {
    return [this.canary, this.agent.userId, this.sessionId];
  }

  forbid(secrets: readonly string[]): void {
    for (const { spy } of this.viewers) for (const word of secrets) spy.forbid(word);
  }

  /** Resolves when every viewer shows the newest content of every file. */
  async converged(withinMs: number): Promise<void> {
    const converge = async ({ viewer }: PartyViewer) => {
      const shows = () => this.#missingIn(viewer) === null;
      await viewer.until("every file is shown", shows, withinMs).catch(async (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        const latest = viewer.shown.filter(({ atMs }) => atMs > performance.now() - LATEST_MS).length;
        throw new Error(
          `${this.canary} lacks ${this.#missingIn(viewer)}. ${why} ${latest} of them came in the last ` +
            `${LATEST_MS / 1_000} s. ${await viewer.describe()}`,
        );
      });
    };
    await Promise.all(this.viewers.map(converge));
  }

  /** Resolves when a viewer shows `count` entries more than now. */
  async showsMore(count: number): Promise<void> {
    const [first] = this.viewers;
    const wanted = (first?.viewer.shown.length ?? 0) + count;
    await first?.viewer.until(`shows ${wanted} entries`, () => first.viewer.shown.length >= wanted);
  }

  /** Resolves when every viewer shows this revision of every file: what size and time do not tell apart. */
  async showRevision(revision: number): Promise<void> {
    const shows = ({ newest }: FollowingViewer) =>
      [...this.instrument.written.keys()].every((name) => newest.get(name)?.revision === revision);
    await Promise.all(
      this.viewers.map(({ viewer }) => viewer.until(`shows revision ${revision}`, () => shows(viewer))),
    );
  }

  /** Its session as the hub describes it now. */
  async session(): Promise<SessionSummary> {
    const reply = await this.viewers[0]?.viewer.ask("join", { user_id: this.agent.userId });
    const sessions = reply?.ok ? reply.value.sessions : [];
    const session = sessions.find(({ session_id }) => session_id === this.sessionId);
    if (session === undefined) throw new Error(`The hub does not know the session of ${this.canary}.`);
    return session;
  }

  judge(log: StoredLog, options: CheckOptions): Verdict {
    const viewers = this.viewers.map(({ viewer }, index) => ({
      viewer: `${this.canary}'s viewer ${index + 1}`,
      shown: viewer.shown,
      faults: viewer.faults,
      restarts: viewer.restarts,
    }));
    const { written } = this.instrument;
    const verdict = checkHistory({ written, acks: this.acks.acks, log, viewers }, options);
    const strangers = this.viewers.flatMap(({ spy }) => spy.found);
    const death = this.agent.died();
    const violations = [
      ...verdict.violations,
      ...strangers.map((word) => `[I4] a viewer of ${this.canary} received ${word}`),
      ...(death === null ? [] : [death]),
    ];
    return { ...verdict, violations };
  }

  /** A file whose newest content a viewer does not show; null: there is none. */
  #missingIn({ newest }: FollowingViewer): string | null {
    const { written } = this.instrument;
    if (newest.size < written.size) {
      for (const name of written.keys()) if (!newest.has(name)) return name;
    }
    for (const [name, contents] of written) {
      const [seen, last] = [newest.get(name), contents.at(-1)];
      if (seen?.size !== last?.size || seen?.mtime_ms !== last?.mtime_ms) return name;
    }
    return null;
  }
}

async function startAgent(kind: PartyOptions["agent"], hubUrl: string, name: string): Promise<PartyAgent> {
  if (kind === "process") {
    const agent = await startAgentProcess(hubUrl, name);
    return { ...agent, userId: agent.userId.replaceAll("-", "") };
  }
  const { agent, folder } = await startTestAgent(hubUrl, { name });
  const cannot = () => {
    throw new TypeError("An agent in this process cannot be killed.");
  };
  return {
    userId: agent.userId,
    folder,
    start: cannot,
    kill9: cannot,
    sigstop: cannot,
    sigcont: cannot,
    died: () => null,
  };
}

async function startViewer(hubUrl: string, userId: string): Promise<PartyViewer> {
  const spy = new WireSpy();
  const way = await openWay(hubUrl, spy.tap);
  const viewer = new FollowingViewer(way.url, userId);
  onTestFinished(() => viewer.close());
  return { viewer, way, spy };
}

async function openWay(hubUrl: string, tap: Tap): Promise<TcpProxy> {
  const way = await TcpProxy.start(hubUrl, tap);
  onTestFinished(() => way.close());
  return way;
}
