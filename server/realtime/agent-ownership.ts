import { ERRORS, RequestError } from "../../shared/protocol/errors.ts";
import { currentInstance, placeChange } from "../edge/instances.ts";
import type { AgentPeer } from "./agent-peer.ts";
import type { Hub } from "./hub.ts";
import { sayGoodbye } from "./say-goodbye.ts";

/** Agents whose owners are asked for in one round trip. */
const AGENTS_AT_ONCE = 512;

/**
 * Whether the agents of this hub are still its own. They are not after a stall: others took this hub for dead, ended
 * their registrations, and may hold them by now.
 */
export async function checkOwnership(hub: Hub): Promise<void> {
  const peers = hub.peers.all();
  for (let at = 0; at < peers.length; at += AGENTS_AT_ONCE)
    await checkSome(hub, peers.slice(at, at + AGENTS_AT_ONCE));
}

async function checkSome(hub: Hub, peers: readonly AgentPeer[]): Promise<void> {
  const owners = await hub.registry.owners(peers.map(({ registration }) => registration.tag));
  for (const [index, peer] of peers.entries()) {
    const nonce = owners[index]?.nonce;
    if (nonce === peer.registration.nonce || hub.peers.get(peer.registration.tag) !== peer) continue;
    if (nonce !== undefined || !(await comesBack(hub, peer))) await retireLost(hub, peer);
  }
}

/** Writes the registration of an agent that is still connected again. @returns false when another process has its place */
async function comesBack(hub: Hub, peer: AgentPeer): Promise<boolean> {
  try {
    const restored = await restoreRegistration(hub, peer);
    if (restored) hub.audience.hint(peer.registration.tag, "agent_status", peer.status);
    return restored;
  } catch (error) {
    if (error instanceof RequestError) return false;
    throw error;
  }
}

/**
 * Writes a registration again that the store does not have any more.
 *
 * @returns false when somebody has registered since, or the agent has left meanwhile
 * @throws RequestError replaced
 */
export async function restoreRegistration(hub: Hub, peer: AgentPeer): Promise<boolean> {
  const { registration, auth, status, sessions } = peer;
  const newest = [...sessions.keys()].at(-1) ?? null;
  const place = () => placeChange(hub.store, registration.tag, auth.instance, hub.now());
  const restored = await hub.registry.restore(registration, newest, status, place);
  if (!restored || hub.peers.get(registration.tag) === peer) return restored;
  await hub.registry.depart(registration);
  return false;
}

/** An agent that somebody else holds now, wherever that is. */
async function retireLost(hub: Hub, peer: AgentPeer): Promise<void> {
  const instance = await currentInstance(hub.store, peer.registration.tag);
  retire(hub, peer, instance ?? peer.auth.instance);
}

/**
 * Sends an agent's old connection away: `instance` has registered since. The newest process of one key wins; the
 * same process on a new connection is never "another".
 */
export function retire(hub: Hub, peer: AgentPeer, instance: string): void {
  hub.peers.remove(peer);
  peer.sessions.clear();
  if (peer.auth.instance === instance) {
    hub.edge.connections.of(peer.socket.conn)?.life.endsBecause("it came again");
    peer.socket.disconnect(true);
  } else {
    const { message } = ERRORS.replaced;
    sayGoodbye(hub, peer.socket, { code: "replaced", message, retry: false, retry_after_ms: 0 });
  }
}
