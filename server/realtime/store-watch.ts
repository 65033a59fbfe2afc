import { setImmediate as nextTurn } from "node:timers/promises";
import { RequestError } from "../../shared/protocol/errors.ts";
import { describeSession } from "../sessions/descriptor.ts";
import type { LiveSession } from "../sessions/live-session.ts";
import { logKey } from "../sessions/session-book.ts";
import { StoreUnavailable } from "../store/port.ts";
import { restoreRegistration } from "./agent-ownership.ts";
import type { AgentPeer } from "./agent-peer.ts";
import type { Hub } from "./hub.ts";
import { recoverSession } from "./resume-sessions.ts";

/** Logs that got files are compared at every tick, all others at every 30th: 5,000 heads are 40 ms of one core. */
const ALL_LOGS_EVERY_TICKS = 30;
/** Heads asked for at once, so that live files have their turn in between. */
const LOGS_AT_ONCE = 256;
/** Agents whose registrations and sessions are written again at the same time. */
const AGENTS_AT_ONCE = 32;

interface Taken {
  readonly peer: AgentPeer;
  readonly live: LiveSession;
}

/**
 * Once a second: is the store still the one that this hub has written to, and is everything there? What is lost
 * comes back from this hub's memory and from what agents carry; the files come again from their folders.
 */
export class StoreWatch {
  readonly #hub: Hub;
  #away = false;
  #ticks = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async tick(): Promise<void> {
    try {
      await this.#look();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      if (!this.#away) this.#hub.log.error({ err: error }, "store away");
      this.#away = true;
    }
  }

  async #look(): Promise<void> {
    const { identity, registry, audience, log } = this.#hub;
    const id = await identity.ask();
    if (id !== identity.known) await this.#restoreAll(id);
    await this.#compareHeads(this.#away || this.#ticks % ALL_LOGS_EVERY_TICKS === 0);
    for (const { tag, status } of await registry.settleDepartures())
      audience.hint(tag, "agent_status", status);
    this.#carryChanges();
    this.#ticks += 1;
    if (this.#away) log.info({}, "store back");
    this.#away = false;
  }

  /** Adopts the other store once everything is in it: until then what is missing there is lost, not deleted. */
  async #restoreAll(id: string): Promise<void> {
    const { identity, peers, links, log } = this.#hub;
    const agents = peers.all();
    log.error({ agents: agents.length }, "store emptied or replaced: restoring");
    await links.restore();
    for (let at = 0; at < agents.length; at += AGENTS_AT_ONCE) {
      await Promise.all(agents.slice(at, at + AGENTS_AT_ONCE).map((peer) => this.#restore(peer, id)));
    }
    identity.adopt(id);
    log.info({ agents: agents.length }, "store restored");
  }

  /** The registration comes first: a log without its owner would refuse the owner's files. */
  async #restore(peer: AgentPeer, id: string): Promise<void> {
    const { log } = this.#hub;
    const { registration } = peer;
    try {
      if (!(await restoreRegistration(this.#hub, peer))) return;
      for (const live of [...peer.sessions.values()]) await recoverSession(this.#hub, peer, live.known, id);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      // Another process of this agent was faster; or this one agent is odd, and must not keep all others waiting.
      if (!(error instanceof RequestError))
        log.error({ err: error, agent: registration.tag }, "agent not restored");
    }
  }

  /** A log that is shorter than it was, or gone, was lost with the same store: an old copy, a failover, an eviction. */
  async #compareHeads(all: boolean): Promise<void> {
    const taken = this.#taken().filter(({ live }) => all || live.position !== live.compared);
    for (let at = 0; at < taken.length; at += LOGS_AT_ONCE) {
      if (at > 0) await nextTurn();
      await this.#compareSome(taken.slice(at, at + LOGS_AT_ONCE));
    }
  }

  async #compareSome(taken: readonly Taken[]): Promise<void> {
    // Noted before the store is asked: a log only grows, so what it is asked for can only be more.
    const before = taken.map(({ live }) => live.position);
    const keys = taken.map(({ peer, live }) => logKey(peer.registration.tag, live.record.session_id));
    const heads = await this.#hub.store.heads(keys);
    for (const [index, { peer, live }] of taken.entries()) {
      const [was, is] = [before[index], heads[index]];
      if (was === undefined || peer.sessions.get(live.record.session_id) !== live) continue;
      if (is && is.epoch !== was.epoch) live.position = is;
      else if (!is || is.head < was.head) await recoverSession(this.#hub, peer, live.known, live.storeId);
      live.compared = live.position;
    }
  }

  /** Parameters that were chosen or changed since the agent got its descriptor. */
  #carryChanges(): void {
    for (const { peer, live } of this.#taken()) {
      if (live.carried === live.record) continue;
      live.carried = live.record;
      const descriptor = describeSession(live.known);
      if (descriptor === undefined) continue;
      const { session_id } = live.record;
      // An older agent does not know this; one that is gone gets it when it is back.
      peer.ask("carry_session", { session_id, descriptor }).catch(() => undefined);
    }
  }

  #taken(): Taken[] {
    return this.#hub.peers
      .all()
      .flatMap((peer) => [...peer.sessions.values()].map((live) => ({ peer, live })));
  }
}
