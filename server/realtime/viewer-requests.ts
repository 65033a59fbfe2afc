import type { z } from "zod";
import type { ListedFile } from "../../shared/protocol/agent-events.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { MAX_PART_BYTES } from "../../shared/protocol/limits.ts";
import type { AgentStatus } from "../../shared/protocol/session.ts";
import type { TaskView } from "../../shared/protocol/task.ts";
import type { ReadLog, VIEWER_REQUESTS, WatchTraces } from "../../shared/protocol/viewer-events.ts";
import type { Access } from "../access/access.ts";
import { admitUserId } from "../access/credentials.ts";
import { readRawFile, readVoltammograms } from "../sessions/curve-reader.ts";
import { versionOf } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import { describeFolder, listFolder, matchFiles } from "./describe-folder.ts";
import type { Hub } from "./hub.ts";
import { previewFile, readAgentHead } from "./preview-file.ts";
import { reachAgent } from "./reach-agent.ts";
import { requestExport } from "./request-export.ts";
import type { Handlers } from "./serve-requests.ts";
import { deleteSession, renameSession, updateParams } from "./session-changes.ts";
import { startSession, stopSession } from "./session-control.ts";
import type { ViewerCallers, ViewerConnection } from "./viewer-connection.ts";

/** What a viewer may ask of the hub. Every handler but `join` begins with the access that was found for it. */
export function viewerHandlers(viewer: ViewerConnection): Handlers<typeof VIEWER_REQUESTS, ViewerCallers> {
  const { hub, socket } = viewer;
  /** The folder as this viewer last had it described: a pattern that is typed is tried on it at every key. */
  let listing: { readonly tag: UserTag; readonly files: readonly ListedFile[] } | null = null;
  return {
    join: async ({ user_id, share_token }) => {
      const { edge } = hub;
      const admission = await edge.guessing.attempt(
        edge.addressOf(socket.request),
        share_token ?? user_id ?? "",
        () => (share_token === undefined ? admitUserId(hub, user_id) : hub.shareLinks.open(share_token)),
      );
      assertRoom(viewer, admission.access.tag);
      // Listening comes before reading: what is logged in between is seen twice, never missed.
      await viewer.enter(admission);
      const { role, tag, link, expires_at_ms } = admission.access;
      return {
        user_id: admission.name,
        role,
        link: link === null ? null : { expires_at_ms },
        agent: await agentStatus(hub, tag),
        sessions: await sessionList(hub, tag),
        tasks: await tasksOf(viewer, admission.access),
      };
    },
    leave: async () => {
      await viewer.leave();
      return null;
    },
    list_sessions: async (_request, { tag }) => ({ sessions: await sessionList(hub, tag) }),
    describe_folder: async (_request, { tag }) => {
      const agent = await reachAgent(hub, tag);
      listing = { tag, files: await listFolder(agent) };
      return describeFolder(agent, listing.files, await hub.book.list(tag));
    },
    match_files: async (wish, { tag }) => {
      if (listing?.tag !== tag) listing = { tag, files: await listFolder(await reachAgent(hub, tag)) };
      return matchFiles(listing.files, wish);
    },
    read_folder_file: async ({ name }, { tag }) => {
      const { bytes, size } = await readAgentHead(await reachAgent(hub, tag), name, MAX_PART_BYTES);
      return { content: bytes, size };
    },
    preview_file: async (wish, { tag }) => previewFile(await reachAgent(hub, tag), wish),
    start_analysis_session: (wish, access) => startSession(hub, access, wish),
    start_cv_analysis_session: (wish, access) => startSession(hub, access, wish),
    start_frequency_map_session: (wish, access) => startSession(hub, access, wish),
    update_analysis_params: async (wish, access) => ({ task: await updateParams(hub, access, wish) }),
    rename_session: (wish, access) => renameSession(hub, access, wish),
    delete_session: ({ session_id }, access) => deleteSession(hub, access, session_id),
    stop_analysis_session: ({ session_id }, access) => stopSession(hub, access, session_id),
    read_log: (request, { tag }) => hub.metrics.viewers.page(request.since, readLog(hub, tag, request)),
    get_voltammogram: async ({ session_id, offset, electrode, version }, { tag }) => ({
      voltammograms: await readVoltammograms(hub, tag, { session_id, offset, electrode, version }),
    }),
    read_raw: (request, { tag }) => readRawFile(hub, tag, request),
    watch_traces: async (wish, access) => {
      await hub.book.get(access.tag, wish.session_id);
      // It may have left meanwhile; what it no longer sees must not be computed for it.
      if (viewer.holds(access)) watchTraces(viewer, access.tag, wish);
      return null;
    },
    annotate: ({ session_id, change }, access) => hub.notes.annotate(access, session_id, change),
    read_notes: ({ session_id, since_rev }, { tag }) => hub.notes.read(tag, session_id, since_rev),
    set_trend_params: ({ session_id, trend_params }, { tag }) =>
      hub.notes.setTrendParams(tag, session_id, trend_params),
    request_export_data: (request, access) => requestExport(hub, access, "request_export_data", request),
    request_export_cv_data: (request, access) =>
      requestExport(hub, access, "request_export_cv_data", request),
    request_export_frequency_map_data: (request, access) =>
      requestExport(hub, access, "request_export_frequency_map_data", request),
    list_tasks: async (_request, access) => ({ tasks: await tasksOf(viewer, access) }),
    cancel_task: async ({ task_id }, { tag, link, role }) => {
      // Who only watches takes back what was asked for through the same link, and nothing of others.
      if (role === "view" && !(await hub.tasks.isOf(tag, link ?? "", task_id)))
        throw new RequestError("forbidden");
      const task = await hub.tasks.cancel(tag, task_id, link);
      hub.log.info({ agent: tag, task_id, state: task.state }, "task cancelled");
      return task;
    },
    create_share_link: async ({ role, label, expires_in_s }, access) => {
      const made = await hub.shareLinks.create(access, { role, label, expires_in_s });
      hub.log.info({ agent: access.tag, link_id: made.link.link_id, role }, "share link made");
      return made;
    },
    list_share_links: async (_request, access) => ({ links: await hub.shareLinks.list(access) }),
    revoke_share_link: async ({ link_id }, access) => {
      await hub.shareLinks.revoke(access, link_id);
      hub.log.info({ agent: access.tag, link_id }, "share link revoked");
      hub.fleet.tellAll("links_changed", { tag: access.tag });
      await hub.accessWatch.check(access.tag);
      return null;
    },
  };
}

function watchTraces(
  { hub, socket }: ViewerConnection,
  tag: UserTag,
  { session_id, traces }: WatchTraces,
): void {
  hub.livePush.watch(tag, socket.id, session_id, traces);
  // The agent's hub computes the curves. It hears it again in a moment, should this be lost.
  hub.standings.reportNow(tag).catch(() => undefined);
}

/** @throws RequestError too_many_viewers */
function assertRoom({ hub, socket }: ViewerConnection, tag: UserTag): void {
  const limit = hub.config.MAX_VIEWERS_PER_AGENT;
  if (hub.standings.viewers(tag) < limit || hub.audience.tagOf(socket) === tag) return;
  const message = `${limit} people watch this agent, which is the most. Try again when somebody has left.`;
  throw new RequestError("too_many_viewers", message, { limit });
}

async function agentStatus(hub: Hub, tag: UserTag): Promise<AgentStatus> {
  const status = await hub.standings.status(tag);
  if (status === null) throw new RequestError("unknown_user_id");
  return status;
}

async function sessionList(hub: Hub, tag: UserTag) {
  return hub.book.summaries(tag, await hub.book.list(tag));
}

async function tasksOf({ hub, socket }: ViewerConnection, { tag, link }: Access): Promise<TaskView[]> {
  const tasks = await hub.tasks.list(tag, link);
  hub.taskWatch.answered(socket, tasks);
  return tasks;
}

type LogRequest = z.output<typeof ReadLog>;

/** One page of a log; the only reliable way to its entries. */
async function readLog(hub: Hub, tag: UserTag, request: LogRequest) {
  const { session_id, epoch, since, limit } = request;
  const session = await hub.book.get(tag, session_id);
  const { version } = versionOf(session, request.version);
  return hub.pages.read(tag, { ...session, version }, { since, limit, epoch });
}
