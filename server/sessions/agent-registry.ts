import { z } from "zod";
import type { AgentAuth } from "../../shared/protocol/agent-events.ts";
import { AgentStatus } from "../../shared/protocol/session.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import type { Fence, RecordChange, Store } from "../store/port.ts";
import type { UserTag } from "./user-tag.ts";

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
}

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

  constructor({ store, hubId, newId, now }: RegistryDependencies) {
    this.#store = store;
    this.#hubId = hubId;
    this.#newId = newId;
    this.#now = now;
  }

  /** Writes the agent into the map; whoever stood there before is no longer the owner, wherever it was. */
  async register(
    user_id: UserId,
    tag: UserTag,
    agentSid: string,
    sessionId: string | null,
  ): Promise<Registration> {
    const nonce = this.#newId();
    const mapping: Mapping = {
      session_id: sessionId,
      agent_sid: agentSid,
      hub_id: this.#hubId,
      connected_at: new Date(this.#now()).toISOString(),
      nonce,
    };
    await this.#change(async () => [
      await this.#replace(MAPPING, user_id, JSON.stringify(mapping)),
      await this.#replace(OWNERS, tag, nonce),
    ]);
    return { user_id, tag, nonce, fence: { collection: OWNERS, key: tag, value: nonce } };
  }

  /** Takes the agent out of the map, unless somebody else has registered since: then nothing changes. */
  async unregister({ user_id, tag, nonce }: Registration): Promise<boolean> {
    const current = await this.#store.getRecord(MAPPING, user_id);
    if (current === null || Mapping.parse(JSON.parse(current)).nonce !== nonce) return false;
    return this.#store.compareAndSet([
      { collection: MAPPING, key: user_id, expected: current, next: null },
      { collection: OWNERS, key: tag, expected: nonce, next: null },
    ]);
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

  async noteOnline(tag: UserTag, auth: AgentAuth): Promise<AgentStatus> {
    const { name, folder, version, os } = auth;
    return this.#writeStatus(tag, {
      state: "online",
      name,
      folder,
      version,
      os,
      since_ms: this.#now(),
      files: null,
    });
  }

  async noteOffline(tag: UserTag): Promise<AgentStatus | null> {
    const last = await this.status(tag);
    if (last === null || last.state === "offline") return last;
    return this.#writeStatus(tag, { ...last, state: "offline", since_ms: this.#now() });
  }

  /**
   * Ends the registrations that an earlier life of this hub left behind when it was killed.
   *
   * @returns how many there were
   */
  async sweepOwn(tagOf: (userId: UserId) => UserTag): Promise<number> {
    let swept = 0;
    for (const [key, text] of await this.#store.listRecords(MAPPING)) {
      const mapping = Mapping.safeParse(JSON.parse(text));
      if (!mapping.success || mapping.data.hub_id !== this.#hubId) continue;
      const user_id = key as UserId; // keys of this map are written by `register` alone
      const tag = tagOf(user_id);
      const { nonce } = mapping.data;
      if (
        await this.unregister({ user_id, tag, nonce, fence: { collection: OWNERS, key: tag, value: nonce } })
      ) {
        await this.noteOffline(tag);
        swept += 1;
      }
    }
    return swept;
  }

  async #writeStatus(tag: UserTag, status: AgentStatus): Promise<AgentStatus> {
    await this.#change(async () => [await this.#replace(AGENTS, tag, JSON.stringify(status))]);
    return status;
  }

  async #replace(collection: string, key: string, next: string): Promise<RecordChange> {
    return { collection, key, expected: await this.#store.getRecord(collection, key), next };
  }

  /** Reads, decides and writes again until nobody was faster. */
  async #change(decide: () => Promise<RecordChange[]>): Promise<void> {
    for (;;) {
      const changes = await decide();
      if (changes.length === 0 || (await this.#store.compareAndSet(changes))) return;
    }
  }
}
