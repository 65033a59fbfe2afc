import type { Credit, StreamInstrumentData } from "../../shared/protocol/agent-events.ts";
import { CREDIT } from "../../shared/protocol/limits.ts";
import type { Receipt } from "../sessions/ingest.ts";
import type { CatchingUp } from "../tasks/catch-up-board.ts";
import { shareOf } from "../tasks/catch-up-credit.ts";
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

  constructor(peers: AgentPeers, now: () => number) {
    this.#peers = peers;
    this.#now = now;
  }

  /** Works on one part. Only the last of a file waits for its turn: that is when the work comes. */
  async take(peer: AgentPeer, part: StreamInstrumentData, work: () => Promise<Receipt>): Promise<Receipt> {
    const { session_id, filename } = part;
    const isLast = part.from + part.content.length >= part.size;
    const kind = peer.catchUp.isOld(session_id, filename) ? "catch-up" : "live";
    const receipt = isLast
      ? await this.#gate.pass(kind, peer.registration.tag, peer.weight, work)
      : await work();
    const { reply, logged } = receipt;
    if (reply.outcome !== "partial") peer.catchUp.through(session_id, filename, this.#now());
    return { reply: { ...reply, credit: this.creditOf(peer) }, logged };
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
    return this.#peers.all().map(({ registration, catchUp, sessions }) => ({
      tag: registration.tag,
      catchUp,
      labelOf: (session_id) => sessions.get(session_id)?.record.label ?? null,
    }));
  }
}
