import manifest from "../../package.json" with { type: "json" };
import type { AdminLookup, AdminState } from "../../shared/protocol/admin.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { readUserId } from "../../shared/protocol/user-id.ts";
import type { AgentPeer } from "../realtime/agent-peer.ts";
import type { HubSocket } from "../realtime/audience.ts";
import type { Hub } from "../realtime/hub.ts";
import { viewersOf } from "../realtime/viewer-count.ts";
import { type UserTag, userTag } from "../sessions/user-tag.ts";

/** Rows of one kind that are sent: enough to look through; `numbers` says how many there are. */
const MOST_ROWS = 500;

/** One hub as its operator sees it. */
export async function adminState(hub: Hub): Promise<AdminState> {
  const agents = hub.peers.all();
  const tagged = new Set<HubSocket>(agents.map(({ socket }) => socket));
  const viewers = hub.audience.everybody().filter((socket) => !tagged.has(socket));
  const counted = await hub.metrics.numbers();
  return {
    hub: about(hub),
    numbers: counted.numbers,
    refusals: counted.refusals,
    files_per_minute: [...hub.metrics.files.perMinute.read()],
    waits_by_hour: [...hub.metrics.tasks.waits.read()],
    agents: agents.slice(0, MOST_ROWS).map((peer) => agentRow(hub, peer)),
    viewers: viewers.slice(0, MOST_ROWS).map((socket) => viewerRow(hub, socket)),
    sessions: agents.flatMap(sessionRows).slice(0, MOST_ROWS),
    tasks: await taskRows(hub),
    hubs: await hubRows(hub),
  };
}

/** How a User ID appears here and in the log, or whose hash that is. @throws RequestError invalid_user_id */
export async function lookUp(hub: Hub, text: string): Promise<AdminLookup> {
  const tag = readTag(text);
  const peer = hub.peers.get(tag);
  const status = peer?.status ?? (await hub.registry.status(tag));
  const known = status && { name: status.name, state: status.state, since_ms: status.since_ms };
  return { tag, known, agent: peer === undefined ? null : agentRow(hub, peer) };
}

/** No User ID has the length of a hash, so one cannot be taken for the other. */
function readTag(text: string): UserTag {
  const reading = readUserId(text);
  if (reading.ok) return userTag(reading.user_id);
  const hash = text.trim();
  if (/^[\w-]{22}$/.test(hash)) return hash as UserTag; // of its form; whether it is anybody's is looked up
  throw new RequestError("invalid_user_id", reading.message);
}

function about({ hubId, config, readiness, backups, now, startedAtMs }: Hub): AdminState["hub"] {
  return {
    hub_id: hubId,
    version: manifest.version,
    storage: config.REDIS_URL === undefined ? "file" : "redis",
    started_at_ms: startedAtMs,
    now_ms: now(),
    not_ready: readiness.reason(),
    warnings: [...readiness.warnings],
    can_back_up: backups !== null,
  };
}

function agentRow(
  hub: Hub,
  { registration, auth, status, sessions }: AgentPeer,
): AdminState["agents"][number] {
  const { tag, connected_at } = registration;
  return {
    tag,
    name: auth.name,
    since_ms: Date.parse(connected_at),
    version: auth.version,
    sessions: sessions.size,
    viewers: viewersOf(hub, tag),
    files: status.files,
  };
}

function viewerRow(hub: Hub, socket: HubSocket): AdminState["viewers"][number] {
  return {
    viewer_id: socket.id,
    tag: hub.audience.tagOf(socket) ?? null,
    address: hub.edge.addressOf(socket.request),
    since_ms: socket.handshake.issued,
  };
}

function sessionRows({ registration, sessions }: AgentPeer): AdminState["sessions"] {
  return [...sessions.values()].map(({ record, position }) => ({
    session_id: record.session_id,
    tag: registration.tag,
    label: record.label,
    technique: record.technique,
    files: position.head,
    created_at_ms: record.created_at_ms,
  }));
}

/** Those of all hubs; none while the store is away. */
async function taskRows(hub: Hub): Promise<AdminState["tasks"]> {
  const views = await hub.tasks.overview().catch(() => []);
  return views.slice(0, MOST_ROWS).map(({ tag, view }) => {
    const { task_id, kind, label, state, position, eta_ms, created_at_ms, started_at_ms } = view;
    const waited_ms = (started_at_ms ?? hub.now()) - created_at_ms;
    return { task_id, kind, label, tag, state, position, waited_ms, eta_ms };
  });
}

/** While the store is away, only what this hub knows of itself. */
async function hubRows(hub: Hub): Promise<AdminState["hubs"]> {
  const known = await hub.registry.agentsPerHub().catch(() => new Map<string, number>());
  if (!known.has(hub.hubId)) known.set(hub.hubId, hub.peers.all().length);
  return [...known].map(([hub_id, agents]) => ({ hub_id, agents, this_hub: hub_id === hub.hubId }));
}
