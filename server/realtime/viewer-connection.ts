import { RequestError } from "../../shared/protocol/errors.ts";
import { readUserId, type UserId } from "../../shared/protocol/user-id.ts";
import { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";
import { type UserTag, userTag } from "../sessions/user-tag.ts";
import type { HubSocket } from "./audience.ts";
import type { Hub } from "./hub.ts";
import { serveRequests } from "./serve-requests.ts";
import { viewerHandlers } from "./viewer-requests.ts";

/** The one User ID whose data this viewer may see. */
export interface Membership {
  readonly user_id: UserId;
  readonly tag: UserTag;
}

/** One viewer's connection. It has no access to anything until `join` has succeeded. */
export class ViewerConnection {
  readonly hub: Hub;
  readonly socket: HubSocket;
  #membership: Membership | null = null;

  constructor(hub: Hub, socket: HubSocket) {
    this.hub = hub;
    this.socket = socket;
  }

  /**
   * The membership that a request's User ID names: it must be the one this very socket has joined.
   *
   * @throws RequestError user_id_required, invalid_user_id, not_joined
   */
  owner(userIdText: string | undefined): Membership {
    const userId = requireUserId(userIdText);
    if (this.#membership?.user_id !== userId) throw new RequestError("not_joined");
    return this.#membership;
  }

  /** Joins the viewers of an agent, leaving those of another. */
  async enter(user_id: UserId): Promise<Membership> {
    const membership = { user_id, tag: userTag(user_id) };
    if (this.#membership?.user_id === user_id) return this.#membership;
    await this.leave();
    this.#membership = membership;
    await this.hub.audience.admit(this.socket, membership.tag);
    this.hub.heads.add(membership.tag, this.socket);
    this.#tellAgent(membership.tag);
    return membership;
  }

  async leave(): Promise<void> {
    const membership = this.#membership;
    if (membership === null) return;
    this.#membership = null;
    this.hub.livePush.unwatch(this.socket.id);
    this.hub.heads.remove(membership.tag, this.socket);
    await this.hub.audience.dismiss(this.socket, membership.tag);
    this.#tellAgent(membership.tag);
  }

  #tellAgent(tag: UserTag): void {
    this.hub.peers.get(tag)?.socket.emit("viewer_count", { viewers: this.hub.audience.size(tag) });
  }
}

export function serveViewer(hub: Hub, socket: HubSocket): void {
  const viewer = new ViewerConnection(hub, socket);
  serveRequests(socket, VIEWER_REQUESTS, viewerHandlers(viewer), Promise.resolve(), hub.log);
  socket.on("disconnect", () => void viewer.leave());
}

/** @throws RequestError user_id_required, invalid_user_id */
export function requireUserId(text: string | undefined): UserId {
  const reading = readUserId(text ?? "");
  if (reading.ok) return reading.user_id;
  if (reading.problem === "empty") throw new RequestError("user_id_required");
  throw new RequestError("invalid_user_id", reading.message);
}
