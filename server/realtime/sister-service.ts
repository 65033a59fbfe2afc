import { HUB_REQUESTS } from "../../shared/protocol/agent-events.ts";
import { MAX_PART_BYTES } from "../../shared/protocol/limits.ts";
import { RawParts } from "../fleet/raw-parts.ts";
import type { SisterService } from "../fleet/sister-calls.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { Store } from "../store/port.ts";
import { retire } from "./agent-ownership.ts";
import type { Hub } from "./hub.ts";
import { beginSession, endSession } from "./running-sessions.ts";
import { toRequestError } from "./serve-requests.ts";
import { tellViewerCount } from "./viewer-count.ts";

/**
 * What this hub does for its sisters, for the agents that are connected here and the files that it keeps.
 *
 * @param own what this hub itself has: a sister that is asked must not ask its sisters
 */
export function sisterService(hub: Hub, own: Pick<Store, "readRaw">): SisterService {
  const { peers, elsewhere, heads, log, audience, accessWatch } = hub;
  const files = new RawParts(own);
  return {
    answers: {
      ask_agent: async ({ tag, event, payload }) => {
        const peer = peers.online(tag);
        return event === "describe_folder"
          ? peer.ask(event, HUB_REQUESTS.describe_folder.payload.parse(payload))
          : peer.ask(event, HUB_REQUESTS.preview_file.payload.parse(payload));
      },
      take_session: async ({ tag, session_id }) => ({
        matching: await beginSession(hub, peers.online(tag), session_id),
      }),
      drop_session: async ({ tag, session_id }) => ({
        agent_stopped: await endSession(hub, peers.online(tag), session_id),
      }),
      retire_agent: async ({ tag, nonce, instance }) => {
        const peer = peers.get(tag);
        if (peer?.registration.nonce === nonce) retire(hub, peer, instance);
        return null;
      },
      tell_audience: async (report) => {
        const peer = peers.get(report.tag);
        if (peer === undefined) return { status: null };
        elsewhere.note(report);
        tellViewerCount(hub, peer.registration.tag);
        const viewers = audience.size(peer.registration.tag) + elsewhere.count(report.tag);
        return { status: peer.status, viewers };
      },
      read_raw: ({ log: key, offset, from }) => files.read(key, offset, from),
      read_export: ({ tag, from, ...which }) => {
        // A sister took it from a signed ticket; it only finds what was made under it.
        return hub.madeExports.read({ ...which, tag: tag as UserTag }, from, MAX_PART_BYTES);
      },
    },
    news: {
      sessions_changed: ({ tag }) => heads.refreshHere(tag),
      // What is not heard, or cannot be read now, is found within a second.
      links_changed: ({ tag }) => void accessWatch.check(tag as UserTag).catch(() => undefined), // unknown: not watched
    },
    toWire: (error, request) => toRequestError(error, log, request).toWire(),
  };
}
