import type { AgentAuth } from "../../shared/protocol/agent-events.ts";
import { HUB_REQUESTS } from "../../shared/protocol/agent-events.ts";
import { type Ack, ERRORS, RequestError } from "../../shared/protocol/errors.ts";
import type { PayloadOf, ReplyOf } from "../../shared/protocol/event-maps.ts";
import { AGENT_ANSWER_MS } from "../../shared/protocol/limits.ts";
import type { AgentStatus, SessionId } from "../../shared/protocol/session.ts";
import type { Registration } from "../sessions/agent-registry.ts";
import { describeSession, type KnownSession } from "../sessions/descriptor.ts";
import type { FileSource } from "../sessions/ingest.ts";
import { LiveSession } from "../sessions/live-session.ts";
import type { UploadRoom } from "../sessions/upload-room.ts";
import { Uploads } from "../sessions/uploads.ts";
import type { LogHead } from "../store/port.ts";
import { AgentCatchUp } from "../tasks/agent-catch-up.ts";
import type { HubSocket } from "./audience.ts";

type HubRequests = typeof HUB_REQUESTS;

interface Standing {
  readonly registration: Registration;
  readonly status: AgentStatus;
  readonly weight: number;
  readonly uploadRoom: UploadRoom;
}

/** One connected agent: its socket, its registration, and the sessions that take its files. */
export class AgentPeer implements FileSource {
  readonly socket: HubSocket;
  readonly auth: AgentAuth;
  readonly registration: Registration;
  readonly sessions = new Map<SessionId, LiveSession>();
  readonly uploads: Uploads;
  readonly catchUp = new AgentCatchUp();
  /** Turns that it has where others have one. */
  readonly weight: number;
  status: AgentStatus;
  #viewers: number | null = null;

  constructor(socket: HubSocket, auth: AgentAuth, { registration, status, weight, uploadRoom }: Standing) {
    this.uploads = new Uploads(uploadRoom);
    this.socket = socket;
    this.weight = weight;
    this.auth = auth;
    this.registration = registration;
    this.status = status;
  }

  /**
   * Asks the agent and waits for its answer, which is checked like any input.
   *
   * @throws RequestError agent_offline, agent_timeout, or what the agent itself refused with
   */
  async ask<Name extends keyof HubRequests & string>(
    event: Name,
    payload: PayloadOf<HubRequests, Name>,
  ): Promise<ReplyOf<HubRequests, Name>> {
    if (!this.socket.connected) throw new RequestError("agent_offline");
    const answer: unknown = await this.#emit(event, payload);
    const ack = answer as Ack<unknown> | null | undefined; // only looked at below, never trusted
    if (ack?.ok === true) {
      const value = HUB_REQUESTS[event].reply.safeParse(ack.value);
      if (value.success) return value.data as ReplyOf<HubRequests, Name>; // parsed by this event's schema
    }
    if (ack?.ok === false && Object.hasOwn(ERRORS, ack.error?.code)) {
      throw new RequestError(ack.error.code, String(ack.error.message).slice(0, 500));
    }
    throw new RequestError("internal", "The agent's answer could not be understood. Update the agent.");
  }

  async #emit(event: string, payload: unknown): Promise<unknown> {
    // The typings want one overload per event; the payload's type is checked by `ask`.
    const socket = this.socket.timeout(AGENT_ANSWER_MS) as unknown as {
      emitWithAck(event: string, payload: unknown): Promise<unknown>;
    };
    try {
      return await socket.emitWithAck(event, payload);
    } catch {
      throw new RequestError(this.socket.connected ? "agent_timeout" : "agent_offline");
    }
  }

  /** How many watch it now; said when that is another number than before. */
  tellViewers(viewers: number): void {
    if (viewers === this.#viewers) return;
    this.#viewers = viewers;
    this.socket.emit("viewer_count", { viewers });
  }

  /** Begins to take files for a session, and has the agent carry it. @returns how many of its files match now */
  async takeFor(known: KnownSession & { readonly positions: readonly [LogHead] }): Promise<number> {
    const { record, store_id, positions } = known;
    const { session_id, technique, filters } = record;
    this.sessions.set(session_id, new LiveSession(record, store_id, positions[0]));
    const descriptor = describeSession(known);
    const carry = descriptor === undefined ? {} : { descriptor };
    const { matching } = await this.ask("set_filters", { session_id, technique, filters, ...carry });
    return matching;
  }
}

/** The agents that are connected to this hub, by hashed User ID. */
export class AgentPeers {
  readonly #peers = new Map<string, AgentPeer>();

  get(tag: string): AgentPeer | undefined {
    return this.#peers.get(tag);
  }

  /** @throws RequestError agent_offline */
  online(tag: string): AgentPeer {
    const peer = this.#peers.get(tag);
    if (peer === undefined) throw new RequestError("agent_offline");
    return peer;
  }

  /** @returns the agent that stood there before */
  put(peer: AgentPeer): AgentPeer | undefined {
    const before = this.#peers.get(peer.registration.tag);
    this.#peers.set(peer.registration.tag, peer);
    return before;
  }

  /** Removes exactly this one: a late disconnect of an older connection changes nothing. */
  remove(peer: AgentPeer): boolean {
    const { tag } = peer.registration;
    return this.#peers.get(tag) === peer && this.#peers.delete(tag);
  }

  all(): AgentPeer[] {
    return [...this.#peers.values()];
  }
}
