import { setTimeout as pause } from "node:timers/promises";
import { HUB_REQUESTS } from "../../shared/protocol/agent-events.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { PayloadOf, ReplyOf } from "../../shared/protocol/event-maps.ts";
import { AGENT_ANSWER_MS } from "../../shared/protocol/limits.ts";
import type { SessionId } from "../../shared/protocol/session.ts";
import { SisterUnreachable } from "../fleet/sister-calls.ts";
import type { Owner } from "../sessions/owner.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { AgentPeer } from "./agent-peer.ts";
import type { Hub } from "./hub.ts";
import { beginSession, endSession } from "./running-sessions.ts";

type HubRequests = typeof HUB_REQUESTS;
/** What one hub asks of an agent through another. */
type PassedOn = "describe_folder" | "preview_file";

/** Longer than an agent may take, so that its own hub's words arrive first. */
const SISTER_ANSWER_MS = AGENT_ANSWER_MS + 1_000;
/** An order that did not reach the agent's hub is given again so often, after this pause. */
const MAX_TRIES = 30;
const TRY_AGAIN_MS = 2_000;

/** An agent that can be asked, whichever hub it is connected to. */
export interface AskableAgent {
  /** Label of its folder. */
  readonly folder: string;
  /** @throws RequestError agent_offline, agent_timeout, or what the agent itself refused with */
  ask<Name extends PassedOn>(
    event: Name,
    payload: PayloadOf<HubRequests, Name>,
  ): Promise<ReplyOf<HubRequests, Name>>;
}

export interface ReachableAgent extends AskableAgent {
  /** Has its files taken for a session from now on. @returns how many match; 0 also while the agent does not say */
  take(sessionId: SessionId): Promise<number>;
  /** Has no more files taken for a session. @returns whether the agent has stopped */
  drop(sessionId: SessionId): Promise<boolean>;
}

/**
 * The agent, here or through the hub that holds it. What is written before this is called is seen by that hub: it
 * reads its agent's sessions after it has registered the agent.
 *
 * @throws RequestError agent_offline
 */
export async function reachAgent(hub: Hub, tag: UserTag): Promise<ReachableAgent> {
  const { peers, registry, fleet } = hub;
  const peer = peers.get(tag);
  if (peer !== undefined && fleet.sisters().length === 0) return here(hub, peer);
  const [owner = null] = await registry.owners([tag]);
  if (peer !== undefined && peer.registration.nonce === owner?.nonce) return here(hub, peer);
  if (owner === null || owner.hub_id === fleet.hubId) throw new RequestError("agent_offline");
  const folder = (await registry.status(tag))?.folder ?? "";
  return elsewhere(hub, tag, owner, folder);
}

function here(hub: Hub, peer: AgentPeer): ReachableAgent {
  return {
    folder: peer.auth.folder,
    ask: (event, payload) => peer.ask(event, payload),
    take: (sessionId) => beginSession(hub, peer, sessionId),
    drop: (sessionId) => endSession(hub, peer, sessionId),
  };
}

function elsewhere(hub: Hub, tag: UserTag, { hub_id }: Owner, folder: string): ReachableAgent {
  const { fleet } = hub;
  return {
    folder,
    ask: async (event, payload) => {
      const request = { tag, event, payload };
      const value = await fleet.call(hub_id, "ask_agent", request, SISTER_ANSWER_MS).catch(explain);
      const reply = HUB_REQUESTS[event].reply.safeParse(value);
      if (reply.success) return reply.data as ReplyOf<HubRequests, typeof event>; // parsed by this event's schema
      throw new RequestError("internal", "Two hubs do not understand each other. Update both.");
    },
    take: async (session_id) => {
      const order = { tag, session_id };
      const given = await giveOrder(hub, tag, (to) =>
        fleet.call(to, "take_session", order, SISTER_ANSWER_MS),
      );
      return given?.matching ?? 0;
    },
    drop: async (session_id) => {
      const order = { tag, session_id };
      const given = await giveOrder(hub, tag, (to) =>
        fleet.call(to, "drop_session", order, SISTER_ANSWER_MS),
      );
      return given?.agent_stopped ?? false;
    },
  };
}

/**
 * Gives an order that must arrive to the hub that holds the agent. One that does not arrive at once is given again
 * behind the caller's back: the session stands as the store says, and only the agent's hub does not know yet.
 *
 * @returns null when it has not arrived yet
 */
async function giveOrder<Answer>(
  hub: Hub,
  tag: UserTag,
  call: (hubId: string) => Promise<Answer>,
): Promise<Answer | null> {
  const attempt = async () => {
    const [owner = null] = await hub.registry.owners([tag]);
    // Whoever holds it next reads the store first, this hub too.
    return owner === null || owner.hub_id === hub.fleet.hubId ? null : call(owner.hub_id);
  };
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof SisterUnreachable)) throw error;
    void insist(hub, tag, attempt);
    return null;
  }
}

async function insist(hub: Hub, agent: UserTag, attempt: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    await pause(TRY_AGAIN_MS, undefined, { ref: false });
    try {
      await attempt();
      return;
    } catch (error) {
      // Anything else is an answer, or the store is away: then all hubs read it anew when it is back.
      if (!(error instanceof SisterUnreachable)) return;
    }
  }
  hub.log.warn({ agent }, "agent's hub not reached");
}

/** @throws RequestError */
function explain(error: unknown): never {
  if (!(error instanceof SisterUnreachable)) throw error;
  throw error.why === "gone"
    ? new RequestError(
        "agent_offline",
        "The hub that the agent was connected to is gone. The agent comes back by itself in a moment; try again.",
      )
    : new RequestError(
        "agent_timeout",
        "The hub that the agent is connected to does not answer. Try again in a moment.",
      );
}
