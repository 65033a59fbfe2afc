import type { SessionId } from "../../shared/protocol/session.ts";
import { type KnownSession, readCarried } from "../sessions/descriptor.ts";
import { logKey, type SessionRecord } from "../sessions/session-book.ts";
import type { AgentPeer } from "./agent-peer.ts";
import type { Hub } from "./hub.ts";
import { inOneFolder } from "./running-sessions.ts";

/**
 * After an agent has registered: what it carries and the store has lost is brought back, then every running session
 * takes files again.
 */
export async function resumeSessions(hub: Hub, peer: AgentPeer): Promise<void> {
  const { tag } = peer.registration;
  const storeId = await hub.identity.ask();
  for (const carried of peer.auth.sessions ?? []) {
    const known = readCarried(carried);
    const recovery = known && (await hub.recovery.recover(tag, known, storeId));
    if (recovery === null || recovery.kind === "over") forget(peer, carried.session_id);
    else if (recovery.kind !== "intact") noteRecovery(hub, peer, carried.session_id, recovery.kind);
  }
  const running = await stillRunning(hub, peer);
  // The map may have been written when these were still lost.
  await hub.registry.setSession(peer.registration, running[0]?.session_id ?? null);
  for (const session of running) await takeSession(hub, peer, session, storeId);
}

/** Newest first. Sessions that took files from another folder end here. */
async function stillRunning(hub: Hub, peer: AgentPeer): Promise<SessionRecord[]> {
  const running: SessionRecord[] = [];
  for (const { session_id, state } of await hub.book.list(peer.registration.tag)) {
    if (state !== "running") continue;
    const session = await inOneFolder(hub, peer, session_id);
    if (session.state === "running") running.push(session);
    else forget(peer, session_id);
  }
  return running;
}

/** Brings back one session of a connected agent and takes its files anew, where the store has lost any of it. */
export async function recoverSession(hub: Hub, peer: AgentPeer, known: KnownSession, storeId: string) {
  const { session_id } = known.record;
  const recovery = await hub.recovery.recover(peer.registration.tag, known, storeId);
  if (recovery.kind === "intact") return;
  if (recovery.kind === "over") {
    peer.sessions.delete(session_id);
    peer.catchUp.sessions.delete(session_id);
    forget(peer, session_id);
    return;
  }
  noteRecovery(hub, peer, session_id, recovery.kind);
  await takeSession(hub, peer, recovery.record, storeId);
}

async function takeSession(hub: Hub, peer: AgentPeer, record: SessionRecord, storeId: string): Promise<void> {
  const { session_id } = record;
  const key = logKey(peer.registration.tag, session_id);
  // A record whose log is missing is half of a session: the other half begins anew.
  await hub.store.createLog(key, hub.newId());
  const [position] = await hub.store.heads([key]);
  if (!position) return;
  // Not waited for: an agent takes its time for a large folder, or leaves and gets its filters when it is back.
  peer.takeFor({ store_id: storeId, record, positions: [position] }).catch((error: unknown) => {
    if (peer.socket.connected) hub.log.warn({ err: error, session_id }, "filters not set");
  });
}

function noteRecovery(hub: Hub, { registration }: AgentPeer, session_id: SessionId, kind: string): void {
  hub.heads.refresh(registration.tag);
  hub.log.warn({ agent: registration.tag, session_id, kind }, "session recovered");
}

/** An agent that does not answer carries it on, and is told again when it comes back. */
function forget(peer: AgentPeer, session_id: SessionId): void {
  peer.ask("stop_data_stream", { session_id }).catch(() => undefined);
}
