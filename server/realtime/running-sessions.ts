import { RequestError } from "../../shared/protocol/errors.ts";
import type { SessionId } from "../../shared/protocol/session.ts";
import { logKey, type SessionRecord } from "../sessions/session-book.ts";
import type { AgentPeer } from "./agent-peer.ts";
import type { Hub } from "./hub.ts";

/** What starting and stopping a session means for an agent that is connected to this hub. */

/**
 * Has the agent's files taken for a session that stands in the store. It stands whatever becomes of the agent, which
 * gets its filters at its next connection.
 *
 * @returns how many of its files match now; 0 also when it does not say
 * @throws RequestError session_not_found, session_not_running
 */
export async function beginSession(hub: Hub, peer: AgentPeer, session_id: SessionId): Promise<number> {
  const { tag } = peer.registration;
  const record = await inOneFolder(hub, peer, session_id);
  if (record.state !== "running") throw new RequestError("session_not_running");
  await hub.registry.setSession(peer.registration, session_id);
  hub.heads.refresh(tag);
  const [position] = await hub.store.heads([logKey(tag, session_id)]);
  if (!position) throw new RequestError("session_not_found");
  const known = { store_id: hub.identity.known, record, positions: [position] } as const;
  return peer.takeFor(known).catch(() => 0);
}

/** Has no more files taken for it; what the agent still owed is dropped. @returns whether the agent has stopped */
export async function endSession(hub: Hub, peer: AgentPeer, session_id: SessionId): Promise<boolean> {
  peer.catchUp.sessions.delete(session_id);
  if (!peer.sessions.delete(session_id)) return false;
  const stopped = await peer.ask("stop_data_stream", { session_id }).then(
    () => true,
    () => false,
  );
  await hub.registry.setSession(peer.registration, [...peer.sessions.keys()].at(-1) ?? null);
  return stopped;
}

/**
 * Ties a session to its agent's folder. One that took files from another folder ends: files of two folders have the
 * same names (a folder a day), and those of the second day would replace those of the first.
 *
 * @returns the session as it stands then
 * @throws RequestError session_not_found
 */
export async function inOneFolder(hub: Hub, peer: AgentPeer, session_id: SessionId): Promise<SessionRecord> {
  const { tag } = peer.registration;
  const { folder_id } = peer.auth;
  const record = await hub.book.update(tag, session_id, (session) => {
    if (folder_id === undefined || session.state !== "running") return session;
    if (session.folder_id === null) return { ...session, folder_id };
    if (session.folder_id === folder_id) return session;
    return { ...session, state: "stopped", stopped_at_ms: hub.now(), stopped_because: "other-folder" };
  });
  if (record.stopped_because !== null) {
    hub.heads.refresh(tag);
    hub.log.info({ agent: tag, session_id }, "session ended, agent on another folder");
  }
  return record;
}
