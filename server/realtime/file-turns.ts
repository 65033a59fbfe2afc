import type { Credit, StreamInstrumentData } from "../../shared/protocol/agent-events.ts";
import { CREDIT } from "../../shared/protocol/limits.ts";
import type { Receipt } from "../sessions/ingest.ts";
import type { CatchingUp } from "../tasks/catch-up-board.ts";
import { shareOf } from "../tasks/catch-up-credit.ts";
import { catchUpEtas } from "../tasks/catch-up-estimate.ts";
import { Flow } from "../tasks/flow.ts";
import { IngestGate } from "../tasks/ingest-gate.ts";
import type { AgentPeer, AgentPeers } from "./agent-peer.ts";

/**
 * When the files of this hub's agents are worked on, and how many each may have under way: live files first, old
 * ones in turns, so that one person's 10,000 old files never delay another's next point.
 */
export class FileTurns {
  readonly #gate = new IngestGate();
  readonly #peers: AgentPeers;
  readonly #now: () => number;
  /** Of all old files together. */
  readonly #flow: Flow;

  readonly #storeIsFar: boolean;

  /**
   * @param storeIsFar whether a commit waits for another machine: then the next old file is worked on meanwhile. The
   *   embedded store commits on the event loop, where it stands in the way of a live file as the work itself does.
   */
  constructor(peers: AgentPeers, { now, storeIsFar }: { now: () => number; storeIsFar: boolean }) {
    this.#storeIsFar = storeIsFar;
    this.#peers = peers;
    this.#now = now;
    this.#flow = new Flow(now());
  }

  /**
   * Works on one part. Only the last of a file waits for its turn: that is when the work comes.
   *
   * @param work says when nothing but the commit is left
   */
  async take(
    peer: AgentPeer,
    part: StreamInstrumentData,
    work: (analysed: () => void) => Promise<Receipt>,
  ): Promise<Receipt> {
    const { session_id, filename } = part;
    const cameMs = this.#now();
    const isLast = part.from + part.content.length >= part.size;
    const kind = this.isOld(peer, part) ? "catch-up" : "live";
    const { registration, weight } = peer;
    const turn = () =>
      this.#gate.pass(kind, registration.tag, weight, (handedOn) =>
        work(this.#storeIsFar ? handedOn : ignore),
      );
    const receipt = await (isLast ? (kind === "live" ? turn() : this.#measured(peer, turn)) : work(ignore));
    const { reply, logged } = receipt;
    if (reply.outcome !== "partial") peer.catchUp.through(session_id, filename);
    const held_ms = Math.max(0, this.#now() - cameMs);
    return { reply: { ...reply, credit: this.creditOf(peer), held_ms }, logged };
  }

  /** Whether it was offered, and is not one that has just been measured and was offered only for its size. */
  isOld({ catchUp }: AgentPeer, { session_id, filename, live }: StreamInstrumentData): boolean {
    return live !== true && catchUp.isOld(session_id, filename);
  }

  /** What an agent may have under way from now on. */
  creditOf(peer: AgentPeer): Credit {
    if (!peer.catchUp.active) return CREDIT;
    const catchingUp = this.#peers.all().filter(({ catchUp }) => catchUp.active);
    return shareOf(
      peer.weight,
      catchingUp.map(({ weight }) => weight),
    );
  }

  /** For work that files outrank: resolves when none is worked on, but in any case after a while. */
  rest(): Promise<void> {
    return this.#gate.rest();
  }

  /** What this hub's agents are catching up on. */
  catchingUp(): CatchingUp[] {
    const now = this.#now();
    const peers = this.#peers.all();
    const active = peers.filter(({ catchUp }) => catchUp.active);
    const etas = catchUpEtas(
      active.map(({ catchUp, weight }) => catchUp.ahead(weight, now)),
      this.#flow.perFile(now)?.busyMs ?? null,
    );
    const etaOf = new Map<string, number | null>();
    for (const [index, { catchUp }] of active.entries())
      for (const [session, id] of [...catchUp.sessions.keys()].entries())
        etaOf.set(id, etas[index]?.[session] ?? null);
    return peers.map(({ registration, catchUp, sessions }) => ({
      tag: registration.tag,
      catchUp,
      labelOf: (session_id) => sessions.get(session_id)?.record.label ?? null,
      etaOf: (session_id) => etaOf.get(session_id) ?? null,
    }));
  }

  /** An old file, from its coming to its going. */
  async #measured(peer: AgentPeer, turn: () => Promise<Receipt>): Promise<Receipt> {
    const now = this.#now();
    const gone = peer.catchUp.come(now);
    this.#flow.come(now);
    try {
      return await turn();
    } finally {
      const then = this.#now();
      gone(then);
      this.#flow.go(then);
    }
  }
}

function ignore(): void {}
