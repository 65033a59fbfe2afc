import type { z } from "zod";
import type { ADMIN_ACTIONS, AdminAction, AdminDone, AdminLookup } from "../../shared/protocol/admin.ts";
import { ERRORS, RequestError } from "../../shared/protocol/errors.ts";
import type { HubSocket } from "../realtime/audience.ts";
import type { Hub } from "../realtime/hub.ts";
import { sayGoodbye } from "../realtime/say-goodbye.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import { lookUp } from "./admin-state.ts";

/** Whom the operator has sent away may try again after this: time to find out why, and no end for good. */
const AWAY_MS = 60_000;

type Actions = {
  readonly [Name in AdminAction]: (
    payload: z.output<(typeof ADMIN_ACTIONS)[Name]>,
  ) => Promise<AdminDone | AdminLookup>;
};

/** What an operator can do to this hub. @throws RequestError not_found, task_not_found for what is not here any more */
export function adminActions(hub: Hub): Actions {
  return {
    disconnect_agent: async ({ tag }) => {
      const peer = hub.peers.get(tag);
      if (peer === undefined) throw gone("That agent is not connected to this hub.");
      sendAway(hub, peer.socket);
      return { done: `${peer.auth.name} was disconnected. It may come back in a minute.` };
    },
    disconnect_viewer: async ({ viewer_id }) => {
      const socket = hub.audience.everybody().find(({ id }) => id === viewer_id);
      if (socket === undefined) throw gone("That viewer has gone.");
      sendAway(hub, socket);
      return { done: "The viewer was disconnected. It may come back in a minute." };
    },
    cancel_task: async ({ tag, task_id }) => {
      // Made by userTag, or nothing has it: a task is looked up by it, and nothing else is done with it.
      const { label } = await hub.tasks.cancel(tag as UserTag, task_id);
      return { done: `${label} was cancelled.` };
    },
    back_up: async () => {
      if (hub.backups === null)
        throw new RequestError("not_found", "This hub makes no backups: BACKUP_DIR is not set.");
      const { path, bytes } = await hub.backups.make().catch((error: unknown) => {
        throw new RequestError("internal", `The backup failed: ${String(error)}`);
      });
      return { done: `${path} (${bytes} bytes)` };
    },
    drain: async () => {
      // The answer goes out first: this very connection is one of those that end.
      setTimeout(() => void hub.leave("operator"), 100);
      return { done: "This hub says goodbye to everybody and ends." };
    },
    lookup: ({ text }) => lookUp(hub, text),
  };
}

function sendAway(hub: Hub, socket: HubSocket): void {
  const { message } = ERRORS.ended_by_operator;
  sayGoodbye(hub, socket, { code: "ended_by_operator", message, retry: true, retry_after_ms: AWAY_MS });
}

function gone(message: string): RequestError {
  return new RequestError("not_found", message);
}
