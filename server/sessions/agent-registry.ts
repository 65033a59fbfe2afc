import { z } from "zod";
import type { AgentAuth } from "../../shared/protocol/agent-events.ts";
import { AgentStatus } from "../../shared/protocol/session.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { type Fence, type RecordChange, type Store, StoreUnavailable } from "../store/port.ts";
import { newNonce, type Owner, ownerOf } from "./owner.ts";
import { type UserTag, userTag } from "./user-tag.ts";

/** The customer's map: user_id → the agent's socket. `redis-cli HGETALL agent_user_mapping` shows it. */
const MAPPING = "agent_user_mapping";
/** Per agent the nonce of the registration in force: what a late write of an old owner is held against. */
const OWNERS = "owners";
/** Per agent what viewers are told of it, also after it has gone. */
const AGENTS = "agents";

/** One value of the map. */
const Mapping = z.object({
  /** The agent's newest running session. */
  session_id: z.string().nullable(),
  agent_sid: z.string(),
  hub_id: z.string(),
  connected_at: z.string(),
  nonce: z.string(),
});
type Mapping = z.infer<typeof Mapping>;

/** A registration in force: made at connect, ended by its owner alone. */
export interface Registration {
  readonly user_id: UserId;
  readonly tag: UserTag;
  readonly nonce: string;
  readonly fence: Fence;
  readonly agent_sid: string;
  readonly connected_at: string;
}

/** An agent that registers: its socket, what it says of itself, and its newest running session. */
export interface Arrival {
  readonly agentSid: string;
  readonly auth: AgentAuth;
  readonly sessionId: string | null;
}

/** What it takes to end a registration. */
export type Departure = Pick<Registration, "user_id" | "tag" | "nonce">;

/** Departures that wait for the store. More went at once only where more were connected: then the oldest stay. */
const MAX_OWED_DEPARTURES = 10_000;

interface RegistryDependencies {
  readonly store: Store;
  readonly hubId: string;
  readonly newId: () => string;
  readonly now: () => number;
}

/** Which agent is connected where, on the store. Knows no sockets: an agent's socket is only its id here. */
export class AgentRegistry {
  readonly #store: Store;
  readonly #hubId: string;
  readonly #newId: () => string;
  readonly #now: () => number;
  /** By nonce: registrations that are over, or that may have been written although the store did not say so. */
  readonly #owed = new Map<string, Departure>();

  constructor({ store, hubId, newId, now }: RegistryDependencies) {
    this.#store = store;
    this.#hubId = hubId;
    this.#newId = newId;
    this.#now = now;
  }

  /**
   * Writes the agent into the map, in one step with what viewers are told of it; whoever stood there before is no
   * longer the owner, wherever it was.
   *
   * @param also further changes, decided anew at each attempt and made in the same atomic step
   * @returns also who held the agent before
   */
  async register(
    user_id: UserId,
    { agentSid, auth, sessionId }: Arrival,
    also: () => Promise<readonly RecordChange[]>,
  ): Promise<{ registration: Registration; status: AgentStatus; before: Owner | null }> {
    const tag = userTag(user_id);
    const nonce = newNonce(this.#hubId, this.#newId());
    const fence: Fence = { collection: OWNERS, key: tag, value: nonce };
    const connected_at = new Date(this.#now()).toISOString();
    const registration: Registration = { user_id, tag, nonce, fence, agent_sid: agentSid, connected_at };
    const mapping = this.#mapping(registration, sessionId);
    const { name, folder, version, os } = auth;
    const since_ms = this.#now();
    const status: AgentStatus = { state: "online", name, folder, version, os, since_ms, files: null };
    let before: string | null = null;
    const decide = async () => {
      const owner = await this.#replace(OWNERS, tag, nonce);
      before = owner.expected;
      return [
        owner,
        await this.#replace(MAPPING, user_id, mapping),
        await this.#replace(AGENTS, tag, JSON.stringify(status)),
        ...(await also()),
      ];
    };
    // Only the reply may be lost: should it stand in the map, it is taken out again.
    await this.#change(decide, () => this.abandon(registration));
    return { registration, status, before: before === null ? null : ownerOf(before) };
  }

  /**
   * Writes a registration again after the store lost it, with what viewers are told of the agent.
   *
   * @param also as for `register`
   * @returns false when somebody else has registered since: then nothing changes
   */
  async restore(
    registration: Registration,
    sessionId: string | null,
    status: AgentStatus,
    also: () => Promise<readonly RecordChange[]>,
  ): Promise<boolean> {
    const { user_id, tag, nonce } = registration;
    for (;;) {
      const owner = await this.#store.getRecord(OWNERS, tag);
      if (owner !== null) return owner === nonce;
      const written = await this.#store.compareAndSet([
        { collection: OWNERS, key: tag, expected: null, next: nonce },
        await this.#replace(MAPPING, user_id, this.#mapping(registration, sessionId)),
        await this.#replace(AGENTS, tag, JSON.stringify(status)),
        ...(await also()),
      ]);
      if (written) return true;
    }
  }

  /**
   * Ends a registration, in one step with what viewers are told of the agent. While the store is away it rejects,
   * and `settleDepartures` does it later.
   *
   * @returns what viewers hear; null when they hear nothing: somebody else has registered since, and nothing changes
   */
  async depart(registration: Departure): Promise<AgentStatus | null> {
    try {
      for (;;) {
        const step = await this.#departure(registration);
        if (step === null) return null;
        if (await this.#store.compareAndSet(step.changes)) return step.status;
      }
    } catch (error) {
      if (error instanceof StoreUnavailable) this.abandon(registration);
      throw error;
    }
  }

  async #departure({ user_id, tag, nonce }: Departure) {
    const owner = await this.#replace(OWNERS, tag, null);
    const mapping = await this.#replace(MAPPING, user_id, null);
    if (owner.expected !== null && owner.expected !== nonce) return null;
    if (mapping.expected !== null && Mapping.parse(JSON.parse(mapping.expected)).nonce !== nonce) return null;
    const text = await this.#store.getRecord(AGENTS, tag);
    if (text === null) return { status: null, changes: [owner, mapping] };
    const last = AgentStatus.parse(JSON.parse(text));
    const status: AgentStatus =
      last.state === "offline" ? last : { ...last, state: "offline", since_ms: this.#now() };
    const told = { collection: AGENTS, key: tag, expected: text, next: JSON.stringify(status) };
    return { status, changes: [owner, mapping, told] };
  }

  /** Notes a registration that is over, and may still stand in the map: `settleDepartures` takes it out. */
  abandon(registration: Departure): void {
    this.#owed.set(registration.nonce, registration);
    const [oldest] = this.#owed.keys();
    if (this.#owed.size > MAX_OWED_DEPARTURES && oldest !== undefined) this.#owed.delete(oldest);
  }

  /** Makes up for what could not be written while the store was away. @returns the agents that are offline now */
  async settleDepartures(): Promise<{ tag: UserTag; status: AgentStatus }[]> {
    const offline: { tag: UserTag; status: AgentStatus }[] = [];
    for (const [nonce, registration] of this.#owed) {
      const status = await this.depart(registration);
      this.#owed.delete(nonce);
      if (status !== null) offline.push({ tag: registration.tag, status });
    }
    return offline;
  }

  /** Whether nobody has registered since. */
  async holds({ tag, nonce }: Registration): Promise<boolean> {
    return (await this.#store.getRecord(OWNERS, tag)) === nonce;
  }

  /** Notes the agent's newest running session in the map. */
  async setSession({ user_id, nonce }: Registration, sessionId: string | null): Promise<void> {
    await this.#change(async () => {
      const current = await this.#store.getRecord(MAPPING, user_id);
      const mapping = current === null ? null : Mapping.parse(JSON.parse(current));
      if (mapping === null || mapping.nonce !== nonce || mapping.session_id === sessionId) return [];
      const next = JSON.stringify({ ...mapping, session_id: sessionId });
      return [{ collection: MAPPING, key: user_id, expected: current, next }];
    });
  }

  /** What viewers are told of the agent; null for a User ID that no agent has ever used here. */
  async status(tag: UserTag): Promise<AgentStatus | null> {
    const text = await this.#store.getRecord(AGENTS, tag);
    return text === null ? null : AgentStatus.parse(JSON.parse(text));
  }

  /** All agents that have ever registered here. */
  async tags(): Promise<UserTag[]> {
    return [...(await this.#store.listRecords(AGENTS)).keys()] as UserTag[]; // keys of this collection are written here alone
  }

  /** How many agents are registered at each hub. */
  async agentsPerHub(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const text of (await this.#store.listRecords(MAPPING)).values()) {
      const mapping = Mapping.safeParse(JSON.parse(text));
      if (mapping.success) counts.set(mapping.data.hub_id, (counts.get(mapping.data.hub_id) ?? 0) + 1);
    }
    return counts;
  }

  /** As `status`, of many agents in one round trip. */
  async statuses(tags: readonly UserTag[]): Promise<(AgentStatus | null)[]> {
    const texts = await this.#store.getRecords(AGENTS, tags);
    return texts.map((text) => (text === null ? null : AgentStatus.parse(JSON.parse(text))));
  }

  /** Who holds each agent now, in one round trip; null for one that is offline. */
  async owners(tags: readonly UserTag[]): Promise<(Owner | null)[]> {
    const nonces = await this.#store.getRecords(OWNERS, tags);
    return nonces.map((nonce) => (nonce === null ? null : ownerOf(nonce)));
  }

  /**
   * Ends the registrations that dead hubs left behind. One that was made anew meanwhile has another nonce, and stays.
   *
   * @returns the agents that are offline now
   */
  async sweep(isDead: (hubId: string) => boolean): Promise<{ tag: UserTag; status: AgentStatus }[]> {
    const offline: { tag: UserTag; status: AgentStatus }[] = [];
    for (const [key, text] of await this.#store.listRecords(MAPPING)) {
      const mapping = Mapping.safeParse(JSON.parse(text));
      if (!mapping.success || !isDead(mapping.data.hub_id)) continue;
      const user_id = key as UserId; // keys of this map are written by `register` alone
      const tag = userTag(user_id);
      const status = await this.depart({ user_id, tag, nonce: mapping.data.nonce });
      if (status !== null) offline.push({ tag, status });
    }
    return offline;
  }

  #mapping({ agent_sid, connected_at, nonce }: Registration, session_id: string | null): string {
    const mapping: Mapping = { session_id, agent_sid, hub_id: this.#hubId, connected_at, nonce };
    return JSON.stringify(mapping);
  }

  async #replace(collection: string, key: string, next: string | null): Promise<RecordChange> {
    return { collection, key, expected: await this.#store.getRecord(collection, key), next };
  }

  /** Reads, decides and writes again until nobody was faster. @param onUncertain the changes may have been made */
  async #change(decide: () => Promise<RecordChange[]>, onUncertain: () => void = () => {}): Promise<void> {
    for (;;) {
      const changes = await decide();
      if (changes.length === 0) return;
      try {
        if (await this.#store.compareAndSet(changes)) return;
      } catch (error) {
        onUncertain();
        throw error;
      }
    }
  }
}
