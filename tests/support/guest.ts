import type { Ack } from "../../shared/protocol/errors.ts";
import type { PayloadOf, ReplyOf } from "../../shared/protocol/event-maps.ts";
import type { AccessRole } from "../../shared/protocol/share-link.ts";
import type { VIEWER_REQUESTS } from "../../shared/protocol/viewer-events.ts";
import { FrameTap } from "./frame-tap.ts";
import { type RawViewer, startRawViewer } from "./raw-viewer.ts";
import type { SharedLink, Tenant } from "./tenant.ts";

type Requests = typeof VIEWER_REQUESTS;

/** What a guest has joined: whose data it may see, and whether it knows the User ID. */
export interface Visit {
  readonly tenant: Tenant;
  readonly name: string;
  readonly role: AccessRole;
  readonly knowsId: boolean;
}

/** A viewer that moves from tenant to tenant, with every byte that it received. */
export class Guest {
  readonly tap: FrameTap;
  readonly viewer: RawViewer;
  visit: Visit | null = null;
  readonly #gone: Promise<null>;

  private constructor(viewer: RawViewer, tap: FrameTap) {
    this.viewer = viewer;
    this.tap = tap;
    this.#gone = new Promise((resolve) => void viewer.socket.once("disconnect", () => resolve(null)));
  }

  /** @param onTap is given the tap before a byte can come, also where the connection then fails */
  static async start(
    url: string,
    transport: "websocket" | "polling",
    onTap: (tap: FrameTap) => void,
  ): Promise<Guest> {
    const tap = new FrameTap();
    onTap(tap);
    const viewer = await startRawViewer(url, { transport, onSocket: (socket) => tap.attach(socket) });
    return new Guest(viewer, tap);
  }

  /** The answer; null when the hub has ended the connection. Failures that nobody foresaw are thrown. */
  async request<Name extends keyof Requests>(
    event: Name,
    payload: PayloadOf<Requests, Name>,
  ): Promise<Ack<ReplyOf<Requests, Name>> | null> {
    if (!this.viewer.socket.connected) return null;
    const ack = await Promise.race([this.viewer.request(event, payload), this.#gone]);
    if (ack?.ok === false && ack.error.code === "internal") throw new Error(`${event} failed inside the hub`);
    return ack;
  }

  /** Joins by a link, or by the User ID. Until the answer comes, frames of the old place and the new may come. */
  async join(tenant: Tenant, link: SharedLink | null): Promise<void> {
    const before = this.visit;
    this.#allow(before, { tenant, knowsId: link === null });
    const credential = link === null ? { user_id: tenant.userId } : { share_token: link.token };
    const ack = await this.request("join", credential);
    if (ack?.ok) {
      this.visit = { tenant, name: ack.value.user_id, role: ack.value.role, knowsId: link === null };
    }
    this.#allow(this.visit);
  }

  async leave(): Promise<void> {
    if (this.visit === null) return;
    const ack = await this.request("leave", { user_id: this.visit.name });
    if (!ack?.ok) return;
    this.visit = null;
    this.#allow();
  }

  #allow(...visits: (Pick<Visit, "tenant" | "knowsId"> | null)[]): void {
    const present = visits.filter((visit) => visit !== null);
    this.tap.allow(
      present.map(({ tenant }) => tenant.index),
      present.filter(({ knowsId }) => knowsId).map(({ tenant }) => tenant.index),
    );
  }
}
