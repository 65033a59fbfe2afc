import {
  AGENT_REQUESTS,
  type OfferFiles,
  type OfferReply,
  type StreamInstrumentData,
  type StreamReply,
} from "../../shared/protocol/agent-events.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { FolderTrouble } from "../../shared/protocol/folder-trouble.ts";
import { matchName } from "../../shared/protocol/name-pattern.ts";
import type { AgentStatus } from "../../shared/protocol/session.ts";
import { logKey } from "../sessions/session-book.ts";
import type { AgentPeer } from "./agent-peer.ts";
import type { Hub } from "./hub.ts";
import type { Handlers } from "./serve-requests.ts";

export { AGENT_REQUESTS };

/** What an agent may ask of the hub. `peer` gives the agent once it is registered. */
export function agentHandlers(hub: Hub, peer: () => AgentPeer): Handlers<typeof AGENT_REQUESTS> {
  const take = async (part: StreamInstrumentData): Promise<StreamReply> => {
    const source = peer();
    const isOld = hub.fileTurns.isOld(source, part);
    const { reply, logged } = await hub.metrics.files.part(part.content.length, () =>
      hub.fileTurns.take(source, part, (analysed) => hub.ingest.receive(source, part, analysed)),
    );
    if (logged) hub.livePush.add(source.registration.tag, logged, { isOld });
    return reply;
  };
  return {
    stream_instrument_data: take,
    stream_cv_data: take,
    offer_files: (offer) => wantedOf(hub, peer(), offer),
    folder_state: ({ trouble, ...files }) => {
      const source = peer();
      source.status = withFolder(source.status, files, trouble, hub.now());
      if (files.owed === 0) source.catchUp.nothingOwed();
      hub.audience.hint(source.registration.tag, "agent_status", source.status);
      return null;
    },
  };
}

/** How long a folder cannot be read counts from its first word about it, whatever else it says meanwhile. */
function withFolder(
  { folder_trouble: before, ...status }: AgentStatus,
  files: AgentStatus["files"],
  trouble: FolderTrouble | undefined,
  now: number,
): AgentStatus {
  if (trouble === undefined) return { ...status, files };
  const since_ms = before?.is === trouble ? before.since_ms : now;
  return { ...status, files, folder_trouble: { is: trouble, since_ms } };
}

/** The offered files whose content is not the latest of their name in the log. */
async function wantedOf(hub: Hub, peer: AgentPeer, { session_id, files }: OfferFiles): Promise<OfferReply> {
  const cameMs = hub.now();
  const live = peer.sessions.get(session_id);
  if (live === undefined) throw new RequestError("session_not_running");
  const fitting = files.filter((file) => matchName(live.pattern, file.name) !== null);
  const key = logKey(peer.registration.tag, session_id);
  const latest = await hub.store.latestOf(
    key,
    fitting.map((file) => file.name),
  );
  const wanted = fitting.filter((file, index) => latest[index]?.sha256 !== file.sha256);
  const names = wanted.map(({ name }) => name);
  peer.catchUp.wanted(session_id, names, { now: hub.now(), newId: hub.newId });
  return { wanted: names.map((name) => ({ name, from: 0 })), held_ms: Math.max(0, hub.now() - cameMs) };
}
