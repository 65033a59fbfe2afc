import type { z } from "zod";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { AgentStatus } from "../../shared/protocol/session.ts";
import type { ReadLog, VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";
import { readVoltammograms } from "../sessions/curve-reader.ts";
import { logPart } from "../sessions/log-page.ts";
import { logKey } from "../sessions/session-book.ts";
import { type UserTag, userTag } from "../sessions/user-tag.ts";
import { describeFolder } from "./describe-folder.ts";
import type { Hub } from "./hub.ts";
import { previewFile } from "./preview-file.ts";
import type { Handlers } from "./serve-requests.ts";
import { startSession, stopSession } from "./session-control.ts";
import { requireUserId, type ViewerConnection } from "./viewer-connection.ts";

/** What a viewer may ask of the hub. Every handler but `join` begins with what this viewer has joined. */
export function viewerHandlers(viewer: ViewerConnection): Handlers<typeof VIEWER_REQUESTS> {
  const { hub, socket } = viewer;
  return {
    join: async ({ user_id }) => {
      const userId = requireUserId(user_id);
      // An ID that no agent has used here and one that is not yours are answered alike.
      if ((await hub.registry.status(userTag(userId))) === null) throw new RequestError("unknown_user_id");
      // Listening comes before reading: what is logged in between is seen twice, never missed.
      const { tag } = await viewer.enter(userId);
      const agent = await agentStatus(hub, tag);
      return { user_id: userId, agent, sessions: await sessionList(hub, tag) };
    },
    leave: async ({ user_id }) => {
      viewer.owner(user_id);
      await viewer.leave();
      return null;
    },
    list_sessions: async ({ user_id }) => ({ sessions: await sessionList(hub, viewer.owner(user_id).tag) }),
    describe_folder: async ({ user_id }) => {
      const { tag } = viewer.owner(user_id);
      return describeFolder(hub.peers.online(tag), await hub.book.list(tag));
    },
    preview_file: ({ user_id, name, params }) =>
      previewFile(hub.peers.online(viewer.owner(user_id).tag), name, params),
    start_analysis_session: ({ user_id, filters, analysisParams, label }) =>
      startSession(hub, viewer.owner(user_id), { filters, params: analysisParams, label }),
    stop_analysis_session: ({ user_id, session_id }) => stopSession(hub, viewer.owner(user_id), session_id),
    read_log: (request) => readLog(hub, viewer.owner(request.user_id).tag, request),
    get_voltammogram: async ({ user_id, session_id, offset, electrode }) => ({
      voltammograms: await readVoltammograms(hub, viewer.owner(user_id).tag, {
        session_id,
        offset,
        electrode,
      }),
    }),
    watch_traces: async ({ user_id, session_id, traces }) => {
      await hub.book.get(viewer.owner(user_id).tag, session_id);
      hub.livePush.watch(socket.id, session_id, traces);
      return null;
    },
    request_export_data: async ({ user_id, session_id, format }) => {
      const { tag } = viewer.owner(user_id);
      const session =
        session_id === undefined ? (await hub.book.list(tag))[0] : await hub.book.get(tag, session_id);
      if (session === undefined)
        throw new RequestError("session_not_found", "There is no session to export yet.");
      return hub.links.make(tag, session, format);
    },
  };
}

async function agentStatus(hub: Hub, tag: UserTag): Promise<AgentStatus> {
  const status = hub.peers.get(tag)?.status ?? (await hub.registry.status(tag));
  if (status === null) throw new RequestError("unknown_user_id");
  return status;
}

async function sessionList(hub: Hub, tag: UserTag) {
  return hub.book.summaries(tag, await hub.book.list(tag));
}

type LogRequest = z.output<typeof ReadLog>;

/** One page of a log; the only reliable way to its entries. */
async function readLog(hub: Hub, tag: UserTag, request: LogRequest) {
  const { session_id, epoch, since, limit } = request;
  const session = await hub.book.get(tag, session_id);
  const version = request.version ?? session.version;
  if (version !== session.version)
    throw new RequestError("version_gone", undefined, { version: session.version });
  const page = await hub.store.readLog(logKey(tag, session_id), { since, limit, version });
  if (page === null) throw new RequestError("session_not_found");
  if (epoch !== undefined && epoch !== page.epoch)
    throw new RequestError("epoch_changed", undefined, { epoch: page.epoch });
  return logPart({ session_id, version, since, epoch: page.epoch, head: page.head }, page.rows);
}
