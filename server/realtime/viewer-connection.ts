import { ERRORS, RequestError } from "../../shared/protocol/errors.ts";
import { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";
import { type Access, type Admission, isExpired, isHandle } from "../access/access.ts";
import { requireUserId } from "../access/credentials.ts";
import { assertPermitted, isPermitted, type OpenRequest } from "../access/permissions.ts";
import type { HubSocket } from "./audience.ts";
import type { Hub } from "./hub.ts";
import { sayGoodbye } from "./say-goodbye.ts";
import { type Authorise, serveRequests } from "./serve-requests.ts";
import { tellViewerCount } from "./viewer-count.ts";
import { viewerHandlers } from "./viewer-requests.ts";

type Requests = typeof VIEWER_REQUESTS;

/** What each handler is given: the access that its request rests on, or null where none is needed. */
export type ViewerCallers = { [Name in keyof Requests]: Name extends OpenRequest ? null : Access };

/** What this viewer has joined. */
export type Membership = Access;

interface Joined extends Admission {
  /** Stops watching for the end of its share link. */
  readonly unwatch: () => void;
}

/** One viewer's connection. It has no access to anything until `join` has succeeded. */
export class ViewerConnection {
  readonly hub: Hub;
  readonly socket: HubSocket;
  #joined: Joined | null = null;
  #closed = false;
  /** Entering and leaving take turns: two at once could leave the socket among viewers it has no access to. */
  #turn: Promise<void> = Promise.resolve();

  constructor(hub: Hub, socket: HubSocket) {
    this.hub = hub;
    this.socket = socket;
  }

  /** The access that a request rests on: by what this very socket has joined, and by the permissions table. */
  readonly authorise: Authorise<Requests, ViewerCallers> = (request, payload) => {
    const open = isPermitted("visitor", request);
    const access = open ? null : this.#owner("user_id" in payload ? payload.user_id : undefined);
    if (access !== null) assertPermitted(access.role, request);
    // Null for exactly the requests that the permissions table opens to everyone, as `OpenRequest` reads from it.
    return access as ViewerCallers[typeof request];
  };

  /** Whether the access that a request began with is still the one that this socket has joined. */
  holds(access: Access): boolean {
    return this.#joined?.access === access;
  }

  /** Joins the viewers of an agent, leaving those of another. The latest join alone says what may be done. */
  enter(admission: Admission): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#closed || this.#joined?.name === admission.name) return;
      await this.#leave();
      const { access } = admission;
      const unwatch = this.hub.accessWatch.add(access, (reason) => this.#end(reason));
      this.#joined = { ...admission, unwatch };
      this.hub.edge.connections.of(this.socket.conn)?.life.isOf(access.tag);
      await this.hub.audience.admit(this.socket, access.tag);
      this.hub.heads.add(access.tag, this.socket);
      this.hub.taskWatch.add(access, this.socket);
      tellViewerCount(this.hub, access.tag);
    });
  }

  leave(): Promise<void> {
    return this.#inTurn(() => this.#leave());
  }

  /** The socket is gone; nothing is joined after this. */
  close(): Promise<void> {
    this.#closed = true;
    return this.leave();
  }

  /**
   * What a request's name stands for: it must be what this very socket has joined.
   *
   * @throws RequestError user_id_required, invalid_user_id, not_joined, expired
   */
  #owner(name: string | undefined): Access {
    const joined = this.#closed ? null : this.#joined;
    // No secrets are compared here: the socket has proven the one and sends the other.
    const named = name !== undefined && isHandle(name) ? name : requireUserId(name);
    if (joined?.name !== named) throw new RequestError("not_joined");
    if (isExpired(joined.access, this.hub.now())) throw new RequestError("expired");
    return joined.access;
  }

  async #leave(): Promise<void> {
    const joined = this.#joined;
    if (joined === null) return;
    const { tag } = joined.access;
    this.#joined = null;
    joined.unwatch();
    this.hub.livePush.unwatch(this.socket.id);
    this.hub.heads.remove(tag, this.socket);
    this.hub.taskWatch.remove(this.socket);
    await this.hub.audience.dismiss(this.socket, tag);
    tellViewerCount(this.hub, tag);
  }

  /** The share link is over: the viewer is told why, and nothing after it. */
  #end(reason: "revoked" | "expired"): void {
    const { message } = ERRORS[reason];
    void this.close();
    sayGoodbye(this.hub, this.socket, { code: reason, message, retry: false, retry_after_ms: 0 });
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(step);
    // The next step's turn comes whether this one succeeded or not.
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

export function serveViewer(hub: Hub, socket: HubSocket): void {
  const viewer = new ViewerConnection(hub, socket);
  serveRequests(socket, {
    table: VIEWER_REQUESTS,
    authorise: viewer.authorise,
    handlers: viewerHandlers(viewer),
    ready: Promise.resolve(),
    log: hub.log,
    counts: hub.metrics.requests,
  });
  socket.on("disconnect", () => void viewer.close());
}
